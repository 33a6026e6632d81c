/// A 64-byte aligned block, freed with its owner. Contents are undefined at first.
public struct Workspace: ~Copyable, @unchecked Sendable {
  private let block: LineBlock
  package var base: UnsafeMutableRawPointer { block.base }
  public var bytes: Int { block.bytes }
  /// False where something was written past its ends; only `MemoryGuards` can tell.
  package var isIntact: Bool { block.isIntact }

  /// The tuner asks for more than the plan does, to see whether anything is written past it.
  package init(bytes: Int) throws(PlanError) { block = try LineBlock(bytes: bytes) }

  deinit { block.free() }
}

/// Packed weights and tables of a plan: 64-byte aligned, zeroed, written while the plan is made and only read after.
package final class PackedBuffer: Sendable {
  private let block: LineBlock
  var base: UnsafeMutableRawPointer { block.base }
  var bytes: Int { block.bytes }

  /// Room for `count` elements and 64 bytes of slack, so that a whole vector may be read at the last element.
  package init<Element: BitwiseCopyable>(_ type: Element.Type, count: Int) throws(PlanError) {
    block = try LineBlock(bytes: roundedToLine(count * MemoryLayout<Element>.stride) + 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  deinit {
    if !isIntact { MemoryGuards.countBroken() }
    block.free()
  }

  /// False where something was written past its ends; only `MemoryGuards` can tell.
  package var isIntact: Bool { block.isIntact }

  package var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }
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
