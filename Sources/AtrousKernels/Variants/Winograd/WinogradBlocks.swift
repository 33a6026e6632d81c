// M[ξ][tile] = Σ_c V[ξ][tile][c] · U[ξ][c], the tiles of one block that have ξ. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// The tiles cut into blocks, and for every block and ξ the rows of the GEMM: the tiles large enough to have that ξ.
///
/// Sizes are few, so ξ = (i, j) falls into classes by the least height and width that reach it; a block has one list of
/// rows a class. Lists are padded to whole register tiles by repeating their last row.
struct WinogradBlocks: Sendable {
  private struct Rows {
    let first: Int
    let count: Int
  }

  /// The block's tiles.
  let ranges: [Range<Int>]
  /// Tiles of the largest block.
  let capacity: Int
  private let lists: ConstantTable<Rows>
  private let classes: Int
  /// Class of every ξ.
  private let classOfPoint: ConstantTable<Int>
  private let offsets: PackedBuffer
  private let offsetCount: Int

  init(
    _ tiles: WinogradTiles, blocks count: Int, points: WinogradPoints, channelBlock: Int, mr: Int, nr: Int
  ) throws(PlanError) {
    ranges = (0..<count).map { piece($0, of: count, count: tiles.count) }
    capacity = ranges.map(\.count).max()!
    classes = tiles.heights.count * tiles.widths.count
    classOfPoint = ConstantTable(
      (0..<points.count).map { point in
        let (i, j) = point.quotientAndRemainder(dividingBy: points.columns)
        let height = tiles.heights.firstIndex { $0.points > i }!
        let width = tiles.widths.firstIndex { $0.points > j }!
        return height * tiles.widths.count + width
      })
    var lists: [Rows] = []
    var slots: [Int] = []
    for range in ranges {
      for height in tiles.heights {
        for width in tiles.widths {
          let rows = range.filter {
            tiles.pointer[$0].row_points >= height.points && tiles.pointer[$0].column_points >= width.points
          }.map { $0 - range.lowerBound }
          lists.append(Rows(first: slots.count, count: rows.count))
          slots += rows
          if let last = rows.last { slots += Array(repeating: last, count: (mr - rows.count % mr) % mr) }
        }
      }
    }
    self.lists = ConstantTable(lists)
    offsetCount = slots.count
    offsets = try PackedBuffer(Int.self, count: 2 * slots.count)
    for (index, slot) in slots.enumerated() {
      pointer[index] = slot * channelBlock
      pointer[slots.count + index] = slot * nr
    }
  }

  /// How many blocks of at most `most` tiles, all in one for 0. Where threads take whole blocks, each takes as many.
  static func count(of tiles: Int, most: Int, _ problem: Problem, on target: Target) -> Int {
    guard most > 0, most < tiles else { return 1 }
    let count = (tiles + most - 1) / most
    return problem.groups > 1 ? count : min(tiles, roundedUp(count, to: target.threads))
  }

  /// Whether several threads share the points of the only block, each point's products with all its tiles.
  static func sharesPoints(_ count: Int, on target: Target) -> Bool { count == 1 && target.threads > 1 }

  private var pointer: UnsafeMutablePointer<Int> { offsets.base.assumingMemoryBound(to: Int.self) }

  /// The rows of one block at one ξ: how many, and their offsets in V's blocks and in M's panels.
  func rows(
    block: Int, point: Int
  ) -> (count: Int, input: UnsafePointer<Int>, output: UnsafePointer<Int>) {
    let list = lists.pointer[block * classes + classOfPoint.pointer[point]]
    let input = UnsafePointer(pointer + list.first)
    return (list.count, input, input + offsetCount)
  }
}

/// The grid of ξ = (i, j) of the largest tile: smaller tiles use its first rows and columns.
struct WinogradPoints: Sendable {
  let height: AxisAlgorithm
  let width: AxisAlgorithm
  let rowTaps: Int
  let columnTaps: Int
  var rows: Int { height.points }
  var columns: Int { width.points }
  var count: Int { rows * columns }

  init(_ tiles: WinogradTiles, _ plane: WinogradPlane) {
    (rowTaps, columnTaps) = (plane.rows.kernel, plane.columns.kernel)
    height = tiles.heights.last!
    width = tiles.widths.last!
  }
}
