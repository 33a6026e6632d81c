import Atrous

/// Lookups of all problems of a table in turn, by their packed keys.
struct Lookups {
  private let table: Table
  private let problems: [Problem]

  init(_ table: Table) {
    self.table = table
    problems = table.entries.map(\.problem)
  }

  /// The table that is built into the library.
  static var embedded: Lookups { Lookups(TableStack.shared.layers.last!.table) }

  /// As the embedded table, with the widths of its first problem from 1,001 on instead.
  static func many(_ count: Int) throws -> Lookups {
    let lines = TableStack.shared.layers.last!.table.text.split(separator: "\n")
    let header = lines.prefix { $0.hasPrefix("atrous-table") || $0.hasPrefix("machine") }
    let fields = "0\t1\tdirect-nhwc baseline mr6 nv2\t1\t1.0\t1.0\t1.0"
    let entries = (0..<count).map { "c64 w\(1001 + $0) k64 s3 d2 p2 nhwc\t" + fields }
    return Lookups(try Table(text: (header.map(String.init) + entries).joined(separator: "\n") + "\n"))
  }

  var bytesPerProblem: Int { table.text.utf8.count / max(table.entries.count, 1) }

  /// The sum of the entries' numbers, so that no lookup is for nothing.
  func find(times: Int) -> Int {
    var (sum, next) = (0, 0)
    for _ in 0..<times {
      sum &+= table.find(problems[next], machine: 0, threads: 1) ?? -1
      next = next + 1 == problems.count ? 0 : next + 1
    }
    return sum
  }
}
