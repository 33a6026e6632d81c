import ArgumentParser
import Atrous
import AtrousDatabase
import AtrousReports
import Foundation

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "What would run for a problem, from which rung of the lookup, on what evidence.",
    discussion: "The database comes first, then the tables that the library finds (ATROUS_TABLE and so on).")

  @Option(
    parsing: .unconditional, help: ArgumentHelp("A problem text.", valueName: "P"), transform: Arguments.problem)
  var problem: Problem

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var machine: MachineOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads asked for (default: ATROUS_THREADS, else 1).", valueName: "N"),
    transform: Arguments.whole(Arguments.threadRange))
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let target = try machine.target(threads: threads ?? Convolution.defaultThreads)
    let resolver = Resolver(tables: try database.tables(), machine: target.machine, isa: target.isa)
    let resolution = try resolver.resolve(problem, threads: target.threads)
    let measured = try Store(database.path).readIfPresent()
    if json {
      var explanation = Explanation(problem, target, resolution, isPredicted: isPredicted(resolution))
      explanation.passedOver = passedOver(target, resolution, measured).map(Explanation.Passed.init)
      explanation.measuredRegret = measuredRegret(target, resolution.rung, measured).map(Explanation.RungRegret.init)
      return try Output.json(explanation)
    }
    for (name, value) in rows(target, resolution, measured) {
      print(name.padding(toLength: 10, withPad: " ", startingAt: 0) + value)
    }
  }

  /// A machine known only by its topology was never measured: what a table holds of one alike is a guess there.
  private func isPredicted(_ resolution: Resolution) -> Bool { machine.topology != nil && resolution.rung != .exact }

  private func rows(_ target: Target, _ resolution: Resolution, _ measured: Database?) -> [(String, String)] {
    var rows = [
      ("problem", "\(problem)"),
      ("target", "\(Format.count(target.threads, "thread")), \(target.isa.rawValue) on \(target.machine.key)"),
      ("runs", "\(resolution.candidate)"),
      ("rung", "\(resolution.rung.rawValue) of \(Rung.allCases.count): \(resolution.rung)"),
    ]
    if let evidence = resolution.evidence {
      let entry = evidence.entry
      rows += [
        ("evidence", "\(evidence.origin): \(Format.time(entry.median, entry.interval)) (median, 95 % interval)"),
        ("of", "\(entry.problem), \(Format.count(entry.threads, "thread")), on \(evidence.machine)"),
      ]
    } else {
      rows.append(("evidence", "none: nothing like it has been measured, `atrous tune` would tell"))
    }
    if let passed = passedOver(target, resolution, measured) {
      rows.append(("faster", "\(passed.record.candidate.ordered()), but it \(passed.reason)"))
    }
    if resolution.isAdapted { rows.append(("adapted", "from \(resolution.evidence!.entry.candidate)")) }
    if isPredicted(resolution) {
      rows.append(("predicted", "for a machine known by its topology alone; \(Self.predictor(resolution))"))
    }
    if let demotion = resolution.demotion { rows.append(("lowered", "one rung: \(demotion)")) }
    if resolution.isStale { rows.append(("stale", "measured with another revision of the variant")) }
    let regret = resolution.expectedRegret.map {
      "fastest of those tried; its own interval reaches \(Format.fixed(100 * $0, 1)) % above its median"
    }
    return rows + [("regret", regret ?? measuredRegret(target, resolution.rung, measured)?.text ?? "unknown")]
  }

  private static func predictor(_ resolution: Resolution) -> String {
    resolution.evidence.map { "it is like \($0.machine), where it was measured" } ?? "by the cost model and its caches"
  }

  /// The fastest that the database knows of the problem here, where it did not win.
  private func passedOver(_ target: Target, _ resolution: Resolution, _ measured: Database?) -> PassedOver? {
    guard resolution.rung == .exact else { return nil }
    let threads = resolution.evidence?.entry.threads ?? target.threads
    return measured?.winners().first {
      $0.key.problem == problem && $0.key.machine == target.machine.key && $0.key.threads == threads
        && $0.shipped.candidate == resolution.candidate.sorted
    }?.passedOver
  }

  /// What the same rung costs on the problems that the database knows better.
  private func measuredRegret(_ target: Target, _ rung: Rung, _ measured: Database?) -> Regret? {
    measured?.regret(of: rung, on: target.machine, isa: target.isa, threads: target.threads)
  }
}

private struct Explanation: Encodable {
  struct Measured: Encodable {
    var origin: String
    var problem: String
    var machine: String
    var threads: Int
    var medianNs: Double
    var ci95Ns: [Double]
    var distance: Double
  }

  /// Of the problems of the database that this rung chose for when they were left out.
  struct RungRegret: Encodable {
    var median: Double
    var mean: Double
    var worst: Double
    var known: Int
    var unknown: Int

    init(_ regret: Regret) {
      (median, mean, worst) = (regret.median, regret.mean, regret.worst)
      (known, unknown) = (regret.known, regret.unknown)
    }
  }

  /// Faster, but kept from winning.
  struct Passed: Encodable {
    var candidate: String
    var reason: String

    init(_ passed: PassedOver) { (candidate, reason) = ("\(passed.record.candidate.ordered())", passed.reason) }
  }

  var problem: String
  var machine: String
  var isa: String
  var threads: Int
  var candidate: String
  var rung: Int
  var rungName: String
  var evidence: Measured?
  var demotion: String?
  var stale: Bool
  /// For a machine known only by its topology, and not measured there.
  var predicted: Bool
  /// On the exact rung: how far the interval reaches above the median.
  var expectedRegret: Double?
  var measuredRegret: RungRegret?
  var passedOver: Passed?

  init(_ problem: Problem, _ target: Target, _ resolution: Resolution, isPredicted: Bool) {
    predicted = isPredicted
    self.problem = "\(problem)"
    machine = "\(target.machine.key)"
    isa = target.isa.rawValue
    threads = target.threads
    candidate = "\(resolution.candidate)"
    rung = resolution.rung.rawValue
    rungName = "\(resolution.rung)"
    evidence = resolution.evidence.map {
      Measured(
        origin: $0.origin, problem: "\($0.entry.problem)", machine: "\($0.machine)", threads: $0.entry.threads,
        medianNs: $0.entry.median, ci95Ns: [$0.entry.interval.lowerBound, $0.entry.interval.upperBound],
        distance: $0.distance)
    }
    demotion = resolution.demotion
    stale = resolution.isStale
    expectedRegret = resolution.expectedRegret
  }
}
