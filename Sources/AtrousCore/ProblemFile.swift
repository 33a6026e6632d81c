/// A line of a problem file: a problem, how often a network runs it, and what the network calls it.
public struct ProblemLine: Hashable, Sendable {
  public var problem: Problem
  /// At least 1.
  public var count: Int
  public var name: String?

  public init(problem: Problem, count: Int = 1, name: String? = nil) {
    self.problem = problem
    self.count = count
    self.name = name
  }
}

/// Why a line of a problem file cannot be read.
public struct ProblemFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Error, Hashable, Sendable {
    case problem(ProblemError)
    case malformedCount(String)
    case tooManyFields(Int)
  }

  /// From 1.
  public var line: Int
  public var reason: Reason

  /// One line.
  public var description: String {
    let text =
      switch reason {
      case .problem(let error): error.description
      case .malformedCount(let text):
        "\(text.quotedForMessage) is no count; allowed: 1 to \(Problem.largestNumber)"
      case .tooManyFields(let count):
        "\(count) fields; allowed: at most 3, which are the problem, its count and its name, separated by tabs"
      }
    return "line \(line): \(text)"
  }
}

extension Problem {
  /// Reads a problem file: a line a problem, `text[<TAB>count[<TAB>name]]`; `#` starts a comment, to the end of the line.
  ///
  /// Empty lines and white space at the end of a line are skipped. A benchdnn text's own `n"name"` is the name where the
  /// line gives none.
  /// - Throws: `ProblemFileError` with the number of the first line that cannot be read.
  public static func parseFile(_ text: String) throws(ProblemFileError) -> [ProblemLine] {
    var lines: [ProblemLine] = []
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      var content = line.prefix { $0 != UInt8(ascii: "#") }
      while let last = content.last, isBlank(last) { content.removeLast() }
      if content.isEmpty { continue }
      do throws(ProblemFileError.Reason) {
        lines.append(try parseLine(Substring(content)))
      } catch {
        throw ProblemFileError(line: number, reason: error)
      }
    }
    return lines
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static func parseLine(_ line: Substring) throws(ProblemFileError.Reason) -> ProblemLine {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count <= 3 else { throw .tooManyFields(fields.count) }
    let text = String(fields[0])
    var result: ProblemLine
    do throws(ProblemError) {
      result = ProblemLine(problem: try Problem(text: text), name: try BenchdnnText.name(in: text))
    } catch {
      throw .problem(error)
    }
    if fields.count > 1 { result.count = try count(fields[1]) }
    if fields.count > 2 { result.name = String(fields[2]) }
    return result
  }

  private static func count(_ text: Substring) throws(ProblemFileError.Reason) -> Int {
    guard text.utf8.allSatisfy(\.isDigit), let count = Int(text), count >= 1, count <= largestNumber else {
      throw .malformedCount(String(text))
    }
    return count
  }
}
