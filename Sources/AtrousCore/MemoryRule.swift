/// What speed may cost in memory, be it measured or expected: workspace and packed weights stay within `factor` times the bytes
/// of input, output and weights, unless the candidate is `gain` times as fast as the best that stays there.
public struct MemoryRule: Hashable, Sendable {
  public static let factor = 4.0
  public static let gain = 1.5

  /// Of input, output and weights.
  public let tensorBytes: Int

  public init(_ problem: Problem) { tensorBytes = problem.tensorBytes }

  /// Whether so many bytes of workspace and packed weights need no excuse.
  public func isSmall(_ extraBytes: Int) -> Bool { Double(extraBytes) <= Self.factor * Double(tensorBytes) }

  /// Whether a candidate may run.
  /// - Parameter small: the least time of those that are small, in the unit of `time`; infinity where none is.
  public func allows(extraBytes: Int, time: Double, small: Double) -> Bool {
    isSmall(extraBytes) || Self.gain * time <= small
  }
}
