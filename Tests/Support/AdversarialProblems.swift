import AtrousCore
import AtrousKernels

/// Random problems, half of them with channels, filters and outputs at and around the tile edges of a configuration that
/// some variant proposes. Every one is taken by a variant that races.
public struct AdversarialProblems {
  private let registry: Registry
  private let target: Target
  private var random: RandomProblems
  private var generator: SplitMix64
  private let maxNominalFLOPs: Int

  public init(seed: UInt64, registry: Registry, target: Target, maxNominalFLOPs: Int = 300_000) {
    self.registry = registry
    self.target = target
    self.maxNominalFLOPs = maxNominalFLOPs
    random = RandomProblems(seed: seed, maxNominalFLOPs: maxNominalFLOPs)
    // Blocked layouts less often than the plain ones, so that most variants take most problems.
    random.layouts = [.nchw, .nchw, .nhwc, .nhwc, .nhwc, .nchw8c, .nchw16c]
    random.mixedLayouts = true
    random.epilogues = true
    random.depths = true
    generator = SplitMix64(seed: ~seed)
  }

  public mutating func next() -> Problem {
    while true {
      let problem = random.next()
      let takers = registry.racing.filter { $0.rejection(of: problem, on: target) == nil }
      guard let variant = takers.randomElement(using: &generator) else { continue }
      if Bool.random(using: &generator) { return problem }
      let space = variant.configurations(for: problem, on: target)
      guard let configuration = space.randomElement(using: &generator) else { return problem }
      for _ in 0..<4 {
        let atEdges = atEdges(of: configuration, problem)
        if let atEdges, variant.rejection(of: atEdges, on: target) == nil { return atEdges }
      }
      return problem
    }
  }

  /// The problem with some extents one below, at, or one above multiples of the configuration's numbers, taken as they are
  /// or as vectors; nil where that is not valid or too large.
  private mutating func atEdges(of configuration: Configuration, _ problem: Problem) -> Problem? {
    let sizes = configuration.settings.map { Int($0.value) }.filter { (2...64).contains($0) }
    let edges = sizes + sizes.map { $0 * target.isa.lanes } + [target.isa.lanes]
    func edge(_ generator: inout SplitMix64) -> Int {
      let multiple = edges.randomElement(using: &generator)! * Int.random(in: 1...2, using: &generator)
      return max(1, multiple + Int.random(in: -1...1, using: &generator))
    }
    var draft = ProblemDraft(problem)
    if problem.channelsPerGroup > 1 && Bool.random(using: &generator) { draft.channelsPerGroup = edge(&generator) }
    if problem.filtersPerGroup > 1 && Bool.random(using: &generator) { draft.filtersPerGroup = edge(&generator) }
    for (place, axis) in [(1, problem.height), (2, problem.width)] where axis != .absent {
      // As many outputs, or as many outputs of a phase.
      let outputs = edge(&generator) * (Bool.random(using: &generator) ? axis.dilation : 1)
      let input = (outputs - 1) * axis.stride + axis.span - axis.before - axis.after
      if input >= 1 && Bool.random(using: &generator) { draft.axes[place].input = input }
    }
    guard let result = draft.problem, result.nominalFLOPs <= maxNominalFLOPs else { return nil }
    return result
  }
}
