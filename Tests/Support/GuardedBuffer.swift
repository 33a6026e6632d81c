/// Where an unreadable page stands.
public enum Fence: Sendable, CaseIterable {
  case none, front, rear
}

/// Floats between guards, the first element at an odd offset from a cache line, so that a kernel that assumes alignment,
/// or touches a neighbour, is found. On the side of a fence the guard is a page that faults, so that reads are found too.
/// Unwritten elements are a quiet NaN of a known pattern.
public final class GuardedBuffer {
  private static let guardCount = 64
  private static let pattern: UInt32 = 0x7FC0_ABCD
  private let fenced: FencedFloats?
  private let storage: UnsafeMutablePointer<UInt32>
  private let leading: Int
  private let trailing: Int
  public let count: Int

  public init(count: Int, fence: Fence = .none) {
    self.count = count
    leading = fence == .front ? 0 : Self.guardCount + (fence == .none ? 1 : 0)
    trailing = fence == .rear ? 0 : Self.guardCount
    let words = leading + count + trailing
    fenced = fence == .none ? nil : FencedFloats(count: words, atEnd: fence == .rear)
    storage =
      fenced.map { UnsafeMutableRawPointer($0.pointer).bindMemory(to: UInt32.self, capacity: words) }
      ?? .allocate(capacity: words)
    storage.initialize(repeating: Self.pattern, count: words)
  }

  public convenience init(_ values: [Float], fence: Fence = .none) {
    self.init(count: values.count, fence: fence)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { if fenced == nil { storage.deallocate() } }

  public var pointer: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(storage + leading).assumingMemoryBound(to: Float.self)
  }

  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count * 4) }

  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Whether every guard still holds its pattern.
  public var isIntact: Bool {
    let end = leading + count
    return (0..<leading).allSatisfy { storage[$0] == Self.pattern }
      && (end..<end + trailing).allSatisfy { storage[$0] == Self.pattern }
  }

  /// How many of the elements nobody wrote.
  public func untouched(at offsets: [Int]) -> Int {
    offsets.count { pointer[$0].bitPattern == Self.pattern }
  }
}
