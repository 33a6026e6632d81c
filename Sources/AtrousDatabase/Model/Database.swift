import AtrousCore

/// What was measured: the runs and, per problem, machine, threads, placement and cache state, the candidates.
///
/// Winners and ties are derived (`winners(_:)`), never stored. A JSON Schema of the file stands beside this module's
/// sources, `atrous-database.schema.json`.
public struct Database: Hashable, Sendable {
  /// The version this build writes, and the newest it reads.
  public static let schemaVersion = 2

  public private(set) var runs: [Run] = []
  /// In the order of their keys' texts.
  public private(set) var results: [ProblemResult] = []

  public init() {}

  /// The union of the runs and results given.
  public init(runs: [Run], results: [ProblemResult] = []) {
    merge(runs: runs, results: results)
  }

  public func run(_ id: String) -> Run? { runs.first { $0.id == id } }
  public func result(_ key: ResultKey) -> ProblemResult? { results.first { $0.key == key } }

  /// The union of both: associative, commutative and idempotent. Records of one candidate from different runs stay apart,
  /// so samples of different runs are never pooled.
  public func merged(with other: Database) -> Database {
    var union = self
    union.merge(other)
    return union
  }

  public mutating func merge(_ other: Database) { merge(runs: other.runs, results: other.results) }

  /// Says what would run for a problem that was not measured; means nothing once it is.
  public mutating func add(_ prediction: Prediction, to key: ResultKey) {
    merge(runs: [], results: [ProblemResult(key: key, candidates: [], predicted: prediction)])
  }

  public mutating func add(_ run: Run) { merge(runs: [run], results: []) }

  /// Adds one record under its key, and counts it as attempted.
  public mutating func add(_ record: CandidateRecord, to key: ResultKey) {
    add([(key, record)])
  }

  /// Adds records under their keys, each counted as attempted.
  public mutating func add(_ records: [(key: ResultKey, record: CandidateRecord)]) {
    var grouped: [ResultKey: [CandidateRecord]] = [:]
    for (key, record) in records { grouped[key, default: []].append(record) }
    merge(runs: [], results: grouped.map { ProblemResult(key: $0.key, candidates: $0.value) })
  }

  private mutating func merge(runs newRuns: [Run], results newResults: [ProblemResult]) {
    var byID = Dictionary(runs.map { ($0.id, $0) }) { Run.preferred($0, $1) }
    for run in newRuns { byID[run.id] = byID[run.id].map { Run.preferred($0, run) } ?? run }
    runs = byID.values.sorted { $0.id < $1.id }
    var byKey = Dictionary(uniqueKeysWithValues: results.map { ($0.key, $0) })
    for result in newResults { byKey[result.key] = byKey[result.key]?.merged(with: result) ?? result }
    results = byKey.values.map { (text: $0.key.sortText, $0) }.sorted { $0.text < $1.text }.map(\.1)
  }

  /// The database with only the candidates worth keeping (see `ProblemResult.kept(runs:registry:)`).
  public func kept() -> Database {
    var database = self
    let runs = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
    database.results = results.map { $0.kept(runs: runs) }
    return database
  }
}
