import AtrousCore
import CAtrousPlatform

/// A value of `ATROUS_ISA` that names no instruction set.
public struct InstructionSetCapError: Error, Hashable, Sendable, CustomStringConvertible {
  public let value: String
  public var description: String { "ATROUS_ISA is \"\(value)\"; it is baseline, avx2 or avx512" }
}

extension HostMachine {
  /// The best instruction set of this build that this machine runs, no better than `ATROUS_ISA` allows. A bad value of
  /// that variable is ignored, with a note under `ATROUS_VERBOSE`.
  public static let instructionSet: InstructionSet = {
    do {
      return try cappedInstructionSet()
    } catch {
      note("\(error); ignored")
      return current.bestInstructionSet
    }
  }()

  /// As `instructionSet`, for callers that refuse a bad `ATROUS_ISA`.
  public static func cappedInstructionSet() throws(InstructionSetCapError) -> InstructionSet {
    try capped(current.bestInstructionSet, by: environment("ATROUS_ISA"))
  }

  package static func capped(
    _ best: InstructionSet, by value: String?
  ) throws(InstructionSetCapError) -> InstructionSet {
    guard let value, !value.isEmpty else { return best }
    guard let cap = InstructionSet(rawValue: value) else { throw InstructionSetCapError(value: value) }
    return min(best, cap)
  }

  /// A variable of the environment.
  package static func environment(_ name: String) -> String? { atrous_getenv(name).map { String(cString: $0) } }

  /// A line on standard error, if `ATROUS_VERBOSE` is set and neither empty nor 0.
  package static func note(_ text: @autoclosure () -> String) {
    guard let verbose = environment("ATROUS_VERBOSE"), !verbose.isEmpty, verbose != "0" else { return }
    var line = "atrous: \(text())\n"
    line.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { atrous_note($0.baseAddress!, $0.count) }
    }
  }
}
