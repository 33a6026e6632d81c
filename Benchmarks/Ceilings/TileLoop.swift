import Atrous
import AtrousMicrokernelsAVX2
import CAtrousMicrokernel

typealias Tile = @convention(c) (UnsafeRawPointer?) -> Void

/// The library's tile of 6 rows and 2 vectors; the caller has AVX2.
func libraryTile() -> Tile {
  var found: Tile?
  withUnsafeMutablePointer(to: &found) {
    listMicrokernels($0) { found, row in
      if row.kind == ATROUS_KIND_TILE && row.rows == 6 && row.columns == 2 {
        found!.assumingMemoryBound(to: Tile?.self).pointee = row.function
      }
    }
  }
  return found!
}

/// Products of 6 × 256 by 256 × 16: 22 KiB.
final class TileLoop {
  private static let (rows, columns, depth, calls) = (6, 16, 256, 1000)
  private let library: Tile
  private let memory: UnsafeMutablePointer<Float>
  private let offsets: UnsafeMutablePointer<Int>
  private var tap = atrous_tap(a: 0, b: 0)
  private let clock = ContinuousClock()

  init(_ library: @escaping Tile) {
    self.library = library
    let count = Self.depth * (Self.rows + Self.columns) + Self.rows * Self.columns
    memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64).bindMemory(
      to: Float.self, capacity: count)
    memory.initialize(repeating: 0.5, count: count)
    offsets = .allocate(capacity: 2 * Self.rows)
    for row in 0..<Self.rows {
      offsets[row] = row * Self.depth
      offsets[Self.rows + row] = row * Self.columns
    }
  }

  deinit {
    memory.deallocate()
    offsets.deallocate()
  }

  /// GFLOP/s of both, in the order library, other, other, library, so that neither has the later half.
  func rates(_ other: Tile) -> (library: Double, other: Double) {
    let first = rate(library)
    let second = rate(other)
    let third = rate(other)
    let fourth = rate(library)
    return ((first + fourth) / 2, (second + third) / 2)
  }

  private func rate(_ tile: Tile) -> Double {
    withUnsafePointer(to: &tap) { tap in
      var arguments = atrous_tile_args()
      arguments.a = UnsafePointer(memory)
      arguments.a_rows = UnsafePointer(offsets)
      arguments.b = UnsafePointer(memory + Self.depth * Self.rows)
      arguments.b_stride = Self.columns
      arguments.taps = tap
      arguments.tap_count = 1
      arguments.k = Self.depth
      arguments.c = memory + Self.depth * (Self.rows + Self.columns)
      arguments.c_rows = UnsafePointer(offsets + Self.rows)
      arguments.m = Self.rows
      arguments.n = Self.columns
      let time = clock.measure {
        for _ in 0..<Self.calls { withUnsafePointer(to: arguments) { tile(UnsafeRawPointer($0)) } }
      }
      let nanoseconds = Double(time.components.attoseconds) / 1e9
      return Double(2 * Self.rows * Self.columns * Self.depth * Self.calls) / nanoseconds
    }
  }
}
