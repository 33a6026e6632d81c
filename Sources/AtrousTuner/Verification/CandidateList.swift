import AtrousCore
import AtrousDatabase
import AtrousKernels

/// A variant with one configuration, and what it is expected to take.
public struct Proposal: Sendable {
  public let variant: any KernelVariant
  public let candidate: Candidate
  public let cost: Cost
  /// The configuration the variant runs without measurement.
  public let isInitial: Bool
  /// What its speed may cost.
  let rules: ShippingRules

  /// `ShippingRules.handicap` by the bytes that the cost model expects.
  var handicap: Double { rules.handicap(extraBytes: cost.extraBytes, error: nil) }
}

extension Registry {
  /// What the variants propose for a problem: each variant's initial configuration and its space.
  ///
  /// - Parameters:
  ///   - variants: only these; nil is all of `from`.
  ///   - limit: configurations a variant, the initial one among them, spread over its space; nil is all.
  public func proposals(
    for problem: Problem, on target: Target, from list: [any KernelVariant], variants: [VariantID]? = nil,
    limit: Int? = nil
  ) -> [Proposal] {
    let rules = ShippingRules(problem)
    return list.filter { variants?.contains($0.id) ?? true }.flatMap { variant -> [Proposal] in
      guard variant.rejection(of: problem, on: target) == nil else { return [] }
      let initial = variant.initialConfiguration(for: problem, on: target)
      var seen: Set<Configuration> = [initial]
      let others = variant.configurations(for: problem, on: target).filter { seen.insert($0).inserted }
      let chosen = [initial] + spread(others, limit.map { max($0 - 1, 0) } ?? others.count)
      return chosen.compactMap { configuration in
        guard let cost = try? variant.cost(of: configuration, for: problem, on: target) else { return nil }
        let candidate = Candidate(variant: variant.id, isa: target.isa, configuration: configuration)
        return Proposal(
          variant: variant, candidate: candidate, cost: cost, isInitial: configuration == initial, rules: rules)
      }
    }
  }
}

extension [Proposal] {
  /// Of each variant the initial configuration, the favourites, and one of each other tile size.
  func onePerTile(keeping favourites: [Candidate]) -> [Proposal] {
    func normalised(_ candidate: Candidate) -> [String] {
      ["\(candidate.variant)", candidate.isa.rawValue]
        + candidate.configuration.settings.map { "\($0)" }.sorted()
    }
    func tile(_ candidate: Candidate) -> Candidate { candidate.with(candidate.configuration.tile) }
    let favourites = Set(favourites.map(normalised))
    let kept = filter { $0.isInitial || favourites.contains(normalised($0.candidate)) }
    var tiles = Set(kept.map { tile($0.candidate) })
    let keptCandidates = Set(kept.map(\.candidate))
    return filter { keptCandidates.contains($0.candidate) || tiles.insert(tile($0.candidate)).inserted }
  }
}

/// `count` of the elements, evenly spread.
func spread<Element>(_ elements: [Element], _ count: Int) -> [Element] {
  guard count < elements.count else { return elements }
  return (0..<count).map { elements[$0 * elements.count / count] }
}
