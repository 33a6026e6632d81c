import Atrous
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
  private let resolver: Resolver
  private var journal: Journal?
  private var outcome: TuneOutcome
  /// What is expected of the items not yet raced, in order.
  private var needs: [Double]
  private var answered: Set<TuneItem> = []
  /// Items that were tried, however it ended.
  private var reached: Set<TuneItem> = []

  init(
    _ tuner: Tuner, items: [TuneItem], processors: [Int], cancellation: CancellationFlag?
  ) throws(TunerError) {
    self.tuner = tuner
    self.items = items
    self.cancellation = cancellation
    start = tuner.clock.nanoseconds
    history = try tuner.history()
    references = VerifierCache(generator: tuner.options.generator, isa: tuner.isa)
    let known = TableStack.Layer(origin: "database", table: history.table(tuner.registry))
    resolver = Resolver(
      tables: TableStack([known] + TableStack.shared.layers), machine: tuner.machine, isa: tuner.isa,
      registry: tuner.registry)
    let preflight = Preflight.checks(machine: tuner.machine, threads: tuner.options.threads.max() ?? 1)
    teams = try Teams(tuner, processors: processors)
    let run = Run(
      generator: tuner.generator, machine: tuner.machine, measurements: teams.peaks, preflight: preflight,
      strategy: tuner.options.strategy.rawValue)
    outcome = TuneOutcome(run: run)
    needs = []
    do throws(DatabaseError) { journal = try tuner.store?.openJournal(for: run) } catch { throw .database(error) }
    needs = items.map { tuner.expected($0, open($0)) }
  }

  func run(_ observer: (TuningEvent) -> Void) throws(TunerError) {
    observer(.started(run: outcome.run, items: items.count))
    // Small needs first: what a large race takes beyond its share is not theirs to lose.
    var order = items.indices.sorted { (needs[$0], $0) < (needs[$1], $1) }
    if let budget = tuner.options.budget, items.count > 1, tuner.options.strategy != .leaveOneOut {
      // Together these take no more than half of the budget, while one look at a large problem may take all of it.
      try race(&order, most: budget / Double(2 * items.count), observer)
      for index in order where history.best(key(items[index])) == nil {
        if outcome.isCancelled { return }
        if isTooLong(items[index]) { continue }
        try race(index, isFirstLook: true, limit: 0, observer)
      }
    }
    try race(&order, most: .infinity, observer)
  }

  /// Whether even one candidate would probably pass the budget. The very first item is looked at whatever it takes.
  private func isTooLong(_ item: TuneItem) -> Bool {
    guard let left = budgetLeft, !answered.isEmpty else { return false }
    return left <= 0 || Expectation(item.problem).firstLook(tuner.proposals(item)) > left
  }

  /// Races the first items whose needs are at most `most` seconds, and takes them from the order.
  private func race(_ order: inout [Int], most: Double, _ observer: (TuningEvent) -> Void) throws(TunerError) {
    while let index = order.first, needs[index] <= most, !outcome.isCancelled {
      let share = budgetLeft.map { left in Budget.shares(of: left, needs: order.map { needs[$0] })[0] }
      order.removeFirst()
      let isKnown = answered.contains(items[index]) || history.best(key(items[index])) != nil
      if isKnown ? share ?? .infinity > 0 : !isTooLong(items[index]) {
        try race(index, isFirstLook: false, limit: share, observer)
      }
      needs[index] = 0
    }
  }

  /// Closes the journal and brings it into the database.
  func end() throws(TunerError) -> TuneOutcome {
    let isTuning = tuner.options.strategy != .leaveOneOut
    let open = isTuning ? items.filter { !answered.contains($0) && history.best(key($0)) == nil } : []
    outcome.unanswered = open.filter(reached.contains)
    outcome.run = outcome.run.with(teams.peaks + teams.rounds)
    var own = Database(runs: [outcome.run])
    for item in open where !reached.contains(item) && !outcome.isCancelled {
      guard let prediction = prediction(item) else {
        outcome.unanswered.append(item)
        continue
      }
      outcome.predicted.append((item, prediction))
      own.add(prediction, to: key(item))
    }
    journal = nil
    do throws(DatabaseError) {
      if let store = tuner.store {
        try store.merge(own)
        var warnings: [String] = []
        outcome.database = try store.mergeJournals { warnings.append($0) }
        outcome.warnings = warnings
      } else {
        outcome.database.merge(own)
      }
    } catch {
      throw .database(error)
    }
    return outcome
  }

  private func prediction(_ item: TuneItem) -> Prediction? {
    guard let resolution = try? resolver.resolve(item.problem, threads: item.threads),
      let variant = tuner.registry[resolution.candidate.variant]
    else { return nil }
    return Prediction(
      run: outcome.run.id, candidate: resolution.candidate, revision: variant.revision, source: "\(resolution.rung)")
  }

  private func race(
    _ index: Int, isFirstLook: Bool, limit: Double?, _ observer: (TuningEvent) -> Void
  ) throws(TunerError) {
    let item = items[index]
    let open = open(item)
    if open.isEmpty { return }
    reached.insert(item)
    observer(.began(item, index: index, of: items.count, isFirstLook: isFirstLook, secondsLeft: secondsLeft))
    let began = tuner.clock.seconds
    let verifier: Verifier
    do throws(PlanError) {
      verifier = try references.verifier(of: item.problem, within: referenceSeconds)
    } catch {
      observer(.failed(item, reason: "\(error)"))
      return
    }
    let rest = limit.map { max($0 - (tuner.clock.seconds - began), 0) }
    let problem = teams.measured(verifier, item)
    var failed: TunerError?
    var best: (record: CandidateRecord, score: Double)?
    withoutActuallyEscaping(observer) { observer in
      let field = Field(
        problem, rules: tuner.options.rules, limit: rest, roles: roles(item, open), cancellation: cancellation
      ) { entrant in
        let record = entrant.record(run: self.outcome.run.id, reference: problem.reference)
        do throws(TunerError) { try self.add(record, entrant, item) } catch { failed = failed ?? error }
        if record.invalidity == .correct, entrant.score < best?.score ?? .infinity { best = (record, entrant.score) }
        observer(.finished(item, record, secondsLeft: self.secondsLeft))
      }
      let isRace = tuner.options.strategy == .racing
      tuner.options.strategy.strategy(tuner.options.rules).search(isRace ? proposals(item, open) : open, in: field)
      if isRace { field.complete() } else { field.close() }
      outcome.isCancelled = field.isCancelled
    }
    if let failed { throw failed }
    if best != nil { answered.insert(item) }
    observer(.ended(item, index: index, best: best?.record, secondsLeft: secondsLeft))
  }

  /// With a budget no reference takes more than a quarter of an equal share of it.
  private var referenceSeconds: Double {
    tuner.options.budget.map { $0 / Double(4 * items.count) } ?? .infinity
  }

  private func roles(_ item: TuneItem, _ open: [Proposal]) -> Field.Roles {
    var roles = Field.Roles()
    roles.incumbent = history.incumbent(tuner.proposals(item), key(item))?.candidate.sorted
    roles.hint = (try? resolver.resolve(item.problem, threads: item.threads))?.candidate.sorted
    roles.untuned = tuner.untuned(item)?.sorted
    roles.tried = history.tried(open, key(item))
    roles.known = history.best(key(item))?.median ?? .infinity
    return roles
  }

  /// What is open, and the incumbent again beside it.
  private func proposals(_ item: TuneItem, _ open: [Proposal]) -> [Proposal] {
    guard let incumbent = history.incumbent(tuner.proposals(item), key(item)) else { return open }
    return open.map(\.candidate).contains(incumbent.candidate) ? open : open + [incumbent]
  }

  private func add(_ record: CandidateRecord, _ entrant: Entrant, _ item: TuneItem) throws(TunerError) {
    outcome.candidates += 1
    if record.invalidity.isFailure {
      outcome.failures.append((item, record, entrant.reason ?? "unknown"))
    }
    guard let journal else {
      outcome.database.add(record, to: key(item))
      return
    }
    do throws(DatabaseError) { try journal.append(record, to: key(item)) } catch { throw .database(error) }
  }

  private func open(_ item: TuneItem) -> [Proposal] { tuner.open(item, key(item), history) }

  private func key(_ item: TuneItem) -> ResultKey {
    tuner.key(item, placement: teams.placement(item))
  }

  private var elapsed: Double { Double(tuner.clock.nanoseconds - start) * 1e-9 }
  private var budgetLeft: Double? { tuner.options.budget.map { max($0 - elapsed, 0) } }
  private var secondsLeft: Double { budgetLeft ?? needs.reduce(0, +) }
}

extension Run {
  /// With these measurements.
  fileprivate func with(_ measurements: [Measurement]) -> Run {
    Run(
      id: id, generator: generator, machine: machine, measurements: measurements, preflight: preflight,
      strategy: strategy)
  }
}
