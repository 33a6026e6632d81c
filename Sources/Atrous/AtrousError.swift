import AtrousCore
import AtrousKernels

/// A variant and why it does not apply.
public struct VariantRejection: Hashable, Sendable, CustomStringConvertible {
  public let variant: VariantID
  public let rejection: Rejection

  public var description: String { "\(variant): \(rejection)" }
}

/// Why there is no convolution for a problem.
public enum AtrousError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No variant of the build accepts the problem.
  case unsupported(Problem, [VariantRejection])
  case threads(Int, allowed: ClosedRange<Int>)
  case plan(PlanError)

  /// One line.
  public var description: String {
    switch self {
    case .unsupported(let problem, let rejections):
      "no variant accepts \(problem): " + rejections.map(\.description).joined(separator: "; ")
    case .threads(let threads, let allowed):
      "threads is \(threads); allowed: \(allowed.lowerBound) to \(allowed.upperBound)"
    case .plan(let error): error.description
    }
  }
}
