import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTopology
import AtrousTuner
import Foundation

/// The thread counts of `--threads`.
enum ThreadCounts: Hashable {
  case these([Int])
  /// One, the cores of a cache domain, all cores (`Topology.threadChoices`).
  case auto

  /// - Throws: `InputError` for more threads than can run at once: their times would be the scheduler's.
  func counts(on topology: Topology) throws(InputError) -> [Int] {
    let facts = topology.machine.facts
    switch self {
    case .auto: return topology.threadChoices().map(\.threads)
    case .these(let counts):
      guard let many = counts.first(where: { $0 > facts.usableThreads }) else { return counts }
      let quota = facts.quotaCPUs.map { "a quota of \($0) CPUs" } ?? "no quota"
      throw InputError(
        "--threads \(many): \(topology.allowedProcessors.count) allowed CPUs and \(quota) run "
          + "\(facts.usableThreads) at once; allowed: 1 to \(facts.usableThreads), or auto")
    }
  }
}

/// Readers of option values. Each throws an `InputError` that says what is allowed; the parser adds the option's name.
enum Arguments {
  static let threadRange = WorkerPool.threadRange

  static func whole(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
      guard let value = Int(text), range.contains(value) else {
        throw InputError("allowed: whole numbers, \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  static func seed(_ text: String) throws -> UInt64 {
    guard let value = UInt64(text) else { throw InputError("allowed: whole numbers, 0 to \(UInt64.max)") }
    return value
  }

  /// A positive, finite decimal.
  static func positive(_ text: String) throws -> Double {
    guard let value = decimal(text[...]), value > 0 else { throw InputError("allowed: numbers above 0") }
    return value
  }

  static func error(_ text: String) throws -> Double {
    guard let value = decimal(text[...]), value > 0, value <= 1 else {
      throw InputError("allowed: numbers above 0, up to 1, such as 1e-4")
    }
    return value
  }

  /// The share of `5%`; a bare number is per cent.
  static func percentage(_ text: String) throws -> Double {
    guard let value = decimal(text.last == "%" ? text.dropLast() : text[...]), value >= 0, value <= 1000 else {
      throw InputError("allowed: 0% to 1000%, such as 5%")
    }
    return value / 100
  }

  /// Seconds of `90s`, `4m` or `1h`; a bare number is seconds.
  static func duration(_ text: String) throws -> Double {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    guard let value = decimal(unit == nil ? text[...] : text.dropLast()), value > 0, value * (unit ?? 1) <= 604_800
    else { throw InputError("allowed: a time above 0, up to 168h, such as 30s, 4m or 1.5h") }
    return value * (unit ?? 1)
  }

  /// Bytes of `4096`, `512K`, `64M` or `2G`.
  static func bytes(_ text: String) throws -> Int {
    let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30]
    let unit = text.last.flatMap { units[$0] }
    guard let value = decimal(unit == nil ? text[...] : text.dropLast()), value >= 0,
      value * (unit ?? 1) <= 0x1p50
    else { throw InputError("allowed: bytes, 0 to 1048576G, such as 4096, 512K, 64M or 2G") }
    return Int(value * (unit ?? 1))
  }

  static func threads(_ text: String) throws -> ThreadCounts {
    if text == "auto" { return .auto }
    let counts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard counts.allSatisfy({ $0.map(threadRange.contains) ?? false }) else {
      throw InputError(
        "allowed: auto, or thread counts from \(threadRange.lowerBound) to \(threadRange.upperBound) joined by commas")
    }
    var seen: Set<Int> = []
    return .these(counts.compactMap(\.self).filter { seen.insert($0).inserted })
  }

  static func instructionSet(_ text: String) throws -> InstructionSet {
    guard let isa = InstructionSet(rawValue: text) else {
      throw InputError("allowed: \(InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return isa
  }

  static func cache(_ text: String) throws -> CacheState {
    guard let state = CacheState(rawValue: text) else {
      throw InputError("allowed: \(CacheState.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return state
  }

  static func large(_ text: String) throws -> VerifyOptions.Large {
    guard let large = VerifyOptions.Large(rawValue: text) else {
      throw InputError("allowed: \(VerifyOptions.Large.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return large
  }

  /// `2/4`: the second of four.
  static func shard(_ text: String) throws -> Shard {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], (1...10_000).contains(count),
      (1...count).contains(index)
    else { throw InputError("allowed: i/n with 1 ≤ i ≤ n ≤ 10000, such as 2/4") }
    return Shard(index: index, count: count)
  }

  static func strategy(_ text: String) throws -> StrategyName {
    guard let strategy = StrategyName(rawValue: text) else {
      throw InputError("allowed: \(StrategyName.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return strategy
  }

  static func layout(_ text: String) throws -> Layout {
    guard let layout = Layout(rawValue: text) else {
      throw InputError("allowed: \(Layout.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return layout
  }

  /// What does not parse gets an example: a shell takes a text without quotes apart.
  static func problem(_ text: String) throws -> Problem {
    do {
      return try Problem(text: text)
    } catch {
      switch error {
      case .emptyText, .emptyToken, .unknownToken, .missingToken, .malformedNumber:
        throw InputError("\(error); a text, in quotes: \"c64 h33 w33 k64 r3 s3 d2 psame nhwc\"")
      default: throw error
      }
    }
  }

  static func candidate(_ text: String) throws -> Candidate { try Candidate(text: text) }

  /// Digits with at most one point and exponent; no sign, `inf` or hexadecimal.
  private static func decimal(_ text: Substring) -> Double? {
    guard text.utf8.first.map({ $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) ?? false,
      text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
