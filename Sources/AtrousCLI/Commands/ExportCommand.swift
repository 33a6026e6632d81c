import ArgumentParser
import AtrousDatabase
import AtrousReports

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "The winners of a database as what the library reads.")

  @Argument(help: ArgumentHelp("The database.", valueName: "DATABASE"), completion: .file())
  var database: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("table (the library's file), swift or c (a source file that holds it).", valueName: "F"),
    completion: .names(of: ExportFormat.self),
    transform: Self.format)
  var format: ExportFormat

  @Option(
    name: [.customShort("o"), .customLong("output")], parsing: .unconditional,
    help: ArgumentHelp("Where to write.", valueName: "FILE"), completion: .file())
  var output: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Leaves out candidates of a larger error (default: 1e-4).", valueName: "E"),
    transform: Arguments.error)
  var maxError: Double = 1e-4

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Leaves out candidates with a larger workspace, such as 64M.", valueName: "BYTES"),
    transform: Arguments.bytes)
  var maxWorkspace: Int?

  func run() throws {
    let constraints = Constraints(maxError: maxError, maxWorkspace: maxWorkspace)
    let export = try Databases.read(database).table(constraints)
    for problem in export.tooLong { complain("left out, its line is too long for a table: \(problem)") }
    if export.table.entries.isEmpty { throw InputError("\(database): holds no winner to export") }
    try TextFiles.write(export.text(format), to: output)
    print("\(output): \(Format.count(export.table.entries.count, "line"))")
  }

  private static func format(_ text: String) throws -> ExportFormat {
    guard let format = ExportFormat(rawValue: text) else {
      throw InputError("allowed: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return format
  }
}
