/// How a race is run.
public struct RaceRules: Hashable, Sendable {
  /// Candidates left for the last rounds; the best of every variant comes on top where there is time.
  public var finalists = 4
  /// After its first probe, who takes more than this times the best is out.
  public var probeCutoff = 3.0
  /// The best of every variant stays for comparison while it takes no more than this times the best.
  public var leaderCutoff = 5.0
  /// Not run at all: expected to take more than this times the best.
  public var timeoutFactor = 10.0
  /// Samples of a finalist, if the budget allows, and the most it gets.
  public var leastSamples = 20
  public var mostSamples = 40
  /// Of those left after the probes, as many times the finalists go into the rounds.
  public var fieldFactor = 4
  /// The finals' time is kept back from the probes and the rungs, up to this share of all.
  public var finalsShare = 0.5
  /// What it may take to give the best enough samples for an interval when the time is up.
  public var answerSeconds = 0.5
  /// Plans kept at once take no more memory than this; the slowest go first.
  public var planBytes = 2 << 30

  public init() {}
}
