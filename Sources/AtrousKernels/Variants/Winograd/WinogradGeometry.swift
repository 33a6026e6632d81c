import AtrousCore
import CAtrousMicrokernel

/// The two axes as the transforms see them. Rows may have one tap, columns have more: where only the height has, it is
/// the columns.
struct WinogradPlane: Sendable {
  let rows: Axis
  let columns: Axis
  let isTransposed: Bool
  private let channels: Int
  private let filters: Int

  init(_ problem: Problem) {
    isTransposed = problem.width.kernel == 1
    (rows, columns) = isTransposed ? (problem.width, problem.height) : (problem.height, problem.width)
    (channels, filters) = (problem.channels, problem.filters)
  }

  var hasOneAxis: Bool { rows.kernel == 1 }

  /// From one position to the next, of the input and of the output.
  private var rowPitch: (input: Int, output: Int) {
    isTransposed ? (channels, filters) : (columns.input * channels, columns.output * filters)
  }
  private var columnPitch: (input: Int, output: Int) {
    isTransposed ? (rows.input * channels, rows.output * filters) : (channels, filters)
  }

  /// From one position of a phase to the next.
  var rowStride: (input: Int, output: Int) {
    (rowPitch.input * rows.dilation, rowPitch.output * rows.dilation)
  }
  var columnStride: (input: Int, output: Int) {
    (columnPitch.input * columns.dilation, columnPitch.output * columns.dilation)
  }

  func tile(image: Int, row: WinogradSegment, column: WinogradSegment) -> atrous_winograd_tile {
    let x = image * rows.input * columns.input * channels + row.origin * rowPitch.input
    let y = image * rows.output * columns.output * filters + row.output * rowPitch.output
    // Where no row is alive, no pixel is.
    let live = row.live.isEmpty ? 0..<0 : column.live
    return atrous_winograd_tile(
      x: x + column.origin * columnPitch.input, y: y + column.output * columnPitch.output, height: Int32(row.size),
      width: Int32(column.size), row_begin: Int32(row.live.lowerBound), row_end: Int32(row.live.upperBound),
      column_begin: Int32(live.lowerBound), column_end: Int32(live.upperBound), rows: Int32(row.valid),
      columns: Int32(column.valid))
  }
}

/// Where the tiles of one axis lie: every phase is cut into nearly equal segments of at most the tile size, so that the
/// fewest tiles cover it (17 = 6 + 6 + 5). What an axis of r taps costs is its extent plus r − 1 a segment.
struct WinogradSegment {
  /// m of F(m,r), the outputs the transforms make: 2 and more, 1 on an axis of one tap.
  let size: Int
  /// Outputs that exist, at most `size`: fewer only where a phase is one position long.
  let valid: Int
  /// First output position; the next one is `dilation` further.
  let output: Int
  /// Input position of the patch's first pixel; it may lie outside the input.
  let origin: Int
  /// Pixels of the patch that lie inside the input.
  let live: Range<Int>

  /// The tile sizes an axis may have: at most 8 points.
  static func sizes(of axis: Axis) -> ClosedRange<Int> { axis.kernel == 1 ? 1...1 : 2...9 - axis.kernel }

  /// The segments of an axis, phase after phase; its stride is 1 unless it has one tap.
  static func segments(of axis: Axis, tile: Int) -> [WinogradSegment] {
    (0..<min(axis.dilation, axis.output)).flatMap { phase in
      let extent = (axis.output - phase + axis.dilation - 1) / axis.dilation
      let count = (extent + tile - 1) / tile
      return (0..<count).map { index in
        let range = piece(index, of: count, count: extent)
        return WinogradSegment(axis, output: phase + range.lowerBound * axis.dilation, valid: range.count)
      }
    }
  }

  private init(_ axis: Axis, output: Int, valid: Int) {
    size = max(Self.sizes(of: axis).lowerBound, valid)
    self.valid = valid
    self.output = output
    origin = output * axis.stride - axis.before
    let pixels = Axis(
      input: axis.input, kernel: size + axis.kernel - 1, stride: axis.stride, dilation: axis.dilation,
      before: axis.before, after: axis.after)
    live = pixels.liveTaps(at: output)
  }
}

/// The tiles of a whole problem: all images, all phases. With one axis they follow the output, so that the streams of
/// consecutive tiles are adjacent.
struct WinogradTiles: Sendable {
  let buffer: PackedBuffer
  let count: Int
  /// The sizes that occur, ascending.
  let heights: [Int]
  let widths: [Int]

  var pointer: UnsafeMutablePointer<atrous_winograd_tile> {
    buffer.base.assumingMemoryBound(to: atrous_winograd_tile.self)
  }

  init(_ plane: WinogradPlane, images: Int, rowTile: Int, columnTile: Int) throws(PlanError) {
    let rows = WinogradSegment.segments(of: plane.rows, tile: rowTile)
    var columns = WinogradSegment.segments(of: plane.columns, tile: columnTile)
    if plane.hasOneAxis { columns.sort { $0.output < $1.output } }
    heights = Set(rows.map(\.size)).sorted()
    widths = Set(columns.map(\.size)).sorted()
    count = images * rows.count * columns.count
    buffer = try PackedBuffer(atrous_winograd_tile.self, count: count)
    let (outer, inner) = plane.isTransposed ? (columns, rows) : (rows, columns)
    var next = pointer
    for image in 0..<images {
      for first in outer {
        for second in inner {
          next.pointee =
            plane.isTransposed
            ? plane.tile(image: image, row: second, column: first)
            : plane.tile(image: image, row: first, column: second)
          next += 1
        }
      }
    }
  }
}
