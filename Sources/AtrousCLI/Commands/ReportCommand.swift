import ArgumentParser
import AtrousReports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Who won, by how much, and who was refused, as Markdown and CSV.")

  @Argument(
    help: ArgumentHelp("The database (default: ATROUS_DATABASE, else atrous.json here).", valueName: "DATABASE"))
  var database: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Where to write (default: standard output).", valueName: "FILE"))
  var markdown: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Also write the tables as CSV files into this folder, which is made.", valueName: "DIR"))
  var csv: String?

  func run() throws {
    let database = try Databases.read(database ?? Databases.defaultPath)
    if let csv {
      try TextFiles.makeFolder(csv)
      for file in ReportTables(database).files { try TextFiles.write(file.text, to: "\(csv)/\(file.name)") }
    }
    let report = Report(database)
    if let markdown {
      try TextFiles.write(report.markdown, to: markdown)
    } else {
      print(report.markdown, terminator: "")
    }
  }
}
