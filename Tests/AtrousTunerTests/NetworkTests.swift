import Atrous
import AtrousTuner
import Testing

@Suite struct NetworkTests {
  private static let untuned = Resolver(tables: TableStack([]))

  @Test(arguments: Layout.allCases) func theContextModulePassesItsInputOn(layout: Layout) throws {
    let network = try Network(try Suites.named("context-module"), layout: layout)
    let report = try network.run(resolver: Self.untuned, rounds: 2)
    #expect(report.identityError <= 1e-5 && report.layout == layout)
    #expect(network.layers.dropFirst().allSatisfy { $0.problem.inputLayout == layout })
    #expect(network.layers.dropLast().allSatisfy { $0.problem.outputLayout == layout })
    #expect(report.layers.map(\.layer.field.height.size) == [3, 5, 9, 17, 33, 65, 67, 67])
    #expect(report.layers.map(\.layer.field.width.size) == [3, 5, 9, 17, 33, 65, 67, 67])
    #expect(report.layers.allSatisfy { $0.untuned.rung == .costModel })
    #expect(report.tunedNanoseconds > 0 && report.referenceNanoseconds > 0)
  }

  @Test func aNetworkThatIsStoppedTellsSo() throws {
    let flag = CancellationFlag()
    flag.set()
    let network = try Network(try Suites.named("context-module"))
    let report = try network.run(resolver: Self.untuned, rounds: 2, cancellation: flag)
    #expect(report.isCancelled && report.layers.isEmpty && report.identityError == .infinity)
  }

  @Test func wideLayersPassTheirInputOnToo() throws {
    let network = try Network(try Suites.named("context-module-large"))
    let weights = network.layers.map { network.identityWeights(of: $0) }
    var values = (0..<21).map { Float($0 + 1) }
    for (layer, weights) in zip(network.layers, weights) {
      let problem = layer.problem
      values = (0..<problem.filters).map { filter in
        (0..<problem.channels).reduce(0) { sum, channel in
          let first = (filter * problem.channels + channel) * problem.taps
          return sum + values[channel] * weights[first..<first + problem.taps].reduce(0, +)
        }
      }
    }
    for (index, value) in values.enumerated() { #expect(abs(value - Float(index + 1)) < 1e-4) }
  }

  /// Three layers with rates 1, 2, 4: an impulse spreads over 3, 7 and 15 pixels, at the same number of parameters each.
  @Test func theReceptiveFieldGrowsExponentially() throws {
    let size = 31
    var image = [Float](repeating: 0, count: size * size)
    image[(size / 2) * size + size / 2] = 1
    var parameters: Set<Int> = []
    for (rate, extent) in [(1, 3), (2, 7), (4, 15)] {
      let problem = try Problem(text: "c1 h\(size) w\(size) k1 r3 s3 d\(rate) psame nhwc")
      parameters.insert(problem.weightElements)
      image = try run(problem, image)
      let live = image.indices.filter { image[$0] != 0 }
      let rows = live.map { $0 / size }
      let columns = live.map { $0 % size }
      #expect(rows.max()! - rows.min()! + 1 == extent)
      #expect(columns.max()! - columns.min()! + 1 == extent)
      #expect(live.count == extent * extent)
    }
    #expect(parameters == [9])
  }

  @Test func otherSuitesAreNoNetworks() throws {
    let quick = try Suites.named("quick")
    #expect(throws: NetworkError.self) { try Network(quick) }
  }

  private func run(_ problem: Problem, _ input: [Float]) throws -> [Float] {
    let weights = [Float](repeating: 1, count: problem.weightElements)
    let convolution = try Convolution(problem, weights: weights.span, resolver: Self.untuned)
    var workspace = try convolution.makeWorkspace()
    var output = [Float](repeating: 0, count: problem.outputElements)
    var span = output.mutableSpan
    try convolution.run(input: input.span, output: &span, workspace: &workspace)
    return output
  }
}
