import AtrousCore
import AtrousKernels

/// How good the evidence for a choice is, best first.
public enum Rung: Int, Hashable, Sendable, CaseIterable, Comparable {
  case exact = 1
  /// This machine, the same problem but for epilogue or batch.
  case otherEpilogueOrBatch
  /// Another machine of the same microarchitecture, exactly the problem.
  case microarchitecture
  /// This machine, the nearest problem.
  case nearest
  /// The same microarchitecture, the nearest problem.
  case microarchitectureNearest
  /// Another machine with the same instruction set and each cache within 2×, exactly the problem.
  case similarCaches
  /// Nothing measured: the candidate that the cost model expects to be fastest.
  case costModel

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  var next: Rung { Rung(rawValue: rawValue + 1) ?? .costModel }
}

extension Rung: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exact: "exact machine and problem"
    case .otherEpilogueOrBatch: "exact machine, the problem but for epilogue or batch"
    case .microarchitecture: "same microarchitecture, exact problem"
    case .nearest: "exact machine, nearest problem"
    case .microarchitectureNearest: "same microarchitecture, nearest problem"
    case .similarCaches: "same instruction set and similar caches, exact problem"
    case .costModel: "cost model"
    }
  }
}

/// The measurement a choice rests on.
public struct Evidence: Hashable, Sendable {
  /// The table: a path, or `embedded`.
  public let origin: String
  public let entry: Table.Entry
  public let machine: MachineKey
  /// Of the entry's problem from the one asked (see `Problem.distance(to:)`).
  public let distance: Double
}

/// What runs for a problem, and why: the one answer that `Convolution` executes and `atrous explain` prints.
public struct Resolution: Hashable, Sendable {
  /// The evidence's, adapted where that is of another problem.
  public let candidate: Candidate
  /// After any demotion.
  public let rung: Rung
  /// Why the evidence counts one rung lower than its keys say; nil where it does not.
  public let demotion: String?
  /// nil for the cost model.
  public let evidence: Evidence?
  /// The variant has changed since it was measured.
  public let isStale: Bool
  /// Whether it is not the very configuration that was measured.
  public var isAdapted: Bool { evidence.map { $0.entry.candidate != candidate } ?? false }
  /// On the exact rung, where the candidate is the fastest that was measured: how far its own 95 % interval reaches above
  /// its median, as a fraction. Says nothing of candidates that were not tried; nil where nothing was measured that
  /// would tell.
  public var expectedRegret: Double? {
    guard let entry = evidence?.entry, rung == .exact, !isStale else { return nil }
    return entry.interval.upperBound / entry.median - 1
  }
}

extension Resolution: CustomStringConvertible {
  /// One line.
  public var description: String {
    var parts = ["\(candidate)", "by \(rung)"]
    if let evidence {
      parts.append("\(evidence.origin): \(evidence.entry.problem), threads \(evidence.entry.threads)")
    }
    if isAdapted { parts.append("adapted to the problem") }
    if let demotion { parts.append("one rung down: \(demotion)") }
    if isStale { parts.append("stale: measured with another revision of the variant") }
    return parts.joined(separator: "; ")
  }
}
