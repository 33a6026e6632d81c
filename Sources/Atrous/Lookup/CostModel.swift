import AtrousCore
import AtrousKernels

extension Resolver {
  /// The candidate to run without any measurement: of the best instruction set that has one, the variant's initial
  /// configuration with the least predicted time, in a tie the earlier in the registry; where `MemoryRule` does not allow
  /// that, the best that is small. The reference runs only alone.
  func expected(_ problem: Problem, threads: Int) throws(AtrousError) -> Candidate {
    for isa in InstructionSet.allCases.reversed() where isa <= self.isa {
      if let candidate = cheapest(registry.racing, problem, target(isa, threads: threads)) { return candidate }
    }
    if let candidate = cheapest(registry.variants, problem, target(isa, threads: threads)) { return candidate }
    throw .unsupported(
      problem,
      registry.variants.compactMap { variant in
        variant.rejection(of: problem, on: target(isa, threads: threads)).map { ($0, variant.id) }
      }.map { VariantRejection(variant: $1, rejection: $0) })
  }

  private func cheapest(_ variants: [any KernelVariant], _ problem: Problem, _ target: Target) -> Candidate? {
    let accepting = variants.filter { $0.rejection(of: problem, on: target) == nil }
    guard let fastest = accepting.compactMap({ $0.initialPrediction(for: problem, on: target) }).fastest else {
      return nil
    }
    let small = fastest.smallRivals(among: accepting, for: problem, on: target)
    return (fastest.isAllowed(beside: small, for: problem) ? fastest : small.fastest ?? fastest).candidate
  }

  /// A configuration that was not measured for the problem, or, where `MemoryRule` does not allow it, the small one of its
  /// variant; nil where that has none, or refuses the configuration.
  func withinMemory(
    _ configuration: Configuration, of variant: any KernelVariant, for problem: Problem, on target: Target
  ) -> Configuration? {
    guard let found = variant.prediction(configuration, for: problem, on: target) else { return nil }
    let small = found.smallRivals(among: registry.racing, for: problem, on: target)
    if found.isAllowed(beside: small, for: problem) { return configuration }
    return small.first { $0.candidate.variant == variant.id }?.candidate.configuration
  }
}

/// What the cost model expects of a candidate.
private struct Prediction {
  let candidate: Candidate
  let cost: Cost

  /// Each variant's small one (see `smallPrediction`); none where this one is small itself and has nothing to fear.
  func smallRivals(among variants: [any KernelVariant], for problem: Problem, on target: Target) -> [Prediction] {
    MemoryRule(problem).isSmall(cost.extraBytes)
      ? [] : variants.compactMap { $0.smallPrediction(for: problem, on: target) }
  }

  /// Settings that differ from those of another candidate of the variant.
  func changes(from other: Prediction) -> Int {
    zip(candidate.configuration.settings, other.candidate.configuration.settings).count { $0 != $1 }
  }

  func isAllowed(beside small: [Prediction], for problem: Problem) -> Bool {
    MemoryRule(problem).allows(
      extraBytes: cost.extraBytes, time: cost.seconds, small: small.fastest?.cost.seconds ?? .infinity)
  }
}

extension [Prediction] {
  /// In a tie the first.
  fileprivate var fastest: Prediction? { self.min { $0.cost.seconds < $1.cost.seconds } }
}

extension KernelVariant {
  /// nil where the configuration is rejected.
  fileprivate func prediction(_ configuration: Configuration, for problem: Problem, on target: Target) -> Prediction? {
    guard let cost = try? cost(of: configuration, for: problem, on: target) else { return nil }
    return Prediction(candidate: Candidate(variant: id, isa: target.isa, configuration: configuration), cost: cost)
  }

  /// Only for accepted problems.
  fileprivate func initialPrediction(for problem: Problem, on target: Target) -> Prediction? {
    prediction(initialConfiguration(for: problem, on: target), for: problem, on: target)
  }

  /// The initial configuration where that is small, else of those worth racing that are the one that differs in the fewest
  /// settings, in a tie the one with the least predicted time; nil where none is.
  ///
  /// Initial blocks rest on measurements, which the cost model knows nothing of: of 512→512 33×33 d2 on a Zen 3 core it
  /// likes 12 of Winograd's 4×4 tiles a block better than all, and they take 25.4 and 18.1 ms.
  fileprivate func smallPrediction(for problem: Problem, on target: Target) -> Prediction? {
    guard rejection(of: problem, on: target) == nil, let initial = initialPrediction(for: problem, on: target)
    else { return nil }
    let rule = MemoryRule(problem)
    if rule.isSmall(initial.cost.extraBytes) { return initial }
    return configurations(for: problem, on: target).compactMap { prediction($0, for: problem, on: target) }
      .filter { rule.isSmall($0.cost.extraBytes) }
      .min { ($0.changes(from: initial), $0.cost.seconds) < ($1.changes(from: initial), $1.cost.seconds) }
  }
}
