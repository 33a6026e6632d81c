import AtrousCore
import AtrousDatabase

/// Times executions: batches long enough for the clock, on warm caches or on cold ones.
final class Sampler {
  /// A sample covers at least as many nanoseconds, by repeating what is shorter.
  static let leastNanoseconds = 50_000.0

  let clock: any NanosecondClock
  let cache: CacheState
  /// Twice the last-level cache; empty where caches stay warm.
  private var eviction: [UInt64]

  init(clock: any NanosecondClock, cache: CacheState, target: Target) {
    self.clock = clock
    self.cache = cache
    eviction = cache == .cold ? [UInt64](repeating: 0, count: 2 * target.l3Bytes / 8) : []
  }

  /// Executions of a sample, of something that takes about `nanoseconds`.
  func repeats(for nanoseconds: Double) -> Int { Self.repeats(for: nanoseconds, cache: cache) }

  static func repeats(for nanoseconds: Double, cache: CacheState) -> Int {
    cache == .cold ? 1 : max(1, Int((leastNanoseconds / max(nanoseconds, 1)).rounded(.up)))
  }

  /// Nanoseconds of one execution. Warm: one execution that is not timed comes first. Cold: the caches are filled with
  /// something else first.
  ///
  /// - Parameter cutoff: where a single execution is wanted and the one that comes first takes longer, it is the sample.
  func sample(repeats: Int, cutoff: Double = .infinity, _ execute: () -> Void) -> Double {
    var start = clock.nanoseconds
    if cache == .warm { execute() } else { evict() }
    let first = Double(clock.nanoseconds - start)
    if cache == .warm && repeats == 1 && first > cutoff { return first }
    start = clock.nanoseconds
    for _ in 0..<repeats { execute() }
    return Double(clock.nanoseconds - start) / Double(repeats)
  }

  private func evict() {
    for index in stride(from: 0, to: eviction.count, by: 8) { eviction[index] &+= 1 }
  }
}
