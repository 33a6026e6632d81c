import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTopology
import AtrousTuner

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Verifies and races the candidates of problems, and remembers (default: suite quick within 4m).",
    discussion: """
      What the same build has measured before is not measured again: an interrupted run goes on where it stopped. Ctrl-C \
      stops after the sample being taken and keeps everything finished. With --problems it ends with the time of the \
      whole file, each problem as often as its count says: tuned, and as it would run without.
      """)

  @OptionGroup var problems: ProblemOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var measuring: MeasuringOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time for everything, such as 30s, 4m or 1.5h; none for no limit (default: 4m).", valueName: "T"),
    transform: Self.budget)
  var budget: Double?? = nil

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Thread counts joined by commas, or auto: one, the cores of a cache domain, all cores (default: 1).",
      valueName: "N"),
    transform: Arguments.threads)
  var threads: ThreadCounts = .these([1])

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Candidates of a larger error are out, such as 1e-5.", valueName: "E"),
    transform: Arguments.error)
  var maxError: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Candidates with a larger workspace are out, such as 64M.", valueName: "BYTES"),
    transform: Arguments.bytes)
  var maxWorkspace: Int?

  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("Only this variant; may be repeated.", valueName: "V"),
    completion: .variants)
  var variant: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "racing (default), exhaustive: every candidate, for `atrous replay`, or leave-one-out: what the lookup would choose "
        + "for problems of the database (default: all of them) as if they had not been measured, for `atrous report`.",
      valueName: "S"), completion: .names(of: StrategyName.self),
    transform: Self.strategy)
  var strategy: StrategyName = .racing

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only the i-th of n parts of the problems, for n machines alike; `atrous merge` unites them.", valueName: "i/n"),
    transform: Arguments.shard)
  var shard = Shard.whole

  @Flag(help: "Measure again what is already known.")
  var fresh = false

  @Flag(help: "Only say what would be raced and about how long that takes.")
  var dryRun = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let lines = try asked()
    let problems = shard.part(of: lines.map(\.problem))
    if problems.isEmpty { return print("nothing to do: there are fewer problems than shards") }
    let tuner = try tuner()
    if dryRun { return try show(tuner.forecast(problems)) }
    let progress = TuneProgress()
    let outcome = try tuner.run(problems, cancellation: Interrupt.listen(), observer: progress.observe)
    progress.end()
    outcome.warnings.forEach(complain)
    let winners = outcome.winners(of: problems, options: tuner.options)
    let own = Set(problems)
    let times = outcome.modelTimes(lines.filter { own.contains($0.problem) }, options: tuner.options)
    if json {
      outcome.complaints.forEach(complain)
      try Output.json(outcome.rows(winners, lines, times, cache: tuner.options.cache))
    } else {
      show(winners, outcome)
      if self.problems.problems != nil { times.flatMap(\.text).forEach { print($0) } }
    }
    if outcome.isCancelled { throw ExitCode.interrupted }
    if !outcome.unanswered.isEmpty || outcome.hasWrong { throw ExitCode.checkFailed }
  }

  /// Nothing can be left out of what was not measured.
  private func asked() throws -> [ProblemLine] {
    if strategy != .leaveOneOut || problems.isGiven { return try problems.selectedLines(orSuite: "quick") }
    var seen: Set<Problem> = []
    return try Databases.read(database.path).results.map(\.key.problem).filter { seen.insert($0).inserted }
      .map { ProblemLine(problem: $0) }
  }

  private func tuner() throws -> Tuner {
    let topology = try Topology(.system)
    var options = TuneOptions()
    options.budget = budget ?? 240
    options.threads = try threads.counts(on: topology)
    if threads == .auto {
      complain("threads: " + topology.threadChoices().map { "\($0)" }.joined(separator: ", "))
    }
    try measuring.check(threads: options.threads)
    options.maxError = maxError
    options.maxWorkspace = maxWorkspace
    options.cache = measuring.cache
    options.variants = try Registry.shared.ids(variant)
    options.isFresh = fresh
    options.strategy = strategy
    options.generator = DataGenerator(seed: measuring.seed)
    var tuner = Tuner(
      machine: topology.machine, isa: try HostMachine.cappedInstructionSet(), processors: topology.pinningOrder,
      generator: Build.generator, store: Store(database.path), options: options)
    tuner.spread = topology.spreadOrder
    tuner.cacheLimits = try Store(database.path).readIfPresent().flatMap {
      CacheLimits($0, machine: topology.machine)
    }
    for level in tuner.cacheLimits?.levels ?? [] {
      complain(
        "\(level.name): candidates are sized by the \(Format.bytes(level.measured)) measured, not the "
          + "\(Format.bytes(level.claimed)) claimed")
    }
    return tuner
  }

  private static func strategy(_ text: String) throws -> StrategyName {
    guard let strategy = StrategyName(rawValue: text), strategy != .random else {
      throw InputError("allowed: racing, exhaustive, leave-one-out")
    }
    return strategy
  }

  private static func budget(_ text: String) throws -> Double? {
    text == "none" ? nil : try Arguments.duration(text)
  }

  /// As tables print them: compact goes without saying.
  private static func threads(_ count: Int, _ placement: String) -> String {
    placement == Placement.spread.rawValue ? "\(count) \(placement)" : "\(count)"
  }

  private func show(_ forecast: TuneForecast) throws {
    if json { return try Output.json(forecast.rows.map(ForecastRow.init)) }
    let rows = forecast.rows.map { row in
      [
        "\(row.item.problem)", Self.threads(row.item.threads, row.item.placement.rawValue),
        "\(row.candidates.reduce(0) { $0 + $1.count })", "\(row.settled)",
        Clock.text(row.seconds), row.candidates.map { "\($0.variant) \($0.count)" }.joined(separator: ", "),
      ]
    }
    Output.table(
      [
        .left("problem"), .right("threads"), .right("open"), .right("known"), .right("about"), .left("candidates"),
      ], rows)
    print("about \(Clock.text(forecast.seconds)) in all without a budget, by the cost model; nothing was measured")
  }

  private func show(_ winners: [Winner], _ outcome: TuneOutcome) {
    Output.table(
      [
        .left("problem"), .right("threads"), .left("winner"), .right("ties"), .left("median [95 % interval]"),
        .right("GFLOP/s nominal"), .right("max error"),
      ],
      winners.map { winner in
        let record = winner.fastest
        let median = record.median ?? .infinity
        return [
          "\(winner.key.problem)", Self.threads(winner.key.threads, winner.key.placement),
          "\(record.candidate.ordered())", "\(winner.ties.count - 1)",
          Format.time(record) + (record.isNoisy ? " noisy" : ""),
          Format.gigaflops(winner.key.problem.nominalFLOPs, median), Format.error(record.maxError),
        ]
      })
    for winner in winners {
      guard let passed = winner.passedOver else { continue }
      print("faster on \(winner.key.problem): \(passed.record.candidate.ordered()), but it \(passed.reason)")
    }
    for (item, prediction) in outcome.predicted {
      print("predicted, not measured: \(item): \(prediction.candidate.ordered()) (\(prediction.source))")
    }
    outcome.complaints.forEach { print($0) }
    print(
      "\(outcome.isCancelled ? "interrupted: " : "")\(Format.count(outcome.candidates, "candidate")) measured, "
        + "\(measuring.cache.rawValue) caches, on \(outcome.run.machine.key); kept in \(database.path)")
  }
}

extension TuneOptions {
  /// What a winner of the run may cost.
  fileprivate var constraints: Constraints { Constraints(maxError: maxError ?? 1e-4, maxWorkspace: maxWorkspace) }
}

extension TuneOutcome {
  /// What was refused and why, the first of them, and what has no answer.
  fileprivate var complaints: [String] {
    failures.prefix(20).map {
      "\($0.record.invalidity.rawValue): \($0.record.candidate) on \($0.item.problem): \($0.reason)"
    } + unanswered.map { "no answer: \($0)" }
  }

  /// The winners of what was asked, in that order.
  fileprivate func winners(of problems: [Problem], options: TuneOptions) -> [Winner] {
    let all = database.winners(options.constraints).filter {
      $0.key.machine == run.machine.key && $0.key.cache == options.cache && options.threads.contains($0.key.threads)
    }
    return problems.flatMap { problem in all.filter { $0.key.problem == problem } }
  }

  /// One for each number of threads.
  fileprivate func modelTimes(_ lines: [ProblemLine], options: TuneOptions) -> [ModelTime] {
    options.threads.map { threads in
      ModelTime(
        lines, on: run.machine.key, threads: threads, cache: options.cache, in: database,
        constraints: options.constraints)
    }
  }
}

private struct ForecastRow: Encodable {
  var problem: String
  var threads: Int
  var candidates: [String: Int]
  var settled: Int
  var refusals: [String: String]
  var seconds: Double

  init(_ row: TuneForecast.Row) {
    problem = "\(row.item.problem)"
    threads = row.item.threads
    candidates = Dictionary(row.candidates.map { ($0.variant.name, $0.count) }, uniquingKeysWith: +)
    settled = row.settled
    refusals = Dictionary(row.rejections.map { ($0.variant.name, $0.rejection.reason) }) { first, _ in first }
    seconds = row.seconds
  }
}
