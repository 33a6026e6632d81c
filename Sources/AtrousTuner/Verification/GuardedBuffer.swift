/// Floats between two guards. The guards hold signalling NaNs: a write into them is seen, and what is read from them and
/// used becomes a NaN in the output.
final class GuardedBuffer: @unchecked Sendable {
  static let pattern: UInt32 = 0x7FA5_A5A5
  private static let guardWords = 1024

  let name: String
  let count: Int
  let floats: UnsafeMutablePointer<Float>
  private let base: UnsafeMutablePointer<UInt32>
  private let words: Int
  private let leading: Int

  /// - Parameter shift: elements past a 64-byte boundary at which the floats begin, 0…15.
  init(_ name: String, count: Int, shift: Int = 0) {
    self.name = name
    self.count = count
    leading = Self.guardWords + shift
    words = leading + count + Self.guardWords
    let raw = UnsafeMutableRawPointer.allocate(byteCount: words * 4, alignment: 64)
    base = raw.bindMemory(to: UInt32.self, capacity: words)
    floats = (raw + leading * 4).bindMemory(to: Float.self, capacity: count)
    fill()
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(floats) }
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: raw, count: count * 4) }
  var byteCount: Int { words * 4 }

  /// Writes the pattern everywhere, the floats too.
  func fill() { Self.fill(base, words) }

  /// The first overwritten guard word, in bytes from the first float (negative before it).
  var brokenGuard: Int? {
    if let word = Self.firstBroken(base, leading) { return (word - leading) * 4 }
    if let word = Self.firstBroken(base + leading + count, words - leading - count) { return (count + word) * 4 }
    return nil
  }

  /// Changes with (nearly) every change of the floats.
  var checksum: UInt64 {
    let words = UnsafeRawPointer(floats).assumingMemoryBound(to: UInt32.self)
    var sum: UInt64 = 0
    for index in 0..<count { sum = sum &+ UInt64(words[index]) &* UInt64(truncatingIfNeeded: index &* 2 &+ 1) }
    return sum
  }

  static func fill(_ words: UnsafeMutablePointer<UInt32>, _ count: Int) {
    words.update(repeating: pattern, count: count)
  }

  static func firstBroken(_ words: UnsafePointer<UInt32>, _ count: Int) -> Int? {
    (0..<count).first { words[$0] != pattern }
  }
}
