import AtrousCore
import AtrousDatabase

/// What `atrous tune` was asked.
public struct TuneOptions: Sendable {
  /// Seconds for everything, verification included; nil runs every race to its end.
  public var budget: Double?
  /// Each problem is tuned for each of these.
  public var threads = [1]
  /// Candidates with a larger max|y − ref| / max|ref| are out.
  public var maxError: Double?
  /// Candidates with a larger workspace, in bytes, are out.
  public var maxWorkspace: Int?
  public var cache = CacheState.warm
  /// Only these; nil is all.
  public var variants: [VariantID]?
  /// Races candidates again that an earlier run of the same build has settled.
  public var isFresh = false
  public var generator = DataGenerator()
  public var rules = RaceRules()
  /// How candidates are chosen for measuring. The journal of an exhaustive run stays, for replays.
  public var strategy = StrategyName.racing

  public init() {}
}

/// Which cores the threads take.
public enum Placement: String, Hashable, Sendable {
  /// Those that share the last-level cache, one after the other (`Topology.pinningOrder`).
  case compact
  /// One of each cache domain, then the second ones (`Topology.spreadOrder`).
  case spread
}

/// One problem to tune for one number of threads in one placement.
public struct TuneItem: Hashable, Sendable, CustomStringConvertible {
  public let problem: Problem
  public let threads: Int
  public var placement = Placement.compact

  /// `c16 … nhwc, 2 threads, spread`
  public var description: String {
    let count = threads == 1 ? "1 thread" : "\(threads) threads"
    return "\(problem), \(count)" + (placement == .compact ? "" : ", \(placement.rawValue)")
  }
}

/// What a tuning run would do.
public struct TuneForecast: Sendable {
  public struct Row: Sendable {
    public let item: TuneItem
    /// Candidates by variant, in the registry's order, without those already settled.
    public let candidates: [(variant: VariantID, count: Int)]
    public let settled: Int
    /// Why variants do not apply.
    public let rejections: [(variant: VariantID, rejection: Rejection)]
    /// Expected seconds of the whole race, verification included, by the cost model.
    public let seconds: Double
  }

  public let rows: [Row]
  public var seconds: Double { rows.reduce(0) { $0 + $1.seconds } }
}

/// What happens while tuning, in order.
public enum TuningEvent: Sendable {
  /// The machine was measured and found fit, or not.
  case started(run: Run, items: Int)
  /// An item begins; `isFirstLook` where only one candidate is verified and timed, so that every problem has an answer
  /// early.
  case began(TuneItem, index: Int, of: Int, isFirstLook: Bool, secondsLeft: Double)
  /// A candidate is done with, and in the journal.
  case finished(TuneItem, CandidateRecord, secondsLeft: Double)
  /// An item is done, with its best candidate of this run.
  case ended(TuneItem, index: Int, best: CandidateRecord?, secondsLeft: Double)
  /// The item cannot be tuned.
  case failed(TuneItem, reason: String)
}

/// How a tuning run ended.
public struct TuneOutcome: Sendable {
  public internal(set) var run: Run
  /// What the database holds now; without a store, what this run found.
  public internal(set) var database = Database()
  public internal(set) var candidates = 0
  /// Candidates that were wrong.
  public internal(set) var failures: [(item: TuneItem, record: CandidateRecord, reason: String)] = []
  /// Items without any correct candidate, though there was time.
  public internal(set) var unanswered: [TuneItem] = []
  /// What would run for the items that there was no time for.
  public internal(set) var predicted: [(item: TuneItem, prediction: Prediction)] = []
  public internal(set) var isCancelled = false
  /// What was set aside or could not be read of earlier runs.
  public internal(set) var warnings: [String] = []

  /// Whether a candidate's result passed its allowed error.
  public var hasWrong: Bool { failures.contains { $0.record.invalidity == .correctness } }
}
