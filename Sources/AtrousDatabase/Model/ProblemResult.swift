import AtrousCore

/// Whether the caches hold a problem's data when its timing starts.
public enum CacheState: String, Codable, Hashable, Sendable, CaseIterable {
  case warm, cold
}

/// What a result belongs to.
public struct ResultKey: Hashable, Sendable {
  public var problem: Problem
  public var machine: MachineKey
  public var threads: Int
  /// Which cores the threads take: a word of the tuner, such as `compact`.
  public var placement: String
  public var cache: CacheState

  public init(problem: Problem, machine: MachineKey, threads: Int, placement: String, cache: CacheState = .warm) {
    self.problem = problem
    self.machine = machine
    self.threads = threads
    self.placement = placement
    self.cache = cache
  }

  /// A total order for files: equal databases are equal texts.
  var sortText: String { "\(problem)\t\(machine)\t\(threads)\t\(placement)\t\(cache.rawValue)" }
}

/// All that was measured of one problem on one machine with one number of threads, placement and cache state.
public struct ProblemResult: Hashable, Sendable {
  public let key: ResultKey
  /// Ordered by run, variant, instruction set, configuration; at most one record each.
  public private(set) var candidates: [CandidateRecord]
  /// How many candidates each run tried, by outcome, whether they were kept or not. A run's counts only grow, so the
  /// larger one holds when two copies meet: that makes the merge idempotent, which counts of the omitted alone are not.
  public private(set) var attempted: [String: [Invalidity: Int]]
  /// Which candidates each run tried, by their text, whether they were kept or not; true where that settled them: they
  /// failed, had enough samples, or took clearly longer than the best of their run. What one call's limits kept out is not
  /// among them.
  public private(set) var tried: [String: [String: Bool]]
  /// What would run, where no candidate was right or there was no time for any.
  public private(set) var predicted: Prediction?

  public init(key: ResultKey, candidates: [CandidateRecord], predicted: Prediction? = nil) {
    self.init(key: key, candidates: candidates, attempted: [:], tried: [:], predicted: predicted)
  }

  init(
    key: ResultKey, candidates: [CandidateRecord], attempted: [String: [Invalidity: Int]],
    tried: [String: [String: Bool]], predicted: Prediction?
  ) {
    self.key = key
    self.candidates = Self.united(candidates)
    self.attempted = attempted
    self.tried = tried
    self.predicted = predicted
    raiseAttempted()
  }

  /// Candidates that were tried but not kept, by outcome; over all runs.
  public var omitted: [Invalidity: Int] {
    var counts: [Invalidity: Int] = [:]
    for run in attempted.values { counts.merge(run, uniquingKeysWith: +) }
    for record in candidates { counts[record.invalidity, default: 0] -= 1 }
    return counts.filter { $0.value > 0 }
  }

  /// The union of the candidates.
  func merged(with other: ProblemResult) -> ProblemResult {
    var result = self
    result.candidates = Self.united(candidates + other.candidates)
    result.attempted.merge(other.attempted) { $0.merging($1, uniquingKeysWith: max) }
    result.tried.merge(other.tried) { $0.merging($1) { $0 || $1 } }
    if let other = other.predicted { result.predicted = predicted.map { Prediction.preferred($0, other) } ?? other }
    result.raiseAttempted()
    return result
  }

  /// The result with fewer candidates; what is left out stays counted.
  func keeping(_ keep: (CandidateRecord) -> Bool) -> ProblemResult {
    var result = self
    result.candidates = candidates.filter(keep)
    return result
  }

  /// A candidate that is there was tried; one that is right leaves nothing to predict.
  private mutating func raiseAttempted() {
    if candidates.contains(where: { $0.invalidity == .correct }) { predicted = nil }
    for (run, counts) in Self.counts(candidates) {
      attempted[run, default: [:]].merge(counts, uniquingKeysWith: max)
    }
    for (run, records) in Dictionary(grouping: candidates, by: \.run) {
      let best = records.filter { $0.times.count >= Statistics.leastSamples }.compactMap(\.median).min() ?? .infinity
      for record in records {
        guard let isSettled = record.isSettled(best: best) else { continue }
        tried[run, default: [:]].merge(["\(record.candidate)": isSettled]) { $0 || $1 }
      }
    }
  }

  private static func counts(_ records: [CandidateRecord]) -> [String: [Invalidity: Int]] {
    var counts: [String: [Invalidity: Int]] = [:]
    for record in records { counts[record.run, default: [:]][record.invalidity, default: 0] += 1 }
    return counts
  }

  private static func united(_ records: [CandidateRecord]) -> [CandidateRecord] {
    Dictionary(records.map { ($0.identity, $0) }) { CandidateRecord.preferred($0, $1) }
      .values.sorted { $0.identity < $1.identity }
  }
}

extension CandidateRecord {
  /// Whether nothing more has to be measured of it, beside a best median of the same run; nil where only the limits of
  /// one call kept it out.
  fileprivate func isSettled(best: Double) -> Bool? {
    switch invalidity {
    case .constraints, .timeout: nil
    case .correctness, .runtime: true
    case .correct: times.count >= Statistics.leastSamples || median ?? 0 > ProblemResult.keptFactor * best
    }
  }
}
