import AtrousCore

/// Why a text is no table. Lines count from 1.
public enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  case noHeader
  case version(line: Int, text: String)
  case lineTooLong(line: Int, bytes: Int)
  case fieldCount(line: Int, count: Int, expected: Int)
  case machineKey(line: Int, MachineKeyError)
  /// Machines are numbered from 0 in the order they stand.
  case machineIndex(line: Int, text: String, expected: ClosedRange<Int>?)
  case sharing(line: Int, text: String, kinds: Int)
  case problem(line: Int, ProblemError)
  case candidate(line: Int, CandidateError)
  case number(line: Int, field: String, text: String)
  case interval(line: Int)

  /// One line.
  public var description: String {
    switch self {
    case .noHeader: "line 1 is no table header; it reads \"atrous-table \(Table.formatVersion)\", a tab, the generator"
    case .version(let line, let text):
      "line \(line): table version \"\(text)\" is unknown; this build reads \(Table.formatVersion)"
    case .lineTooLong(let line, let bytes):
      "line \(line) has \(bytes) bytes; allowed: at most \(Table.longestLine)"
    case .fieldCount(let line, let count, let expected): "line \(line) has \(count) fields; allowed: \(expected)"
    case .machineKey(let line, let error): "line \(line): \(error)"
    case .machineIndex(let line, let text, let expected):
      "line \(line): machine \"\(text)\" is unknown; allowed: "
        + (expected.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none, as no machine stands before")
    case .sharing(let line, let text, let kinds):
      "line \(line): L3 sharing \"\(text)\"; allowed: \(kinds) whole numbers joined by +"
    case .problem(let line, let error): "line \(line): \(error)"
    case .candidate(let line, let error): "line \(line): \(error)"
    case .number(let line, let field, let text):
      "line \(line): \(field) is \"\(text)\"; allowed: "
        + (field == "revision" || field == "threads"
          ? "whole numbers from 1" : "numbers above 0 and below 1e15")
    case .interval(let line): "line \(line): the interval does not hold the median"
    }
  }
}
