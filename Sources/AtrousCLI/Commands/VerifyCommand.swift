import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTuner

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Holds candidates against the Float64 reference, epilogue off and on (default: suite quick).")

  @OptionGroup var problems: ProblemOptions

  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("Only this variant; may be repeated.", valueName: "V"),
    completion: .variants)
  var variant: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the data (default: 1).", valueName: "N"),
    transform: Arguments.seed)
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Problems of more nominal GFLOP are large: see --large.", valueName: "X"),
    transform: Arguments.positive)
  var maxGflop: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What is done with large problems: skip leaves them out, tiles verifies each variant's initial configuration, one of "
        + "each tile size, and the best of --database (default: skip).", valueName: "L"),
    completion: .names(of: VerifyOptions.Large.self),
    transform: Arguments.large)
  var large: VerifyOptions.Large = .skip

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --large tiles: a database whose best candidates are verified too.", valueName: "FILE"),
    completion: .file())
  var database: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Candidates a variant and problem (default: all).", valueName: "N"),
    transform: Arguments.whole(1...1_000_000))
  var maxCandidates: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads of the plans (default: 1).", valueName: "N"),
    transform: Arguments.whole(Arguments.threadRange))
  var threads: Int = 1

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Writes each result to a journal, and verifies nothing that this build has found right in it.",
      valueName: "FILE"), completion: .file())
  var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Writes the errors by variant and tile size as Markdown.", valueName: "FILE"),
    completion: .file())
  var markdown: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if large == .tiles && maxGflop == nil {
      throw InputError("--large tiles needs --max-gflop, from where on it counts")
    }
    if database != nil && large == .skip { throw InputError("--database says what is verified with --large tiles") }
  }

  func run() throws {
    let problems = try problems.selected(orSuite: "quick")
    let isa = try HostMachine.cappedInstructionSet()
    let driver = VerifyDriver(
      registry: .shared, machine: HostMachine.current, isa: isa, options: try options(isa))
    let journal = try resume.map { try VerifyJournal(path: $0, build: Build.generator.build) }
    if let ignored = journal?.ignored, ignored > 0 {
      complain("\(resume!): \(ignored) lines of another build, or damaged, do not count")
    }
    let progress = ProgressLine()
    let report = try driver.run(problems, journal: journal, cancellation: Interrupt.listen()) { index, result in
      progress.show(stage: "[\(index + 1)/\(problems.count)] \(result.problem)", detail: "\(result.candidate)")
    }
    progress.clear()
    if let markdown { try TextFiles.write(VerifyText.markdown(report, threads: threads, seed: seed), to: markdown) }
    if json { try Output.json(Verified(report)) } else { show(report) }
    if report.isCancelled { throw ExitCode.interrupted }
    if !report.passed { throw ExitCode.checkFailed }
  }

  private func options(_ isa: InstructionSet) throws -> VerifyOptions {
    var options = VerifyOptions()
    options.generator = DataGenerator(seed: seed)
    options.variants = try Registry.shared.ids(variant)
    options.maxGFLOP = maxGflop
    options.large = large
    options.maxCandidates = maxCandidates
    options.threads = threads
    guard let database else { return options }
    for result in try Databases.read(database).results {
      // The ranking is fastest first: each variant's first is its best.
      var seen: Set<VariantID> = []
      let best = result.ranking().filter { $0.isa == isa && seen.insert($0.variant).inserted }
      options.favourites[result.key.problem, default: []] += best.map {
        Candidate(variant: $0.variant, isa: $0.isa, configuration: $0.configuration)
      }
    }
    return options
  }

  private func show(_ report: VerifyReport) {
    Output.table(
      [
        .left("variant"), .right("verified"), .right("sampled"), .right("failed"), .right("max error"),
        .right("least bound"),
      ],
      report.variants.list.map {
        [
          "\($0.candidate)", "\($0.summary.verified)", "\($0.summary.sampled)", "\($0.summary.failed)",
          Format.error($0.summary.maxError), Format.error($0.summary.bound),
        ]
      })
    for failure in report.failures {
      print("wrong: \(failure.candidate) on \(failure.problem): \(failure.verification.failure!)")
    }
    for (problem, reason) in report.unusable { print("no reference: \(problem): \(reason)") }
    print(VerifyText.verdict(report))
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
  var reduced: Int
  var resumed: Int
  var interrupted: Bool
  var passed: Bool
  var rows: [Row]
  var failures: [Failure]

  init(_ report: VerifyReport) {
    problems = report.problems
    skipped = report.skipped
    reduced = report.reduced
    resumed = report.resumed
    interrupted = report.isCancelled
    passed = report.passed
    rows = report.candidates.list.map { candidate, summary in
      Row(
        candidate: "\(candidate)", verified: summary.verified, sampled: summary.sampled, failed: summary.failed,
        maxError: summary.maxError.isFinite ? summary.maxError : nil, bound: summary.bound)
    }
    failures =
      report.failures.map {
        Failure(
          problem: "\($0.problem)", candidate: "\($0.candidate)", reason: "\($0.verification.failure!)")
      } + report.unusable.map { Failure(problem: "\($0.problem)", candidate: nil, reason: $0.reason) }
  }
}
