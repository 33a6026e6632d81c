import Atrous
import AtrousKernels
import Testing

/// What was not measured for a problem keeps within the memory that winners keep within, by the cost model's times.
@Suite struct UntunedMemoryTests {
  func resolve(_ variants: [any KernelVariant], _ tables: [Table] = []) throws -> Resolution {
    try Resolver(
      tables: TableStack(tables.map { TableStack.Layer(origin: "table", table: $0) }), machine: Fake.machine(),
      isa: .avx2,
      registry: Registry(variants)
    ).resolve(Fake.problem)
  }

  func choice(_ variants: [any KernelVariant]) throws -> String { try resolve(variants).candidate.description }

  @Test func muchMemoryWantsMuchSpeed() throws {
    let direct = FakeVariant(id: "direct", seconds: 1.45)
    #expect(try choice([direct, RoomyVariant(seconds: 1, smallSeconds: 1.4)]) == "roomy avx2 tw4 nv1")
    #expect(try choice([direct, RoomyVariant(seconds: 1, smallSeconds: 1.47)]) == "direct avx2 tw1")
    #expect(try choice([direct, RoomyVariant(seconds: 0.96, smallSeconds: 2)]) == "roomy avx2 tw8 nv1")
    #expect(try choice([RoomyVariant(seconds: 1, smallSeconds: 1.6)]) == "roomy avx2 tw8 nv1")
    // None is small.
    #expect(try choice([RoomyVariant(seconds: 1, smallSeconds: nil)]) == "roomy avx2 tw8 nv1")
  }

  @Test func neighboursKeepTheRuleAndMeasurementsStand() throws {
    let variants: [any KernelVariant] = [
      FakeVariant(id: "direct", seconds: 1.45), RoomyVariant(seconds: 1, smallSeconds: 1.47),
    ]
    func resolve(_ problem: String, _ variants: [any KernelVariant]) throws -> Resolution {
      try self.resolve(variants, [Fake.table([(problem, 1, "roomy avx2 tw8 nv1", 1)])])
    }
    let near = "c20 h33 w33 k16 r3 s3 d2 p2 nhwc"
    let adapted = try resolve(near, variants)
    // The neighbour tells that the variant is the right one, whatever the cost model thinks of it beside others.
    #expect(adapted.rung == .nearest && adapted.candidate.description == "roomy avx2 tw4 nv1" && adapted.isAdapted)
    let exact = try resolve(Fake.problem.description, variants)
    #expect(exact.rung == .exact && exact.candidate.description == "roomy avx2 tw8 nv1")
    let large = try resolve(near, [variants[0], RoomyVariant(seconds: 1, smallSeconds: nil)])
    #expect(large.rung == .costModel && large.candidate.description == "direct avx2 tw1")
    let fast = try resolve(near, [variants[0], RoomyVariant(seconds: 0.9, smallSeconds: nil)])
    #expect(fast.rung == .nearest && fast.candidate.description == "roomy avx2 tw8 nv1")
  }

  @Test(
    arguments: ["h33 w33 d2 p2", "h28 w28 d2 p2", "h25 w42 d3 p3"], [InstructionSet.avx2, .avx512])
  func winogradTakesSmallerTiles(map: String, isa: InstructionSet) throws {
    let problem = try Problem(text: "c512 k512 r3 s3 nchw16c \(map)")
    let resolver = Resolver(tables: TableStack([]), machine: Fake.machine(), isa: isa)
    let choice = try resolver.resolve(problem).candidate
    let variant = try #require(Registry.shared["winograd"])
    let target = resolver.target(isa, threads: 1)
    let initial = variant.initialConfiguration(for: problem, on: target)
    let rule = MemoryRule(problem)
    #expect(!rule.isSmall(try variant.cost(of: initial, for: problem, on: target).extraBytes))
    #expect(choice.variant == "winograd")
    #expect(rule.isSmall(try variant.cost(of: choice.configuration, for: problem, on: target).extraBytes))
    for key in ["tb", "mr", "nv"] { #expect(choice.configuration[key] == initial[key]) }
  }
}

/// Takes as many times the tensors' bytes as its tile is wide, 8 untuned; tiles that are small take `smallSeconds`, a little less
/// with `nv2`.
private struct RoomyVariant: KernelVariant {
  struct Values: Tunables {
    var tile = 8
    var vectors = 1
    static var parameters: [Parameter<Values>] {
      [Parameter("tw", \.tile, 1...16, "tile width"), Parameter("nv", \.vectors, 1...2, "vectors")]
    }
  }

  let id: VariantID = "roomy"
  let seconds: Double
  /// nil where it has no small tiles.
  let smallSeconds: Double?

  func rejection(of problem: Problem, on target: Target) -> Rejection? { nil }
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> Values { Values() }
  func space(for problem: Problem, on target: Target) -> [Values] {
    (smallSeconds == nil ? [8, 5] : [8, 5, 4]).flatMap { tile in
      [1, 2].map { Values(tile: tile, vectors: $0) }
    }
  }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let time = values.tile > 4 ? seconds : smallSeconds ?? seconds
    return Cost(
      flops: 1, workspaceBytes: (values.tile - 1) * problem.tensorBytes, packedWeightsBytes: problem.tensorBytes,
      seconds: values.vectors == 2 ? 0.99 * time : time)
  }
  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    FakeVariant.Body(value: Float(values.tile), count: problem.outputElements)
  }
}
