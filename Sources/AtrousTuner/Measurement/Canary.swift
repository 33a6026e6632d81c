import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Measures a few records of a database again. Whether they still hold is for a comparison of both databases to tell.
public struct Canary: Sendable {
  /// How candidates are measured; threads and caches are the records'.
  public var bench: Bench
  /// Seconds after which nothing more is begun.
  public var budget: Double
  /// Records at most.
  public var records: Int

  /// A record that could not be measured again.
  public struct Failure: Sendable {
    public let key: ResultKey
    public let candidate: Candidate
    public let reason: String
  }

  /// What was measured again.
  public struct Outcome: Sendable {
    /// One record for each key of the database that was looked at.
    public internal(set) var measured = Database()
    public internal(set) var failures: [Failure] = []
    /// Records of this machine that could have been looked at.
    public internal(set) var candidates = 0
    public internal(set) var isCancelled = false
    public var count: Int { measured.results.count + failures.count }
  }

  public init(_ bench: Bench, budget: Double, records: Int) {
    self.bench = bench
    self.budget = budget
    self.records = records
  }

  /// Measures the fastest candidate of some problems: of every variant that wins the least problem first, then the others.
  ///
  /// - Parameters:
  ///   - threads: results of more are left out.
  ///   - progress: told before each.
  /// - Throws: `TunerError` where the system refuses threads or memory.
  public func measure(
    _ database: Database, threads: Int, cancellation: CancellationFlag? = nil, progress: (Winner) -> Void = { _ in }
  ) throws(TunerError) -> Outcome {
    var outcome = Outcome()
    let winners = picks(database, threads: threads)
    outcome.candidates = winners.count
    let start = bench.clock.seconds
    for winner in winners.prefix(records)
    where outcome.count == 0 || bench.clock.seconds - start < budget {
      progress(winner)
      try measure(winner, cancellation, &outcome)
      if outcome.isCancelled { break }
    }
    return outcome
  }

  private func measure(_ winner: Winner, _ cancellation: CancellationFlag?, _ outcome: inout Outcome) throws(TunerError)
  {
    let (key, candidate) = (winner.key, winner.fastest.candidate)
    var bench = bench
    bench.threads = key.threads
    bench.cache = key.cache
    let result: BenchResult
    do throws(TunerError) {
      result = try bench.run(key.problem, [candidate], cancellation: cancellation)
    } catch {
      guard case .candidate = error else { throw error }
      outcome.failures.append(Failure(key: key, candidate: candidate, reason: "\(error)"))
      return
    }
    outcome.isCancelled = result.isCancelled
    let row = result.rows[0]
    if let reason = row.reason {
      outcome.failures.append(Failure(key: key, candidate: candidate, reason: reason))
    } else if !result.isCancelled {
      outcome.measured.add(result.run)
      outcome.measured.add(row.record, to: key)
    }
  }

  private func picks(_ database: Database, threads: Int) -> [Winner] {
    let winners = database.winners(registry: bench.registry)
      .filter { $0.key.machine == bench.machine.key && $0.key.threads <= threads }
      .sorted { $0.key.problem.nominalFLOPs < $1.key.problem.nominalFLOPs }
    var seen: Set<VariantID> = []
    let firsts = winners.filter { seen.insert($0.fastest.variant).inserted }
    let keys = Set(firsts.map(\.key))
    return firsts + winners.filter { !keys.contains($0.key) }
  }
}
