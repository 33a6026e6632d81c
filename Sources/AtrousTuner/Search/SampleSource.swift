/// Where the samples of one problem's candidates come from: the machine, or a sweep that was recorded.
///
/// A strategy sees nothing else, so that the search that is replayed is the one that runs.
package protocol SampleSource: AnyObject {
  /// Seconds that measuring has taken so far.
  var seconds: Double { get }

  /// Makes a candidate ready and takes its first sample; what fails is marked in the entrant instead.
  /// - Parameter cutoff: nanoseconds; where the execution before the sample takes longer, it is the sample.
  func probe(_ entrant: Entrant, cutoff: Double)

  /// Takes one more sample of an entrant that is ready.
  func sample(_ entrant: Entrant)

  /// Takes one more sample of each, one after the other, as near in time as can be.
  /// - Parameter stops: asked before every sample; true ends the round.
  /// - Returns: false where the round was ended.
  func round(_ entrants: [Entrant], stops: () -> Bool) -> Bool
}

/// A way to find the fastest of one problem's candidates.
package protocol SearchStrategy {
  /// Probes and samples candidates of a field. The answer is the field's `ranking`.
  func search(_ proposals: [Proposal], in field: Field)
}

/// The strategies by name.
public enum StrategyName: String, Hashable, Sendable, CaseIterable {
  /// Few probes, led by the cost model and by what was measured; then successive halving.
  case racing
  /// Every candidate, the better ones ten times: what other strategies are judged by.
  case exhaustive
  /// As racing, but probing in random order, as long as a twentieth of a sweep takes: only replayed.
  case random
  /// What the lookup would choose without the problem's own measurements, beside the best: only measured.
  case leaveOneOut = "leave-one-out"

  /// Those that can be judged on a recorded sweep.
  public static let replayable: [StrategyName] = [.racing, .exhaustive, .random]

  /// - Parameters:
  ///   - seed: of what is drawn.
  package func strategy(_ rules: RaceRules, seed: UInt64 = 1) -> any SearchStrategy {
    switch self {
    case .racing: RacingStrategy(rules: rules)
    case .exhaustive, .leaveOneOut: SweepStrategy(rules: rules)
    case .random: RandomStrategy(rules: rules, seed: seed)
    }
  }
}
