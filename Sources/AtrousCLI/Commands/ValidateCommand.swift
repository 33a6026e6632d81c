import ArgumentParser
import Atrous
import AtrousDatabase
import AtrousReports
import AtrousTuner

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Whether databases (with their journals) and tables hold; exit 1 where one has an error.",
    discussion: """
      With --measure also whether records still hold: a few winners of this machine, one of every variant first, are \
      measured again and compared through their reference loops. One whose whole 95 % interval, widened by the spread \
      between runs on record, lies over 10 % beyond the recorded time no longer holds: exit 1.
      """)

  @Argument(help: ArgumentHelp("Databases or tables.", valueName: "FILE"), completion: .file())
  var files: [String]

  @Flag(help: "Measure a few records of databases again.")
  var measure = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("With --measure: records at most (default: 5).", valueName: "N"),
    transform: Arguments.whole(1...10_000))
  var records: Int = 5

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("With --measure: the time after which no record is begun (default: 30s).", valueName: "T"),
    transform: Arguments.duration)
  var budget: Double = 30

  func run() throws {
    var errors = 0
    for path in files {
      let isTable = try TextFiles.readIfPresent(path)?.hasPrefix("atrous-table") ?? false
      errors += isTable ? try validateTable(path) : try validateDatabase(path)
    }
    if errors > 0 { throw ExitCode.checkFailed }
  }

  private func validateDatabase(_ path: String) throws -> Int {
    let store = Store(path)
    let database = try Databases.read(path)
    let findings = database.validate()
    findings.forEach { print("\(path): \($0)") }
    let errors = findings.count { $0.severity == .error }
    let candidates = database.results.reduce(0) { $0 + $1.candidates.count }
    let journals = try store.journals()
    print(
      "\(path): \(errors == 0 ? "valid" : Format.count(errors, "error")): \(Format.count(database.runs.count, "run")), "
        + "\(Format.count(database.results.count, "result")), \(Format.count(candidates, "candidate"))"
        + (journals.isEmpty ? "" : ", \(Format.count(journals.count, "journal")) not merged yet"))
    if !measure || errors > 0 { return errors }
    return try Canary.check(database, path: path, budget: budget, records: records)
  }

  /// A table that does not read is bad input; entries that this build does not know are told.
  private func validateTable(_ path: String) throws -> Int {
    let table: Table
    let text = try TextFiles.read(path)
    do throws(TableError) { table = try Table(text: text) } catch {
      throw InputError("\(path): \(error)")
    }
    for skipped in table.skipped { print("\(path): warning: line \(skipped.line): \(skipped.reason)") }
    print(
      "\(path): valid: \(Format.count(table.machines.count, "machine")), \(Format.count(table.entries.count, "line"))")
    return 0
  }
}
