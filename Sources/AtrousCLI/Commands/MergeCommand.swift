import ArgumentParser
import AtrousDatabase
import AtrousReports

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "The union of databases.")

  @Argument(help: ArgumentHelp("The databases.", valueName: "DATABASE"), completion: .file())
  var databases: [String]

  @Option(
    name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
    help: ArgumentHelp("Where the union goes; what is there stays part of it.", valueName: "FILE"), completion: .file())
  var output: String

  func run() throws {
    var union = Database()
    for path in databases { union.merge(try Databases.read(path)) }
    let merged = try Store(output).merge(union)
    print("\(output): \(Format.count(merged.runs.count, "run")), \(Format.count(merged.results.count, "result"))")
  }
}
