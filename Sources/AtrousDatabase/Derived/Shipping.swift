import AtrousCore

/// Why a faster candidate that all limits allow does not win.
public enum Objection: Hashable, Sendable {
  /// So many bytes beside the tensors are over `ShippingRules.memoryFactor` times theirs, and it is only so many times as
  /// fast as the best that stays under.
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
  /// Workspace and packed weights over so many times the bytes of input, output and weights want a gain.
  public static let memoryFactor = 4.0
  /// Times as fast as the best that stays under.
  public static let memoryGain = 1.5
  /// max|y − ref| / max|ref|, which the winner stays under where that takes less than `errorCost` longer.
  public static let wantedError = 2e-5
  public static let errorCost = 0.05

  /// Of input, output and weights.
  public let tensorBytes: Int

  public init(_ problem: Problem) { tensorBytes = problem.tensorBytes }

  /// Whether so many bytes of workspace and packed weights need no excuse.
  public func isSmall(_ extraBytes: Int) -> Bool { Double(extraBytes) <= Self.memoryFactor * Double(tensorBytes) }

  static func isExact(_ record: CandidateRecord) -> Bool { record.maxError ?? .infinity <= wantedError }

  /// What a time is multiplied by in a search before it is held against others, so that the least is what `apply` lets win.
  /// - Parameter error: max|y − ref| / max|ref|; nil where it is not known yet.
  package func handicap(extraBytes: Int, error: Double?) -> Double {
    (isSmall(extraBytes) ? 1 : Self.memoryGain) * (error ?? 0 <= Self.wantedError ? 1 : 1 + Self.errorCost)
  }

  /// Those of a ranking that may win, in its order, and why its first may not.
  func apply(
    to ranking: [CandidateRecord], median: (CandidateRecord) -> Double
  ) -> (allowed: [CandidateRecord], passedOver: PassedOver?) {
    guard let first = ranking.first else { return ([], nil) }
    let small = ranking.first { isSmall($0.extraBytes) }.map(median) ?? .infinity
    let fitting = ranking.filter { isSmall($0.extraBytes) || Self.memoryGain * median($0) <= small }
    let best = fitting.first.map(median) ?? .infinity
    let isExactNear = fitting.contains { Self.isExact($0) && median($0) < (1 + Self.errorCost) * best }
    let allowed = isExactNear ? fitting.filter(Self.isExact) : fitting
    guard allowed.first != first, let winner = allowed.first else { return (allowed, nil) }
    let objection: Objection =
      fitting.first == first
      ? .error(first.maxError ?? .infinity, cost: median(winner) / best - 1)
      : .memory(bytes: first.extraBytes, tensorBytes: tensorBytes, gain: small / median(first))
    return (allowed, PassedOver(record: first, objection: objection))
  }
}
