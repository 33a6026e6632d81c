import Atrous

/// A chain of layers, each taking the output of the one before.
public struct Network: Sendable {
  public struct Layer: Sendable {
    public let name: String
    public let problem: Problem
    /// What one output of this layer sees of the network's input.
    public let field: ReceptiveField
  }

  public let name: String
  /// Of the tensors between the layers.
  public let layout: Layout
  public let layers: [Layer]

  /// The network of a chain suite. In a blocked layout its first input and last output stay NHWC, so that it is compared
  /// with what a caller has: only what lies between the layers is blocked.
  ///
  /// - Throws: `NetworkError` where the suite is no chain, or two layers do not fit together.
  public init(_ suite: Suite, layout: Layout = .nhwc) throws(NetworkError) {
    guard suite.isChain else {
      throw .notChain(suite.name, chains: Suites.all.filter(\.isChain).map(\.name))
    }
    var field = ReceptiveField()
    var layers: [Layer] = []
    let outer = layout.block == 1 ? layout : .nhwc
    let lines = suite.layers(in: outer).flatMap { Array(repeating: $0, count: $0.count) }
    for (index, line) in lines.enumerated() {
      let name = line.name ?? "layer\(index + 1)"
      do throws(ProblemError) {
        let problem = try line.problem.with(
          inputLayout: index == 0 ? outer : layout, outputLayout: index + 1 == lines.count ? outer : layout)
        try field.append(problem)
        layers.append(Layer(name: name, problem: problem, field: field))
      } catch {
        throw .problem(error)
      }
      if index > 0 { try Self.check(layers[index - 1].problem, layers[index].problem, layer: name) }
    }
    name = suite.name
    self.layout = layout
    self.layers = layers
  }

  private static func check(_ layer: Problem, _ next: Problem, layer name: String) throws(NetworkError) {
    func fit(_ quantity: String, _ gives: Int, _ takes: Int) throws(NetworkError) {
      if gives != takes { throw .mismatch(layer: name, quantity: quantity, given: gives, taken: takes) }
    }
    try fit("images", layer.batch, next.batch)
    try fit("channels", layer.filters, next.channels)
    try fit("depth", layer.depth.output, next.depth.input)
    try fit("height", layer.height.output, next.height.input)
    try fit("width", layer.width.output, next.width.input)
  }

  /// The weights of a layer that pass its input on: Yu and Koltun's initialisation (2016, equation 4, without noise),
  /// which also spreads over wider layers and gathers again.
  ///
  /// The centre tap of output channel b has C / K for every input channel a with ⌊a·L / C⌋ = ⌊b·L / K⌋, where L is the
  /// least width of the network and K the layer's.
  public func identityWeights(of layer: Layer) -> [Float] {
    let problem = layer.problem
    let least = layers.reduce(problem.channels) { min($0, $1.problem.channels, $1.problem.filters) }
    let centre =
      (problem.depth.kernel / 2 * problem.height.kernel + problem.height.kernel / 2) * problem.width.kernel
      + problem.width.kernel / 2
    var weights = [Float](repeating: 0, count: problem.weightElements)
    for filter in 0..<problem.filters {
      for channel in 0..<problem.channelsPerGroup
      where channel * least / problem.channels == filter * least / problem.filters {
        weights[(filter * problem.channelsPerGroup + channel) * problem.taps + centre] =
          Float(least) / Float(problem.filters)
      }
    }
    return weights
  }
}

/// Why a suite does not run as a network.
public enum NetworkError: Error, Sendable, CustomStringConvertible {
  case notChain(String, chains: [String])
  case mismatch(layer: String, quantity: String, given: Int, taken: Int)
  case problem(ProblemError)
  case layer(String, AtrousError)
  case plan(PlanError)
  case threads(WorkerPoolError)

  public var description: String {
    switch self {
    case .notChain(let name, let chains):
      "suite \"\(name)\" is no chain of layers; chains: \(chains.joined(separator: ", "))"
    case .mismatch(let layer, let quantity, let given, let taken):
      "\(layer) takes \(quantity) \(taken), but the layer before gives \(given)"
    case .problem(let error): "\(error)"
    case .layer(let name, let error): "\(name): \(error)"
    case .plan(let error): "\(error)"
    case .threads(let error): "\(error)"
    }
  }
}
