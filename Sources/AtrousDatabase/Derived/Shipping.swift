import AtrousCore

/// Why a faster candidate that all limits allow does not win.
public enum Objection: Hashable, Sendable {
  /// So many bytes beside the tensors are over `MemoryRule.factor` times theirs, and it is only so many times as fast as
  /// the best that stays under.
  case memory(bytes: Int, tensorBytes: Int, gain: Double)
  /// The error is over `ShippingRules.wantedError`, and staying under takes only so much longer, as a share.
  case error(Double, cost: Double)
}

/// The fastest of all, where it does not win.
public struct PassedOver: Hashable, Sendable {
  public let record: CandidateRecord
  public let objection: Objection
}

/// What a winner may cost in memory and exactness for its speed.
public struct ShippingRules: Sendable {
  /// max|y − ref| / max|ref|, which the winner stays under where that takes less than `errorCost` longer.
  public static let wantedError = 2e-5
  public static let errorCost = 0.05

  public let memory: MemoryRule

  public init(_ problem: Problem) { memory = MemoryRule(problem) }

  static func isExact(_ record: CandidateRecord) -> Bool { record.maxError ?? .infinity <= wantedError }

  /// What a time is multiplied by in a search before it is held against others, so that the least is what `apply` lets win.
  /// - Parameter error: max|y − ref| / max|ref|; nil where it is not known yet.
  package func handicap(extraBytes: Int, error: Double?) -> Double {
    (memory.isSmall(extraBytes) ? 1 : MemoryRule.gain) * (error ?? 0 <= Self.wantedError ? 1 : 1 + Self.errorCost)
  }

  /// Those of a ranking that may win, in its order, and why its first may not.
  func apply(
    to ranking: [CandidateRecord], median: (CandidateRecord) -> Double
  ) -> (allowed: [CandidateRecord], passedOver: PassedOver?) {
    guard let first = ranking.first else { return ([], nil) }
    let small = ranking.first { memory.isSmall($0.extraBytes) }.map(median) ?? .infinity
    let fitting = ranking.filter { memory.allows(extraBytes: $0.extraBytes, time: median($0), small: small) }
    let best = fitting.first.map(median) ?? .infinity
    let isExactNear = fitting.contains { Self.isExact($0) && median($0) < (1 + Self.errorCost) * best }
    let allowed = isExactNear ? fitting.filter(Self.isExact) : fitting
    guard allowed.first != first, let winner = allowed.first else { return (allowed, nil) }
    let objection: Objection =
      fitting.first == first
      ? .error(first.maxError ?? .infinity, cost: median(winner) / best - 1)
      : .memory(bytes: first.extraBytes, tensorBytes: memory.tensorBytes, gain: small / median(first))
    return (allowed, PassedOver(record: first, objection: objection))
  }
}
