import Foundation

/// The two forms of JSON this module writes.
package enum JSON {
  /// Sorted keys, indented; arrays of numbers stay on one line.
  static func readable(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Data((joiningNumbers(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n").utf8)
  }

  /// Sorted keys, one line, newline at the end.
  package static func line(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }

  /// A line that ends in a bracket opens an array (a string ends in a quote), so lines alone tell the structure.
  private static func joiningNumbers(_ text: String) -> String {
    var output: [Substring] = []
    var open: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      output.append(line)
      if line.hasSuffix("[") {
        open = output.count - 1
      } else if open != nil, isNumber(line) {
        continue
      } else if let start = open {
        open = nil
        guard line.drop(while: { $0 == " " }).hasPrefix("]") else { continue }
        let numbers = output[(start + 1)...].map { $0.drop { $0 == " " } }
        let joined = numbers.dropLast().joined(separator: " ") + numbers.last!
        output.replaceSubrange(start..., with: [output[start] + joined])
      }
    }
    return output.joined(separator: "\n")
  }

  private static func isNumber(_ line: Substring) -> Bool {
    line.contains { $0.isNumber } && line.utf8.allSatisfy { Set("0123456789+-.eE, ".utf8).contains($0) }
  }
}
