import Atrous
import AtrousTestSupport

/// A variant that only decides: it refuses what it is told to, costs what it is told to, and fills the output with its
/// tile size.
struct FakeVariant: KernelVariant {
  struct Values: Tunables {
    var tile = 4
    static var parameters: [Parameter<Values>] { [Parameter("tw", \.tile, 1...16, "tile width")] }
  }

  var id: VariantID
  var revision = 1
  var seconds = 1.0
  var refusesGroups = false
  /// The widest tile for a problem of `width` is `width.output`.
  var fitsWidth = false

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    refusesGroups && problem.groups > 1 ? Rejection(.unsupported, "groups is \(problem.groups); allowed: 1") : nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    fitsWidth && values.tile > problem.width.output
      ? Rejection(.configuration, "tw is \(values.tile); allowed: 1 to \(problem.width.output)") : nil
  }

  func initial(for problem: Problem, on target: Target) -> Values { Values(tile: 1) }
  func space(for problem: Problem, on target: Target) -> [Values] { [Values(tile: 1)] }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost { Cost(flops: 1, seconds: seconds) }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    Body(value: Float(values.tile), count: problem.outputElements)
  }

  struct Body: PlanBody {
    let value: Float
    let count: Int
    let stages = [1]
    let sharedBytes = 0
    let workerBytes = 0
    let packedWeightsBytes = 0

    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let output = tensors.output.assumingMemoryBound(to: Float.self)
      for index in 0..<count { output[index] = value }
    }
  }
}

/// A variant whose untuned tile is the whole width; wider ones are refused, `nv` is free, and 9 of it cost twice as much where
/// the output is narrower than 25.
struct FittedVariant: KernelVariant {
  struct Values: Tunables {
    var tile = 4
    var vectors = 1
    static var parameters: [Parameter<Values>] {
      [Parameter("tw", \.tile, 1...64, "tile width"), Parameter("nv", \.vectors, 1...16, "vectors")]
    }
  }

  var id: VariantID

  func rejection(of problem: Problem, on target: Target) -> Rejection? { nil }
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    values.tile > problem.width.output ? Rejection(.configuration, "tw is \(values.tile)") : nil
  }
  func initial(for problem: Problem, on target: Target) -> Values { Values(tile: problem.width.output) }
  func space(for problem: Problem, on target: Target) -> [Values] {
    (1...3).flatMap { vectors in
      [1, 2].map { Values(tile: problem.width.output / $0, vectors: vectors) }
    }
  }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    Cost(flops: 1, seconds: values.vectors == 9 && problem.width.output < 25 ? 2 : 1)
  }
  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    FakeVariant.Body(value: Float(values.tile), count: problem.outputElements)
  }
}

enum Fake {
  static let registry = Registry([
    FakeVariant(id: "slow", seconds: 2, fitsWidth: true),
    FakeVariant(id: "quick", revision: 3, seconds: 1, refusesGroups: true),
    FakeVariant(id: "reference", seconds: 0.1),
  ])

  static func machine(
    _ model: String = "25.1.1", vendor: String = "amd", level: Int = 3, l2: Int = 512, sharing: Int = 8
  ) -> Machine {
    Machine(
      architecture: "x86_64", vendor: vendor, model: model, level: level,
      kinds: [
        CoreKind(
          cores: 8, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: l2 << 10, ways: 8),
          l3: Cache(bytes: 32 << 20, ways: 16, sharingCores: sharing))
      ])
  }

  static let problem = try! Problem(text: "c16 h33 w33 k16 r3 s3 d2 p2 nhwc relu")

  /// A table of one machine, a line each: problem text, threads, candidate, revision.
  static func table(_ lines: [(String, Int, String, Int)], machine: Machine = machine()) -> Table {
    Table(
      generator: "fake", machines: [machine],
      entries: lines.map { text, threads, candidate, revision in
        Table.Entry(
          problem: try! Problem(text: text), machine: 0, threads: threads,
          candidate: try! Candidate(text: candidate), revision: revision, median: 1000, interval: 990...1020)
      })
  }

  static func resolver(_ tables: [Table], machine: Machine = machine(), isa: InstructionSet = .avx2) -> Resolver {
    Resolver(
      tables: TableStack(tables.enumerated().map { TableStack.Layer(origin: "table \($0.offset)", table: $0.element) }),
      machine: machine, isa: isa, registry: registry)
  }
}
