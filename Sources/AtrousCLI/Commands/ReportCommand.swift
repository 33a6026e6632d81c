import ArgumentParser
import AtrousReports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Who won, by how much, and who was refused, as Markdown, an HTML page and CSV.")

  @Argument(
    help: ArgumentHelp("The database (default: ATROUS_DATABASE, else atrous.json here).", valueName: "DATABASE"),
    completion: .file())
  var database: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Where to write (default: standard output).", valueName: "FILE"),
    completion: .file())
  var markdown: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Also write the tables as CSV files into this folder, which is made.", valueName: "DIR"),
    completion: .directory)
  var csv: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Write one self-contained page; Markdown then goes only where asked.", valueName: "FILE"),
    completion: .file())
  var html: String?

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("What Scripts/peers wrote; the page then compares. May be repeated.", valueName: "FILE"),
    completion: .file())
  var peers: [String] = []

  func validate() throws {
    if html == nil && !peers.isEmpty { throw InputError("--peers goes into the page; allowed with --html") }
  }

  func run() throws {
    let database = try Databases.read(database ?? Databases.defaultPath)
    if let csv {
      try TextFiles.makeFolder(csv)
      for file in ReportTables(database).files { try TextFiles.write(file.text, to: "\(csv)/\(file.name)") }
    }
    let report = Report(database, peers: try peers.map(Self.peers))
    if let html { try TextFiles.write(report.html, to: html) }
    if let markdown {
      try TextFiles.write(report.markdown, to: markdown)
    } else if html == nil {
      print(report.markdown, terminator: "")
    }
  }

  private static func peers(_ path: String) throws(InputError) -> Peers {
    let text = try TextFiles.read(path)
    do throws(PeersError) {
      return try Peers(json: text)
    } catch {
      throw InputError("\(path): \(error)")
    }
  }
}
