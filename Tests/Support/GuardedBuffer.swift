/// Floats between guards, the first element at an odd offset from a cache line, so that a kernel that assumes alignment,
/// or touches a neighbour, is found. Unwritten elements are a quiet NaN of a known pattern.
public final class GuardedBuffer {
  private static let guardCount = 64
  private static let pattern: UInt32 = 0x7FC0_ABCD
  private let storage: UnsafeMutablePointer<UInt32>
  public let count: Int

  public init(count: Int) {
    self.count = count
    storage = .allocate(capacity: count + 2 * Self.guardCount + 1)
    storage.initialize(repeating: Self.pattern, count: count + 2 * Self.guardCount + 1)
  }

  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { storage.deallocate() }

  public var pointer: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(storage + Self.guardCount + 1).assumingMemoryBound(to: Float.self)
  }

  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether every guard still holds its pattern.
  public var isIntact: Bool {
    let end = Self.guardCount + 1 + count
    return (0..<Self.guardCount + 1).allSatisfy { storage[$0] == Self.pattern }
      && (end..<end + Self.guardCount).allSatisfy { storage[$0] == Self.pattern }
  }

  /// Elements nobody wrote.
  public var untouched: Int { (0..<count).count { pointer[$0].bitPattern == Self.pattern } }
}
