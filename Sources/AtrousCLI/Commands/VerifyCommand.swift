import ArgumentParser
import AtrousCore
import AtrousKernels
import AtrousReports
import AtrousTuner

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Holds candidates against the Float64 reference, epilogue off and on (default: suite quick).")

  @OptionGroup var problems: ProblemOptions

  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Only this variant; may be repeated.", valueName: "V"))
  var variant: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the data (default: 1).", valueName: "N"),
    transform: Arguments.seed)
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Leaves out problems of more nominal GFLOP.", valueName: "X"),
    transform: Arguments.positive)
  var maxGflop: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Candidates a variant and problem (default: all).", valueName: "N"),
    transform: Arguments.whole(1...1_000_000))
  var maxCandidates: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads of the plans (default: 1).", valueName: "N"),
    transform: Arguments.whole(Arguments.threadRange))
  var threads: Int = 1

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var options = VerifyOptions()
    options.generator = DataGenerator(seed: seed)
    options.variants = try Registry.shared.ids(variant)
    options.maxGFLOP = maxGflop
    options.maxCandidates = maxCandidates
    options.threads = threads
    let problems = try problems.selected(orSuite: "quick")
    let driver = VerifyDriver(
      registry: .shared, machine: HostMachine.current, isa: try HostMachine.cappedInstructionSet(), options: options)
    let progress = ProgressLine()
    let report = try driver.run(problems, cancellation: Interrupt.listen()) { index, result in
      progress.show(stage: "[\(index + 1)/\(problems.count)] \(result.problem)", detail: "\(result.candidate)")
    }
    progress.clear()
    if json { try Output.json(Verified(report)) } else { show(report) }
    if report.isCancelled { throw ExitCode.interrupted }
    if !report.passed { throw ExitCode.checkFailed }
  }

  private func show(_ report: VerifyReport) {
    Output.table(
      [
        .left("variant"), .right("verified"), .right("sampled"), .right("failed"), .right("max error"),
        .right("least bound"),
      ],
      VariantSummary.all(of: report.rows).map {
        [
          $0.name, "\($0.verified)", "\($0.sampled)", "\($0.failed)", Format.error($0.maxError),
          Format.error($0.bound),
        ]
      })
    for failure in report.failures {
      print("wrong: \(failure.candidate) on \(failure.problem): \(failure.verification.failure!)")
    }
    for (problem, reason) in report.unusable { print("no reference: \(problem): \(reason)") }
    let skipped = report.skipped > 0 ? ", \(report.skipped) over --max-gflop left out" : ""
    let verdict =
      report.isCancelled ? "interrupted" : report.passed ? "all right" : "\(report.failures.count) wrong"
    print("\(report.candidates) candidates on \(report.problems) problems\(skipped): \(verdict)")
  }
}

/// All configurations of one variant and instruction set.
private struct VariantSummary {
  let name: String
  var verified = 0
  var sampled = 0
  var failed = 0
  var maxError = 0.0
  var bound = Double.infinity

  static func all(of rows: [VerifySummaryRow]) -> [VariantSummary] {
    var summaries: [VariantSummary] = []
    for row in rows {
      let name = "\(row.candidate.variant) \(row.candidate.isa.rawValue)"
      let index = summaries.firstIndex { $0.name == name } ?? summaries.count
      if index == summaries.count { summaries.append(VariantSummary(name: name)) }
      summaries[index].verified += row.verified
      summaries[index].sampled += row.sampled
      summaries[index].failed += row.failed
      summaries[index].maxError = max(summaries[index].maxError, row.maxError)
      summaries[index].bound = min(summaries[index].bound, row.bound)
    }
    return summaries
  }
}

private struct Verified: Encodable {
  struct Row: Encodable {
    var candidate: String
    var verified: Int
    var sampled: Int
    var failed: Int
    /// Absent where it is infinite: an output was not written, or was no number.
    var maxError: Double?
    var bound: Double
  }
  struct Failure: Encodable {
    var problem: String
    var candidate: String?
    var reason: String
  }

  var problems: Int
  var skipped: Int
  var interrupted: Bool
  var passed: Bool
  var rows: [Row]
  var failures: [Failure]

  init(_ report: VerifyReport) {
    problems = report.problems
    skipped = report.skipped
    interrupted = report.isCancelled
    passed = report.passed
    rows = report.rows.map {
      Row(
        candidate: "\($0.candidate)", verified: $0.verified, sampled: $0.sampled, failed: $0.failed,
        maxError: $0.maxError.isFinite ? $0.maxError : nil, bound: $0.bound)
    }
    failures =
      report.failures.map {
        Failure(
          problem: "\($0.problem)", candidate: "\($0.candidate)", reason: "\($0.verification.failure!)")
      } + report.unusable.map { Failure(problem: "\($0.problem)", candidate: nil, reason: $0.reason) }
  }
}
