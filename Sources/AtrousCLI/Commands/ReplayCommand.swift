import ArgumentParser
import AtrousDatabase
import AtrousReports
import AtrousTuner
import Foundation

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Runs search strategies on recorded sweeps: what they find, at what share of the measuring.",
    discussion: """
      `atrous tune --strategy exhaustive` records a sweep in the database's journal folder. Nothing is measured here; the \
      same seed prints the same.
      """)

  @Argument(
    help: ArgumentHelp("A journal, a folder of journals, or a database that has one.", valueName: "JOURNAL"),
    completion: .file())
  var journal: String

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "racing, exhaustive or random; may be repeated (default: all).", valueName: "S"),
    completion: .names(of: StrategyName.self),
    transform: Arguments.strategy)
  var strategy: [StrategyName] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of what is drawn (default: 1).", valueName: "N"),
    transform: Arguments.seed)
  var seed: UInt64 = 1

  @Flag(help: "As if for a tenth of the time, some 5 ms each, everything took 1.5 to 2 times as long.")
  var disturbed = false

  @Flag(help: "Also a line a problem.")
  var problems = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let replay = Replay(try Databases.sweeps(journal), seed: seed, disturbance: disturbed ? Disturbance() : nil)
    if replay.problems == 0 {
      throw InputError("\(journal): holds no whole sweep; `atrous tune --strategy exhaustive` records one")
    }
    let rows = replay.run(strategy.isEmpty ? StrategyName.replayable : strategy)
    if json { return try Output.json(rows.map(StrategyRow.init)) }
    Output.table(
      [
        .left("strategy"), .right("median regret"), .right("worst regret"), .right("of the sweep's time"),
        .left("worst on"),
      ],
      rows.map { row in
        [
          row.strategy.rawValue, percent(row.medianRegret), percent(row.worst?.regret ?? 0), percent(row.share),
          row.worst.map { "\($0.key.problem)" } ?? "",
        ]
      })
    if problems { rows.forEach(show) }
    print(
      "\(Format.count(replay.problems, "problem")), \(Format.count(replay.candidates, "candidate")), "
        + "\(Replay.trials) trials each, seed \(seed)")
    for key in replay.left { complain("not replayed, its sweep is not whole: \(key.problem)") }
  }

  private func show(_ row: ReplayRow) {
    print("")
    Output.table(
      [
        .left(row.strategy.rawValue), .right("candidates"), .right("measured"), .right("median regret"),
        .right("worst of \(Replay.trials)"), .right("time"),
      ],
      row.problems.map { problem in
        [
          "\(problem.key.problem)", "\(problem.candidates)", Format.fixed(problem.probes, 1), percent(problem.regret),
          percent(problem.worstRegret), percent(problem.seconds / problem.sweepSeconds),
        ]
      })
  }

  private func percent(_ share: Double) -> String { "\(Format.fixed(100 * share, 2)) %" }
}

private struct StrategyRow: Encodable {
  struct Problem: Encodable {
    var problem: String
    var threads: Int
    var candidates: Int
    var measured: Double
    var regret: Double
    var worstRegret: Double
    var seconds: Double
    var sweepSeconds: Double
  }

  var strategy: String
  var medianRegret: Double
  var worstRegret: Double
  var share: Double
  var problems: [Problem]

  init(_ row: ReplayRow) {
    strategy = row.strategy.rawValue
    medianRegret = row.medianRegret
    worstRegret = row.worst?.regret ?? 0
    share = row.share
    problems = row.problems.map {
      Problem(
        problem: "\($0.key.problem)", threads: $0.key.threads, candidates: $0.candidates, measured: $0.probes,
        regret: $0.regret, worstRegret: $0.worstRegret, seconds: $0.seconds, sweepSeconds: $0.sweepSeconds)
    }
  }
}
