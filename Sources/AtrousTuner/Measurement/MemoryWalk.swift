import AtrousCore
import AtrousKernels
import CAtrousPlatform

/// A block of memory that is walked and read.
final class MemoryWalk {
  static let lineBytes = 64
  /// A sample of the chase takes at least so many steps.
  private static let leastSteps = 20_000
  /// Nanoseconds of reading in one sample.
  private static let readNanoseconds = 300_000.0

  let bytes: Int
  private let base: UnsafeMutableRawPointer
  private let clock: any NanosecondClock
  private let loop: ReadLoop

  /// - Throws: `PlanError` where the machine lacks the set, or memory is short.
  init(bytes: Int, isa: InstructionSet, clock: any NanosecondClock) throws(PlanError) {
    loop = try ReadLoop(isa: isa)
    guard let base = atrous_allocate_pages(bytes) else { throw .outOfMemory(bytes: bytes) }
    (self.bytes, self.base, self.clock) = (bytes, base, clock)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit { atrous_free(base) }

  /// The least of nine samples of a walk over the first `bytes` bytes, every line once in random order: what else runs on
  /// the machine only ever adds to a latency.
  func latency(bytes: Int) -> LatencyPoint {
    let lines = bytes / Self.lineBytes
    chain(lines)
    var at: UnsafeRawPointer? = UnsafeRawPointer(base)
    // Once round, so that the nearest cache that can hold the lines does.
    at = atrous_chase(at, lines)
    let steps = max(Self.leastSteps, min(lines, 4 * Self.leastSteps))
    let samples = (0..<9).map { _ in
      let start = clock.nanoseconds
      at = atrous_chase(at, steps)
      return Double(clock.nanoseconds - start) / Double(steps)
    }
    withExtendedLifetime(at) {}
    return LatencyPoint(bytes: bytes, nanoseconds: samples.min()!)
  }

  /// GB/s of reading the first `bytes` bytes over and over, a sample each.
  func readRates(bytes: Int, samples: Int) -> [Double] {
    let start = clock.nanoseconds
    loop.run(base, bytes: bytes, passes: 1)
    let once = Double(max(clock.nanoseconds - start, 1))
    let passes = max(1, Int(Self.readNanoseconds / once))
    let read = Double(bytes / ReadLoop.blockBytes * ReadLoop.blockBytes * passes)
    return (0..<samples).map { _ in
      let start = clock.nanoseconds
      loop.run(base, bytes: bytes, passes: passes)
      return read / Double(max(clock.nanoseconds - start, 1))
    }
  }

  /// Chains the lines into one ring in random order (Sattolo's shuffle), so that nothing can foresee the next.
  private func chain(_ lines: Int) {
    var order = Array(0..<Int32(lines))
    var random = SplitMix64(seed: 1)
    for last in stride(from: lines - 1, to: 0, by: -1) {
      order.swapAt(last, Int(random.next() % UInt64(last)))
    }
    for line in 0..<lines {
      (base + line * Self.lineBytes).storeBytes(
        of: UnsafeRawPointer(base + Int(order[line]) * Self.lineBytes), as: UnsafeRawPointer.self)
    }
  }
}
