import CAtrousPlatform

/// How long a cache line takes from the calling thread to another processor and back: what threads wait for each other at
/// least. In a virtual machine nothing else tells whether two processors share a cache, and it changes while programs run
/// (two Zen 5 cores, minutes at 60 to 130 ns, then 350 to 420).
public enum RoundTrip {
  private static let (batches, trips): (Int, UInt32) = (4, 300)
  /// When it stops with the batches that are whole, in nanoseconds: where others use the processors a trip may take time slices.
  private static let most: UInt64 = 10_000_000

  /// What goes to and fro, and beside it whether that is over; nothing else is on their line.
  private final class Ball: @unchecked Sendable {
    let processor: Int
    let number: UnsafeMutablePointer<UInt32>
    var isOver: UnsafeMutablePointer<UInt32> { number + 1 }

    init(processor: Int) {
      self.processor = processor
      let base = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
      number = base.initializeMemory(as: UInt32.self, repeating: 0, count: 32)
    }

    deinit { UnsafeMutableRawPointer(number).deallocate() }

    /// The next number after `seen`, as soon as it is there; nil where it is over, or past the deadline. Where both threads have
    /// one processor, lets the other run.
    func next(after seen: UInt32, until deadline: UInt64) -> UInt32? {
      var looks = 0
      while true {
        let now = atrous_atomic_load(number)
        if now != seen { return now }
        if atrous_atomic_load(isOver) != 0 { return nil }
        looks += 1
        if looks > 1000 {
          if atrous_monotonic_ns() > deadline { return nil }
          atrous_give_way()
        }
      }
    }
  }

  /// Nanoseconds, the least mean of some batches; nil where the system refuses the thread or its processor, or others take
  /// too much of the processors' time.
  static func nanoseconds(to processor: Int) -> Double? {
    let ball = Ball(processor: processor)
    let context = Unmanaged.passRetained(ball)
    var thread = atrous_thread()
    guard atrous_thread_start(&thread, returnBall, context.toOpaque()) == 0 else {
      context.release()
      return nil
    }
    let deadline = atrous_monotonic_ns() + most
    var times: [UInt64] = []
    while times.count < batches, let time = batch(ball, until: deadline) { times.append(time) }
    atrous_atomic_store(ball.isOver, 1)
    atrous_thread_join(thread)
    return times.min().map { Double($0) / Double(trips) }
  }

  private static func batch(_ ball: Ball, until deadline: UInt64) -> UInt64? {
    let begin = atrous_monotonic_ns()
    for _ in 0..<trips {
      let odd = atrous_atomic_load(ball.number) + 1
      atrous_atomic_store(ball.number, odd)
      if ball.next(after: odd, until: deadline) == nil { return nil }
    }
    return atrous_monotonic_ns() - begin
  }

  /// Nanoseconds from the first processor, where the caller is kept meanwhile, to each of the others; without those that
  /// could not be measured.
  public static func all(of processors: [Int]) -> [(processor: Int, nanoseconds: Double)] {
    guard let pin = CallerPin(processors.first) else { return [] }
    defer { withExtendedLifetime(pin) {} }
    return processors.dropFirst().compactMap { other in nanoseconds(to: other).map { (other, $0) } }
  }

  /// The other thread: answers every odd number with the next even one.
  private static let returnBall: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
    let ball = Unmanaged<Ball>.fromOpaque(context!).takeRetainedValue()
    guard atrous_pin_thread(Int32(ball.processor)) == 0 else {
      atrous_atomic_store(ball.isOver, 1)
      return nil
    }
    var even: UInt32 = 0
    while let odd = ball.next(after: even, until: .max) {
      even = odd + 1
      atrous_atomic_store(ball.number, even)
    }
    return nil
  }
}
