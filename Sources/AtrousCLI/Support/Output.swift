import Foundation
import TextTable

/// A column of a printed table.
struct TextColumn {
  var title: String
  var alignment: Alignment = .left
  static func left(_ title: String) -> Self { Self(title: title) }
  static func right(_ title: String) -> Self { Self(title: title, alignment: .right) }
}

enum Output {
  /// Prints rows of cells under their titles; nothing where there are no rows.
  static func table(_ columns: [TextColumn], _ rows: [[String]]) {
    let table = TextTable<[String]> { cells in
      zip(columns, cells).map { Column(title: $0.title, value: $1, align: $0.alignment) }
    }
    guard let text = table.string(for: rows, style: SpacedColumns.self) else { return }
    for line in text.split(separator: "\n") {
      print(String(line.reversed().drop { $0 == " " }.reversed()))
    }
  }

  /// Prints a value as JSON: keys in snake case as in databases, in alphabetical order.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

/// Columns two spaces apart: the package's own styles put one, and texts with spaces in them run together.
private enum SpacedColumns: TextTableStyle {
  static func prepare(_ text: String, for column: Column) -> String { Simple.prepare(text, for: column) }
  static func escape(_ text: String) -> String { text }
  static func begin(_ table: inout String, index: Int, columns: [Column]) {}
  static func end(_ table: inout String, index: Int, columns: [Column]) {}

  static func header(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.headerString(for: self) }.joined(separator: "  ") + "\n"
  }

  static func row(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.string(for: self) }.joined(separator: "  ") + "\n"
  }
}
