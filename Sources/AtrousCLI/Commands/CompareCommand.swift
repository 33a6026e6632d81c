import ArgumentParser
import AtrousDatabase
import AtrousReports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Two databases against each other: what became slower or faster, and which winners changed.",
    discussion: """
      Exits 1 where a problem, or the geometric mean, is slower with the whole 95 % interval beyond the threshold.

      Machines, thread counts, placements, caches or layouts that each database has one of are compared across; \
      otherwise only results under the same conditions are.
      """)

  @Argument(help: ArgumentHelp("The database to compare with.", valueName: "BASE"), completion: .file())
  var base: String

  @Argument(help: ArgumentHelp("The database that may be slower.", valueName: "NEW"), completion: .file())
  var new: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What is no difference yet (default: 5%).", valueName: "P"),
    transform: Arguments.percentage)
  var threshold = 0.05

  @Option(parsing: .unconditional, help: ArgumentHelp("Also write Markdown.", valueName: "FILE"), completion: .file())
  var markdown: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let comparison = Comparison(base: try Databases.read(base), new: try Databases.read(new), threshold: threshold)
    if comparison.rows.isEmpty {
      throw InputError("\(base) and \(new) have no winner of one problem under the same conditions")
    }
    if let markdown { try TextFiles.write(comparison.markdown, to: markdown) }
    if json {
      try Output.json(ComparisonOutput(comparison))
    } else {
      show(comparison)
    }
    if comparison.isSlower { throw ExitCode.checkFailed }
  }

  private func show(_ comparison: Comparison) {
    Output.table(
      [
        .left("verdict"), .right("new over base"), .right("base"), .right("new"), .left("conditions"), .left("problem"),
      ],
      comparison.rows.map { row in
        [
          row.verdictText, row.ratioText, Format.time(row.base.fastest), Format.time(row.new.fastest),
          comparison.conditions(of: row), row.problemText,
        ]
      })
    print("")
    comparison.summary.forEach { print($0) }
    comparison.changes.forEach { print("winner changed: \($0)") }
    comparison.onlyInBase.forEach { print("only in \(base): \($0.line)") }
    comparison.onlyInNew.forEach { print("only in \(new): \($0.line)") }
  }
}

private struct ComparisonOutput: Encodable {
  struct Side: Encodable {
    var candidate: String
    var revision: Int
    var run: String
    var medianNs: Double
    var samples: Int
    var isNoisy: Bool
  }
  struct Row: Encodable {
    var problem: String
    var machine: String
    var threads: Int
    var placement: String
    var cache: CacheState
    var base: Side
    var new: Side
    var ratio: Double
    var ci95: [Double]?
    var verdict: String
    var normalised: Bool
    var change: String?
  }
  struct Mean: Encodable {
    var ratio: Double
    var ci95: [Double]
    var verdict: String
    var problems: Int
  }
  struct Difference: Encodable {
    var name: String
    var base: [String]
    var new: [String]
  }

  var threshold: Double
  var isSlower: Bool
  var geometricMean: Mean?
  var betweenRuns: Double?
  var differences: [Difference]
  var rows: [Row]
  var onlyInBase: [String]
  var onlyInNew: [String]

  init(_ comparison: Comparison) {
    threshold = comparison.threshold
    isSlower = comparison.isSlower
    geometricMean = comparison.mean.map {
      Mean(ratio: $0.value, ci95: $0.interval.ends, verdict: $0.verdict.rawValue, problems: $0.rows)
    }
    betweenRuns = comparison.betweenRuns
    differences = comparison.differences.map { Difference(name: $0.name, base: $0.base, new: $0.new) }
    rows = comparison.rows.map { row in
      Row(
        problem: row.problemText, machine: "\(row.base.key.machine)", threads: row.base.key.threads,
        placement: row.base.key.placement, cache: row.base.key.cache, base: Side(row.base), new: Side(row.new),
        ratio: row.ratio, ci95: row.interval?.ends, verdict: row.verdict.rawValue, normalised: row.isNormalised,
        change: row.change)
    }
    (onlyInBase, onlyInNew) = (comparison.onlyInBase.map(\.line), comparison.onlyInNew.map(\.line))
  }
}

extension ComparisonOutput.Side {
  fileprivate init(_ winner: Winner) {
    let record = winner.fastest
    candidate = "\(record.candidate.ordered())"
    (revision, run, isNoisy) = (record.revision, record.run, record.isNoisy)
    (medianNs, samples) = (record.median ?? 0, record.times.count)
  }
}

extension ClosedRange<Double> {
  fileprivate var ends: [Double] { [lowerBound, upperBound] }
}
