/// How a problem's candidates are searched. What `atrous replay` found of these on recorded sweeps stands in
/// `Results/LOG.md`.
public struct RaceRules: Hashable, Sendable {
  /// Probes in a row that may fail to lower the best time by `gain` before a race without a limit stops probing.
  public var patience = 12
  public var gain = 0.01
  /// Variants whose first probe disappoints get a second one where the cost model expects no more than this times what it
  /// expects of the best.
  public var belief = 1.5
  /// An initial configuration expected to take more than this times the best has no precedence.
  public var initialCutoff = 3.5
  /// Not run at all: expected to take more than this times the best.
  public var timeoutFactor = 10.0
  /// After its first probe, who takes more than this times the best is out; where the first execution says so, it is the
  /// probe's sample.
  public var probeCutoff = 3.0
  /// Samples of a probe that stays, as long as those after the first take no more seconds than this together: what is
  /// short is disturbed as long as anything else, so by more, and costs nothing to repeat.
  public var probeSamples = 5
  public var probeSeconds = 0.008
  /// After the probes, who would not be in the rounds, but took up to so many times the best, or is expected to by what
  /// others took, is sampled so often again, later, since what disturbs lasts; as long as it takes no more than this share
  /// of what the race has taken, or than a probe may.
  public var lookCutoff = 1.5
  public var lookSamples = 2
  public var lookShare = 0.05
  /// Of those left after the probes, as many times the finalists go into the rounds, if within `fieldCutoff` of the best.
  public var fieldFactor = 2
  public var fieldCutoff = 1.3
  /// Candidates left for the last rounds, and the samples each of them gets.
  public var finalists = 4
  public var finalSamples = 8
  /// More go into the rounds, up to so many, as long as they take no more than this share of what the race has taken.
  public var mostExtra = 8
  public var extraShare = 0.05

  /// The best of every variant is sampled for comparison while it takes no more than this times the best.
  public var leaderCutoff = 5.0
  /// Samples of a finalist in the record, if the budget allows, and the most that one gets which may be the fastest.
  public var leastSamples = 20
  public var mostSamples = 80
  /// Who takes up to so many times the best is a finalist too, where there is time.
  public var closeCutoff = 1.05
  /// The finals' time is kept back from the probes and the rungs, up to this share of all.
  public var finalsShare = 0.5
  /// At least this share of the time is kept for second looks and rounds: probes alone, however many, choose by chance.
  public var roundsShare = 0.25
  /// What it may take to give the best enough samples for an interval when the time is up.
  public var answerSeconds = 0.5
  /// Plans kept at once take no more memory than this; the slowest go first.
  public var planBytes = 2 << 30

  /// A sweep samples so many times who takes no more than `sweepCutoff` times the best, the others once.
  public var sweepSamples = 10
  public var sweepCutoff = 4.0
  /// Candidates of a sweep that are sampled in alternation.
  public var sweepBlock = 8

  public init() {}
}
