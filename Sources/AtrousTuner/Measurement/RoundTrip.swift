import CAtrousPlatform

/// How long a cache line takes from the calling thread to another processor and back: what threads wait for each other at
/// least. In a virtual machine nothing else tells whether two processors share a cache, and it changes while programs run
/// (two Zen 5 cores, minutes at 60 to 130 ns, then 350 to 420).
public enum RoundTrip {
  private static let (batches, trips): (Int, UInt32) = (4, 300)
  /// What ends the other thread.
  private static let end = UInt32.max

  /// The two threads' word, alone on its line.
  private final class Ball: @unchecked Sendable {
    let processor: Int
    let word: UnsafeMutablePointer<UInt32>

    init(processor: Int) {
      self.processor = processor
      let base = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
      word = base.initializeMemory(as: UInt32.self, repeating: 0, count: 16)
    }

    deinit { UnsafeMutableRawPointer(word).deallocate() }
  }

  /// Nanoseconds, the least mean of some batches; nil where the system refuses a thread.
  static func nanoseconds(to processor: Int) -> Double? {
    let ball = Ball(processor: processor)
    let context = Unmanaged.passRetained(ball)
    var thread = atrous_thread()
    guard atrous_thread_start(&thread, returnBall, context.toOpaque()) == 0 else {
      context.release()
      return nil
    }
    var best = UInt64.max
    for batch in 0..<batches {
      let begin = atrous_monotonic_ns()
      for trip in 0..<trips {
        let odd = 2 * (UInt32(batch) * trips + trip) + 1
        atrous_atomic_store(ball.word, odd)
        _ = awaitChange(of: ball.word, from: odd)
      }
      best = min(best, atrous_monotonic_ns() - begin)
    }
    atrous_atomic_store(ball.word, end)
    atrous_thread_join(thread)
    return Double(best) / Double(trips)
  }

  /// From the first processor to each of the others.
  public static func all(of processors: [Int]) -> [(processor: Int, nanoseconds: Double)] {
    let pin = CallerPin(processors.first)
    defer { withExtendedLifetime(pin) {} }
    return processors.dropFirst().compactMap { other in nanoseconds(to: other).map { (other, $0) } }
  }

  /// The other thread: answers every odd number with the next even one.
  private static let returnBall: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    let ball = Unmanaged<Ball>.fromOpaque(context!).takeRetainedValue()
    _ = atrous_pin_thread(Int32(ball.processor))
    var seen: UInt32 = 0
    while true {
      seen = awaitChange(of: ball.word, from: seen)
      if seen == end { return nil }
      seen += 1
      atrous_atomic_store(ball.word, seen)
    }
  }

  /// Looks until the word is another; where both threads have one processor, lets the other run.
  private static func awaitChange(of word: UnsafePointer<UInt32>, from seen: UInt32) -> UInt32 {
    var looks = 0
    while true {
      let now = atrous_atomic_load(word)
      if now != seen { return now }
      looks += 1
      if looks > 1000 { atrous_give_way() }
    }
  }
}
