import ArgumentParser
import AtrousReports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Who won, by how much, and who was refused, as Markdown.")

  @Argument(
    help: ArgumentHelp("The database (default: ATROUS_DATABASE, else atrous.json here).", valueName: "DATABASE"))
  var database: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Where to write (default: standard output).", valueName: "FILE"))
  var markdown: String?

  func run() throws {
    let report = Report(try Databases.read(database ?? Databases.defaultPath))
    if let markdown {
      try TextFiles.write(report.markdown, to: markdown)
    } else {
      print(report.markdown, terminator: "")
    }
  }
}
