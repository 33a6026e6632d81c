import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTopology
import AtrousTuner

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Times candidates of one problem side by side, in alternating rounds; keeps nothing.",
    discussion: "Without --variant and --candidate: the initial configuration of every variant that applies.")

  @Option(
    parsing: .unconditional, help: ArgumentHelp("A problem text.", valueName: "P"), transform: Arguments.problem)
  var problem: Problem

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A variant in its initial configuration; may be repeated.", valueName: "V"),
    completion: .variants)
  var variant: [String] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A candidate, such as \"winograd avx2 th4 tw4\"; may be repeated.", valueName: "C"),
    transform: Arguments.candidate)
  var candidate: [Candidate] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads (default: 1).", valueName: "N"),
    transform: Arguments.whole(Arguments.threadRange))
  var threads: Int = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Rounds: samples of each candidate (default: 20).", valueName: "N"),
    transform: Arguments.whole(1...10_000))
  var rounds: Int = 20

  @OptionGroup var measuring: MeasuringOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try measuring.check(threads: [threads])
    let topology = try Topology(.system)
    let isa = try HostMachine.cappedInstructionSet()
    let candidates = try candidates(Target(machine: topology.machine, isa: isa, threads: threads))
    var bench = Bench(
      machine: topology.machine, isa: isa, processors: topology.pinningOrder, generator: Build.generator)
    bench.threads = threads
    bench.rounds = rounds
    bench.cache = measuring.cache
    bench.data = DataGenerator(seed: measuring.seed)
    let progress = ProgressLine()
    let result = try bench.run(problem, candidates, cancellation: Interrupt.listen()) {
      progress.show(stage: Format.count(candidates.count, "candidate"), detail: "round \($0 + 1) of \(rounds)")
    }
    progress.clear()
    if json { try Output.json(Benched(result, problem, self)) } else { show(result) }
    if result.isCancelled { throw ExitCode.interrupted }
    if result.rows.contains(where: { $0.reason != nil }) { throw ExitCode.checkFailed }
  }

  /// What was asked, variants first; all variants that apply where nothing was.
  private func candidates(_ target: Target) throws -> [Candidate] {
    let asked = try Registry.shared.ids(variant) ?? []
    let applying = Registry.shared.racing.filter { $0.rejection(of: problem, on: target) == nil }.map(\.id)
    let ids = asked.isEmpty && candidate.isEmpty ? applying : asked
    if ids.isEmpty && candidate.isEmpty { throw InputError("no variant takes \(problem)") }
    let initial = try ids.map { id in
      let variant = Registry.shared[id]!
      if let rejection = variant.rejection(of: problem, on: target) { throw InputError("\(id): \(rejection)") }
      return Candidate(
        variant: id, isa: target.isa, configuration: variant.initialConfiguration(for: problem, on: target))
    }
    var seen: Set<Candidate> = []
    return (initial + candidate).filter { seen.insert($0).inserted }
  }

  private func show(_ result: BenchResult) {
    let first = result.rows[0].record.times
    let rows = result.rows.map { row -> [String] in
      let record = row.record
      let name = "\(record.candidate.ordered())"
      guard let median = record.median else {
        return [name, row.reason ?? "not measured", "", "", "", "", "", ""]
      }
      let (nominal, useful) = (problem.nominalFLOPs, problem.usefulFLOPs)
      let ratio = first.isEmpty ? nil : Statistics.ratio(of: record.times, over: first)
      return [
        name, Format.time(record),
        ratio.map { Format.ratio($0.value, $0.interval, samples: min(first.count, record.times.count)) } ?? "–",
        Format.gigaflops(nominal, median), Format.gigaflops(useful, median),
        Format.percent(Double(nominal) / median, of: result.peak.median),
        Format.percent(Double(useful) / median, of: result.peak.median), Format.error(record.maxError),
      ]
    }
    Output.table(
      [
        .left("candidate"), .left("median [95 %]"), .left("time to the first"), .right("GFLOP/s nominal"),
        .right("useful"), .right("of peak nominal"), .right("useful"), .right("max error"),
      ], rows)
    let trip = result.roundTrip.map { Format.digits($0.median, $0.ci95) }
    print(
      "\(problem): \(Format.count(threads, "thread")), placement \(result.placement), \(measuring.cache.rawValue) caches, "
        + "on \(result.run.machine.key); FMA peak \(Format.digits(result.peak.median, result.peak.ci95)) GFLOP/s"
        + (trip.map { "; a cache line to another core and back \($0) ns" } ?? ""))
    for check in result.run.preflight where !check.passed { print("not at rest: \(check.name): \(check.detail)") }
  }
}

private struct Benched: Encodable {
  struct Row: Encodable {
    var candidate: String
    var timesNs: [Double]
    var medianNs: Double?
    var ci95Ns: [Double]?
    var maxError: Double?
    var workspaceBytes: Int
    var packedWeightsBytes: Int
    var reason: String?
  }

  var problem: String
  var machine: String
  var threads: Int
  var placement: String
  var cache: String
  var seed: UInt64
  var generator: Generator
  var preflight: [PreflightCheck]
  var fmaPeakGflops: Double
  var fmaPeakCi95: [Double]?
  var roundTripNs: Double?
  var nominalFlops: Int
  var usefulFlops: Int
  var rows: [Row]

  init(_ result: BenchResult, _ problem: Problem, _ command: BenchCommand) {
    self.problem = "\(problem)"
    machine = "\(result.run.machine.key)"
    threads = command.threads
    placement = result.placement
    cache = command.measuring.cache.rawValue
    seed = command.measuring.seed
    generator = result.run.generator
    preflight = result.run.preflight
    fmaPeakGflops = result.peak.median
    fmaPeakCi95 = result.peak.ci95
    roundTripNs = result.roundTrip?.median
    nominalFlops = problem.nominalFLOPs
    usefulFlops = problem.usefulFLOPs
    rows = result.rows.map { row in
      let record = row.record
      return Row(
        candidate: "\(record.candidate.ordered())", timesNs: record.times, medianNs: record.median,
        ci95Ns: record.interval.map { [$0.lowerBound, $0.upperBound] }, maxError: record.maxError,
        workspaceBytes: record.workspaceBytes, packedWeightsBytes: record.packedWeightsBytes, reason: row.reason)
    }
  }
}
