import Atrous
import AtrousCore
import AtrousDatabase
import AtrousKernels

/// What earlier runs of the same build settled, so that it is not measured again.
struct History {
  private let database: Database
  private let runs: Set<String>
  private let rules: RaceRules
  private let maxWorkspace: Int?
  /// nil where it was not asked for.
  let leftOut: LeftOutChoices?

  /// Runs of another build, version, compiler or machine do not count, but for what is left out.
  /// - Parameter tuner: looks for what the lookup would choose as if problems had not been measured.
  init(
    _ database: Database, generator: Generator, machine: MachineKey, options: TuneOptions, leftOut tuner: Tuner? = nil
  ) {
    self.database = database
    leftOut = tuner.map { LeftOutChoices(database, $0) }
    rules = options.rules
    maxWorkspace = options.maxWorkspace
    runs = Set(database.runs.filter { $0.generator == generator && $0.machine.key == machine }.map(\.id))
  }

  static func none(_ options: TuneOptions) -> History { History(options) }

  private init(_ options: TuneOptions) {
    database = Database()
    leftOut = nil
    runs = []
    rules = options.rules
    maxWorkspace = options.maxWorkspace
  }

  /// The best correct record that `ShippingRules` let win, of those with enough samples where there are any; times of
  /// different runs normalised.
  func best(_ key: ResultKey) -> CandidateRecord? {
    let result = ProblemResult(key: key, candidates: records(key))
    return result.winner(Constraints(maxError: .infinity), runs: database.runsByID)?.fastest
  }

  /// The proposals still worth running. Settled are those that were wrong or failed, that lost clearly, or that have all
  /// their samples; and all, where each was tried and the best has its samples. What an earlier call's limits kept out
  /// is open.
  func open(_ proposals: [Proposal], _ key: ResultKey) -> [Proposal] {
    guard let best = best(key), let median = best.median else { return proposals }
    let hopeful = proposals.filter { $0.cost.seconds * 1e9 <= rules.timeoutFactor * median }
    let tried = tried(key)
    let isFinished = best.times.count >= rules.leastSamples
    if isFinished && hopeful.allSatisfy({ tried[text($0)] != nil || exceedsWorkspace($0) }) { return [] }
    let done = settled(key, best: median, tried)
    return hopeful.filter { !done.contains(text($0)) }
  }

  /// The proposals that a sweep has not measured as often as it should.
  func unswept(_ proposals: [Proposal], _ key: ResultKey) -> [Proposal] {
    let records = records(key)
    let best = records.filter(isCorrect).compactMap { $0.times.min() }.min() ?? .infinity
    let swept = records.filter { record in
      guard record.invalidity == .correct else { return record.invalidity != .constraints }
      let isFar = record.median ?? 0 > rules.sweepCutoff * best
      return record.times.count >= (isFar ? 1 : rules.sweepSamples)
    }
    let texts = Set(swept.map { "\($0.candidate)" })
    return proposals.filter { !texts.contains(text($0)) }
  }

  /// The winners so far as a table.
  func table(_ registry: Registry) -> Table { database.table(registry: registry).table }

  /// The proposal of the best record: it runs again beside newcomers, so that they are compared within one session.
  func incumbent(_ proposals: [Proposal], _ key: ResultKey) -> Proposal? {
    guard let best = best(key) else { return nil }
    return proposals.first { $0.candidate.sorted == best.candidate }
  }

  /// Those of the proposals that earlier runs tried.
  func tried(_ proposals: [Proposal], _ key: ResultKey) -> Set<Candidate> {
    let tried = tried(key)
    return Set(proposals.filter { tried[text($0)] != nil }.map(\.candidate.sorted))
  }

  /// Texts of settled candidates. Of those a file still holds, the records tell; of the others, what it says of them.
  private func settled(_ key: ResultKey, best: Double, _ tried: [String: Bool]) -> Set<String> {
    let records = records(key)
    let held = Set(records.map { "\($0.candidate)" })
    let done = records.filter { record in
      switch record.invalidity {
      case .correctness, .runtime: true
      case .constraints, .timeout: false
      case .correct:
        record.times.count >= rules.leastSamples || record.median ?? 0 > ProblemResult.keptFactor * best
      }
    }
    return Set(done.map { "\($0.candidate)" }).union(tried.filter { $0.value && !held.contains($0.key) }.keys)
  }

  /// By text; true where settled.
  private func tried(_ key: ResultKey) -> [String: Bool] {
    (database.result(key)?.tried ?? [:]).filter { runs.contains($0.key) }.values
      .reduce(into: [:]) { $0.merge($1) { $0 || $1 } }
  }

  private func records(_ key: ResultKey) -> [CandidateRecord] {
    database.result(key)?.candidates.filter { runs.contains($0.run) } ?? []
  }

  private func text(_ proposal: Proposal) -> String { "\(proposal.candidate.sorted)" }

  private func exceedsWorkspace(_ proposal: Proposal) -> Bool {
    maxWorkspace.map { proposal.cost.workspaceBytes > $0 } ?? false
  }

  private func isCorrect(_ record: CandidateRecord) -> Bool { record.invalidity == .correct && record.median != nil }
}
