import CAtrousPlatform

/// A 64-byte aligned block, freed with its owner. Contents are undefined at first.
public struct Workspace: ~Copyable, @unchecked Sendable {
  package let base: UnsafeMutableRawPointer
  public let bytes: Int

  /// The tuner asks for more than the plan does, to see whether anything is written past it.
  package init(bytes: Int) throws(PlanError) {
    self.base = try allocateLines(bytes)
    self.bytes = bytes
  }

  deinit { atrous_free(base) }
}

/// Packed weights and tables of a plan: 64-byte aligned, zeroed, written while the plan is made and only read after.
final class PackedBuffer: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let bytes: Int

  /// Room for `count` elements and 64 bytes of slack, so that a whole vector may be read at the last element.
  init<Element: BitwiseCopyable>(_ type: Element.Type, count: Int) throws(PlanError) {
    bytes = roundedToLine(count * MemoryLayout<Element>.stride) + 64
    base = try allocateLines(bytes)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit { atrous_free(base) }

  var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
  var doubles: UnsafeMutablePointer<Double> { base.assumingMemoryBound(to: Double.self) }
}

/// An immutable table of a plan, at one address for the plan's life so that microkernels can point into it.
final class ConstantTable<Element: BitwiseCopyable>: @unchecked Sendable {
  let pointer: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
    _ = copy.initialize(from: elements)
    pointer = UnsafePointer(copy.baseAddress!)
    count = elements.count
  }

  deinit { pointer.deallocate() }
}

private func allocateLines(_ bytes: Int) throws(PlanError) -> UnsafeMutableRawPointer {
  guard let base = atrous_allocate_lines(max(bytes, 64)) else { throw .outOfMemory(bytes: bytes) }
  return base
}
