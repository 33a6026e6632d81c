import AtrousCore
import AtrousDatabase
import AtrousKernels

/// One run of the tuner.
final class TuningSession {
  private let tuner: Tuner
  private let items: [TuneItem]
  private let cancellation: CancellationFlag?
  private let start: UInt64
  private let history: History
  private let references: VerifierCache
  private let teams: Teams
  private var journal: Journal?
  private var outcome: TuneOutcome
  /// What is expected of the items not yet raced, in order.
  private var needs: [Double]
  private var answered: Set<TuneItem> = []

  init(
    _ tuner: Tuner, items: [TuneItem], processors: [Int], cancellation: CancellationFlag?
  ) throws(TunerError) {
    self.tuner = tuner
    self.items = items
    self.cancellation = cancellation
    start = tuner.clock.nanoseconds
    history = try tuner.history()
    references = VerifierCache(generator: tuner.options.generator, isa: tuner.isa)
    let preflight = Preflight.checks(machine: tuner.machine, threads: tuner.options.threads.max() ?? 1)
    teams = try Teams(tuner, processors: processors)
    let run = Run(
      generator: tuner.generator, machine: tuner.machine, measurements: teams.peaks, preflight: preflight)
    outcome = TuneOutcome(run: run)
    needs = []
    do throws(DatabaseError) { journal = try tuner.store?.openJournal(for: run) } catch { throw .database(error) }
    needs = items.map { tuner.expected($0, open($0)) }
  }

  func run(_ observer: (TuningEvent) -> Void) throws(TunerError) {
    observer(.started(run: outcome.run, items: items.count))
    // Small needs first: what a large race takes beyond its share is not theirs to lose.
    var order = items.indices.sorted { (needs[$0], $0) < (needs[$1], $1) }
    if let budget = tuner.options.budget, items.count > 1 {
      // Together these take no more than half of the budget, while one look at a large problem may take all of it.
      try race(&order, most: budget / Double(2 * items.count), observer)
      for index in order where history.best(key(items[index])) == nil {
        if outcome.isCancelled { return }
        try race(index, isFirstLook: true, limit: 0, observer)
      }
    }
    try race(&order, most: .infinity, observer)
  }

  /// Races the first items whose needs are at most `most` seconds, and takes them from the order.
  private func race(_ order: inout [Int], most: Double, _ observer: (TuningEvent) -> Void) throws(TunerError) {
    while let index = order.first, needs[index] <= most, !outcome.isCancelled {
      let share = budgetLeft.map { left in Budget.shares(of: left, needs: order.map { needs[$0] })[0] }
      order.removeFirst()
      if share ?? .infinity > 0 || !answered.contains(items[index]) {
        try race(index, isFirstLook: false, limit: share, observer)
      }
      needs[index] = 0
    }
  }

  /// Closes the journal and brings it into the database.
  func end() throws(TunerError) -> TuneOutcome {
    outcome.unanswered = items.filter { !answered.contains($0) && history.best(key($0)) == nil }
    outcome.run = outcome.run.with(teams.loops)
    journal = nil
    do throws(DatabaseError) {
      if let store = tuner.store {
        try store.merge(Database(runs: [outcome.run]))
        var warnings: [String] = []
        outcome.database = try store.mergeJournals { warnings.append($0) }
        outcome.warnings = warnings
      } else {
        outcome.database.add(outcome.run)
      }
    } catch {
      throw .database(error)
    }
    return outcome
  }

  private func race(
    _ index: Int, isFirstLook: Bool, limit: Double?, _ observer: (TuningEvent) -> Void
  ) throws(TunerError) {
    let item = items[index]
    let open = open(item)
    if open.isEmpty { return }
    let incumbent = history.incumbent(tuner.proposals(item), key(item))
    let roles = Race.Roles(
      incumbent: incumbent?.candidate.sorted, untuned: tuner.untuned(item)?.sorted,
      tried: history.tried(open, key(item)))
    let proposals = open + (incumbent.map { open.map(\.candidate).contains($0.candidate) ? [] : [$0] } ?? [])
    observer(.began(item, index: index, of: items.count, isFirstLook: isFirstLook, secondsLeft: secondsLeft))
    let began = tuner.clock.seconds
    let verifier: Verifier
    do throws(PlanError) {
      verifier = try references.verifier(of: item.problem)
    } catch {
      observer(.failed(item, reason: "\(error)"))
      return
    }
    let rest = limit.map { max($0 - (tuner.clock.seconds - began), 0) }
    let problem = teams.measured(verifier, item)
    var failed: TunerError?
    var best: CandidateRecord?
    withoutActuallyEscaping(observer) { observer in
      let race = Race(
        problem, rules: tuner.options.rules, limit: rest, roles: roles, cancellation: cancellation
      ) { entrant in
        let record = entrant.record(run: self.outcome.run.id)
        do throws(TunerError) { try self.add(record, entrant, item) } catch { failed = failed ?? error }
        if record.invalidity == .correct, record.median! < best?.median ?? .infinity { best = record }
        observer(.finished(item, record, secondsLeft: self.secondsLeft))
      }
      _ = race.run(proposals)
      outcome.isCancelled = race.isCancelled
    }
    if let failed { throw failed }
    if best != nil { answered.insert(item) }
    observer(.ended(item, index: index, best: best, secondsLeft: secondsLeft))
  }

  private func add(_ record: CandidateRecord, _ entrant: Entrant, _ item: TuneItem) throws(TunerError) {
    outcome.candidates += 1
    if record.invalidity == .correctness || record.invalidity == .runtime {
      outcome.failures.append((item, record, entrant.reason ?? "unknown"))
    }
    guard let journal else {
      outcome.database.add(record, to: key(item))
      return
    }
    do throws(DatabaseError) { try journal.append(record, to: key(item)) } catch { throw .database(error) }
  }

  private func open(_ item: TuneItem) -> [Proposal] { history.open(tuner.proposals(item), key(item)) }

  private func key(_ item: TuneItem) -> ResultKey {
    tuner.key(item, placement: teams.placement(threads: item.threads))
  }

  private var elapsed: Double { Double(tuner.clock.nanoseconds - start) * 1e-9 }
  private var budgetLeft: Double? { tuner.options.budget.map { max($0 - elapsed, 0) } }
  private var secondsLeft: Double { budgetLeft ?? needs.reduce(0, +) }
}

extension Run {
  /// With more measurements.
  fileprivate func with(_ more: [Measurement]) -> Run {
    Run(id: id, generator: generator, machine: machine, measurements: measurements + more, preflight: preflight)
  }
}
