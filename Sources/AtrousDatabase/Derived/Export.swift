import Atrous
import AtrousCore
import AtrousKernels

/// The forms a database ships in.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
  /// The text of `Table`.
  case table
  /// One Swift file that holds that text as a static string, `embeddedTable`.
  case swift
  /// One C file that holds it as a static string, `atrous_embedded_table`, for `atrous_table_parse`.
  case c
}

/// A table made of a database.
public struct TableExport: Sendable {
  public let table: Table
  /// Problems whose line would pass `Table.longestLine`, and so are not in the table.
  public let tooLong: [Problem]

  public func text(_ format: ExportFormat) -> String {
    switch format {
    case .table: table.text
    case .swift: Self.swiftFile(table.text)
    case .c: Self.cFile(table.text)
    }
  }

  private static func swiftFile(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { line in
      "  " + line.map { $0 == "\t" ? "\\t" : $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : String($0) }.joined()
    }
    return """
      // Made by `atrous export --format swift`; do not edit.
      // swift-format-ignore-file

      /// A dispatch table as text: read it with `Table(text:)`.
      let embeddedTable = \"\"\"
      \(lines.joined(separator: "\n"))

        \"\"\"

      """
  }
}

extension TableExport {
  /// A literal a line: neither a compiler nor a reader has to take one line of many kilobytes.
  private static func cFile(_ text: String) -> String {
    let lines = text.split(separator: "\n").map { line in "  \"\(escaped(line))\\n\"" }
    return """
      // Made by `atrous export --format c`; do not edit.
      //
      // A dispatch table as text. Where it is used:
      //
      //     extern const char atrous_embedded_table[];
      //     extern const size_t atrous_embedded_table_bytes;  // without the NUL
      //     atrous_table *table = atrous_table_parse(atrous_embedded_table, atrous_embedded_table_bytes, &error);
      #include <stddef.h>

      #ifdef __cplusplus
      extern "C" {
      #endif
      extern const char atrous_embedded_table[];
      extern const size_t atrous_embedded_table_bytes;
      #ifdef __cplusplus
      }
      #endif

      const char atrous_embedded_table[] =
      \(lines.joined(separator: "\n"));
      const size_t atrous_embedded_table_bytes = sizeof atrous_embedded_table - 1;

      """
  }

  /// A question mark could begin a trigraph.
  private static func escaped(_ line: Substring) -> String {
    line.map { character in
      switch character {
      case "\t": "\\t"
      case "\\", "\"", "?": "\\\(character)"
      default: String(character)
      }
    }.joined()
  }
}

extension Database {
  /// The winners as a table: an entry per problem, machine and threads. Where a database holds several cache states and
  /// placements of these, the warm result ships, then the fastest.
  public func table(_ constraints: Constraints = Constraints(), registry: Registry = .shared) -> TableExport {
    var machines: [Machine] = []
    var entries: [Table.Entry] = []
    var tooLong: [Problem] = []
    for winner in shippedWinners(constraints, registry: registry) {
      guard let machine = run(winner.shipped.run)?.machine else { continue }
      let index = machines.firstIndex { $0.key == machine.key && $0.l3Sharing == machine.l3Sharing }
      let entry = winner.entry(machine: index ?? machines.count, registry: registry)
      if entry.line.utf8.count > Table.longestLine {
        tooLong.append(winner.key.problem)
        continue
      }
      if index == nil { machines.append(machine) }
      entries.append(entry)
    }
    return TableExport(table: Table(generator: tableGenerator, machines: machines, entries: entries), tooLong: tooLong)
  }

  private func shippedWinners(_ constraints: Constraints, registry: Registry) -> [Winner] {
    struct Place: Hashable {
      let problem: Problem
      let machine: MachineKey
      let threads: Int
    }
    var best: [Place: Winner] = [:]
    let all = winners(constraints, registry: registry)
    for winner in all {
      let place = Place(problem: winner.key.problem, machine: winner.key.machine, threads: winner.key.threads)
      if best[place].map({ winner.ships(before: $0) }) ?? true { best[place] = winner }
    }
    let shipped = Set(best.values.map(\.key))
    return all.filter { shipped.contains($0.key) }
  }

  /// Who measured last.
  private var tableGenerator: String {
    let text = runs.last?.generator.title ?? "atrous"
    return String(text.filter { $0.isASCII && !$0.isNewline && $0 != "\t" }.prefix(80))
  }
}

extension Winner {
  fileprivate func ships(before other: Winner) -> Bool {
    if key.cache != other.key.cache { return key.cache == .warm }
    return CandidateRecord.isFaster(shipped, other.shipped)
  }

  fileprivate func entry(machine: Int, registry: Registry) -> Table.Entry {
    let median = shipped.median ?? 0
    // A file's median need not be that of its times.
    let interval = shipped.times.isEmpty ? median...median : Statistics.medianInterval(shipped.times)
    return Table.Entry(
      problem: key.problem, machine: machine, threads: key.threads,
      candidate: shipped.candidate.ordered(by: registry), revision: shipped.revision, median: median,
      interval: min(median, interval.lowerBound)...max(median, interval.upperBound))
  }
}

extension Candidate {
  /// The candidate with its settings in the order of its variant's parameters, as its text is written elsewhere; files
  /// hold them by key.
  public func ordered(by registry: Registry = .shared) -> Candidate {
    guard let parameters = registry[variant]?.parameters else { return self }
    let order = Dictionary(parameters.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: min)
    let settings = configuration.settings.sorted { (order[$0.key] ?? .max, $0.key) < (order[$1.key] ?? .max, $1.key) }
    return Candidate(variant: variant, isa: isa, configuration: Configuration(settings))
  }
}
