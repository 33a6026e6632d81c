import CAtrousPlatform

/// Set from a signal handler, seen by the loops that measure and verify.
public final class CancellationFlag: @unchecked Sendable {
  private let word: UnsafeMutablePointer<UInt32>

  public init() {
    word = .allocate(capacity: 1)
    word.initialize(to: 0)
  }

  deinit { word.deallocate() }

  /// Async-signal-safe.
  public func set() { atrous_atomic_store(word, 1) }
  public var isSet: Bool { atrous_atomic_load(word) != 0 }
}
