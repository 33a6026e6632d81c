import CAtrousPlatform

/// What tells the tuner the time: samples, budgets and deadlines all come from it.
public protocol NanosecondClock: Sendable {
  /// Nanoseconds since some moment; never less than before.
  var nanoseconds: UInt64 { get }
}

/// The system's monotonic clock.
public struct MonotonicClock: NanosecondClock {
  public init() {}
  public var nanoseconds: UInt64 { atrous_monotonic_ns() }
}

extension NanosecondClock {
  var seconds: Double { Double(nanoseconds) * 1e-9 }
}
