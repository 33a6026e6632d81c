import AtrousCore
import AtrousDatabase
import AtrousKernels

/// What earlier runs of the same build settled, so that it is not measured again.
struct History {
  private let database: Database
  private let runs: Set<String>
  private let rules: RaceRules

  /// Runs of another commit, version, compiler or machine do not count.
  init(_ database: Database, generator: Generator, machine: MachineKey, rules: RaceRules) {
    self.database = database
    self.rules = rules
    runs = Set(database.runs.filter { $0.generator == generator && $0.machine.key == machine }.map(\.id))
  }

  static func none(rules: RaceRules) -> History { History(rules: rules) }

  private init(rules: RaceRules) {
    database = Database()
    runs = []
    self.rules = rules
  }

  /// Nanoseconds of the best correct candidate, of those with enough samples where there are any.
  func best(_ key: ResultKey) -> Double {
    let correct = records(key).filter(isCorrect)
    let sampled = correct.filter { $0.times.count >= Statistics.leastSamples }
    return (sampled.isEmpty ? correct : sampled).compactMap(\.median).min() ?? .infinity
  }

  /// The proposals still worth running. Settled are those that failed, that lost clearly, or that have all their samples;
  /// and all, where as many were tried as are proposed and the best has its samples.
  func open(_ proposals: [Proposal], _ key: ResultKey) -> [Proposal] {
    let records = records(key)
    let best = best(key)
    let settled = records.filter { record in
      !isCorrect(record) || record.times.count >= rules.leastSamples || record.median! > 1.25 * best
    }
    if settled.contains(where: { $0.median == best }) && tried(key) >= proposals.count { return [] }
    let done = Set(settled.map(\.candidate))
    return proposals.filter { !done.contains($0.candidate.sorted) }
  }

  private func records(_ key: ResultKey) -> [CandidateRecord] {
    database.result(key)?.candidates.filter { runs.contains($0.run) } ?? []
  }

  private func isCorrect(_ record: CandidateRecord) -> Bool { record.invalidity == .correct && record.median != nil }

  /// Candidates tried by all those runs; files keep the number where they drop the record.
  private func tried(_ key: ResultKey) -> Int {
    (database.result(key)?.attempted ?? [:]).filter { runs.contains($0.key) }
      .reduce(0) { $0 + $1.value.values.reduce(0, +) }
  }
}

extension Candidate {
  /// With the settings in alphabetical order of their keys, as records hold them.
  var sorted: Candidate {
    Candidate(
      variant: variant, isa: isa, configuration: Configuration(configuration.settings.sorted { $0.key < $1.key }))
  }
}
