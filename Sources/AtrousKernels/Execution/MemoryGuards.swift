import CAtrousPlatform

/// Words of a known pattern before and after packed weights and workspaces, which tests ask for: what writes past its
/// memory is found. Without them a block is exactly what was asked for.
package enum MemoryGuards {
  /// A signalling NaN: what is read from a guard and used becomes a NaN in the output.
  package static let pattern: UInt32 = 0x7FA5_A5A5
  static let bytes = 256

  private struct State: @unchecked Sendable {
    let words: UnsafeMutablePointer<UInt32> = {
      let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 2)
      words.initialize(repeating: 0, count: 2)
      return words
    }()
    var isOn: UnsafeMutablePointer<UInt32> { words }
    var broken: UnsafeMutablePointer<UInt32> { words + 1 }
  }
  private static let state = State()

  /// Guards every block that is allocated from now on, in the whole process.
  package static func turnOn() { atrous_atomic_store(state.isOn, 1) }

  /// Packed buffers whose guards had been overwritten when they were freed.
  package static var broken: Int { Int(atrous_atomic_load(state.broken)) }

  static var isOn: Bool { atrous_atomic_load(state.isOn) != 0 }
  static func countBroken() { _ = atrous_atomic_add(state.broken, 1) }
}

/// Whole cache lines from the heap, 64-byte aligned, between guards where tests ask for them. To be freed once.
struct LineBlock: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let bytes: Int
  private let guardBytes: Int

  init(bytes: Int) throws(PlanError) {
    self.bytes = bytes
    guardBytes = MemoryGuards.isOn ? MemoryGuards.bytes : 0
    guard let start = atrous_allocate_lines(max(bytes, 64) + 2 * guardBytes) else { throw .outOfMemory(bytes: bytes) }
    base = start + guardBytes
    guards.forEach { $0.update(repeating: MemoryGuards.pattern) }
  }

  func free() { atrous_free(base - guardBytes) }

  /// Whether every guard still holds its pattern.
  var isIntact: Bool { guards.allSatisfy { $0.allSatisfy { $0 == MemoryGuards.pattern } } }

  /// The words before the block, and those after its last whole word.
  private var guards: [UnsafeMutableBufferPointer<UInt32>] {
    guard guardBytes > 0 else { return [] }
    return [base - guardBytes, base + (bytes + 3) / 4 * 4].map {
      UnsafeMutableBufferPointer(start: $0.assumingMemoryBound(to: UInt32.self), count: guardBytes / 4)
    }
  }
}
