import ArgumentParser
import AtrousCore
import AtrousReports
import AtrousTuner

struct SuitesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suites", abstract: "The suites of shapes, or one or all of them as a problem file.")

  @Argument(
    help: ArgumentHelp("The suite to print as a problem file, or all.", valueName: "NAME"), completion: .suitesOrAll)
  var name: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if let name, !json {
      try Suites.suites(name).forEach { print($0.text, terminator: "") }
    } else if let name, name != "all" {
      try Output.json(Listing(try Suites.suite(name)))
    } else if json {
      try Output.json(Suites.all.map(Listing.init))
    } else {
      let rows = Suites.all.map { [$0.name, "\($0.problems.count)", gigaflops($0), $0.title] }
      Output.table([.left("suite"), .right("problems"), .right("GFLOP"), .left("what it is")], rows)
    }
  }

  /// Nominal GFLOP of all problems, each once.
  private func gigaflops(_ suite: Suite) -> String {
    let sum = suite.problems.reduce(0.0) { $0 + Double($1.nominalFLOPs) }
    return Format.fixed(sum / 1e9, 1)
  }
}

private struct Listing: Encodable {
  struct Line: Encodable {
    var problem: String
    var count: Int
    var name: String?
  }

  var name: String
  var title: String
  var chain: Bool
  var lines: [Line]

  init(_ suite: Suite) {
    name = suite.name
    title = suite.title
    chain = suite.isChain
    lines = suite.lines.map { Line(problem: "\($0.problem)", count: $0.count, name: $0.name) }
  }
}
