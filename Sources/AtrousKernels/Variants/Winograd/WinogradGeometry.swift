import AtrousCore
import CAtrousMicrokernel

/// Where the tiles of one axis lie: every phase is cut into nearly equal segments of at most the tile size, so that the
/// fewest tiles cover it (17 = 6 + 6 + 5). What an axis costs is its extent plus two a segment.
struct WinogradSegment {
  /// m of F(m,3), 2…6: the outputs the transforms make.
  let size: Int
  /// Outputs that exist, at most `size`: fewer only where a phase is one position long.
  let valid: Int
  /// First output position; the next one is `dilation` further.
  let output: Int
  /// Input position of the patch's first pixel; it may lie outside the input.
  let origin: Int
  /// Pixels of the patch that lie inside the input.
  let live: Range<Int>

  /// The segments of a stride-1 axis of three taps, phase after phase.
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

  /// The segments of an axis, the pixels of their patches together, and the largest patch: in constant time.
  static func totals(of axis: Axis, tile: Int) -> (count: Int, pixels: Int, largest: Int) {
    let phases = min(axis.dilation, axis.output)
    let (shortest, longer) = axis.output.quotientAndRemainder(dividingBy: phases)
    var totals = (count: 0, pixels: 0, largest: 0)
    for (extent, phases) in [(shortest, phases - longer), (shortest + 1, longer)] where phases > 0 {
      let count = (extent + tile - 1) / tile
      let (size, more) = extent.quotientAndRemainder(dividingBy: count)
      for (size, segments) in [(size, count - more), (size + 1, more)] where segments > 0 {
        let patch = max(2, size) + 2
        totals.count += phases * segments
        totals.pixels += phases * segments * patch
        totals.largest = max(totals.largest, patch)
      }
    }
    return totals
  }

  private init(_ axis: Axis, output: Int, valid: Int) {
    size = max(2, valid)
    self.valid = valid
    self.output = output
    origin = output - axis.before
    let pixels = Axis(
      input: axis.input, kernel: size + 2, dilation: axis.dilation, before: axis.before, after: axis.after)
    live = pixels.liveTaps(at: output)
  }
}

/// The tiles of a whole problem: all images, all phases, in the order of the output.
struct WinogradTiles: Sendable {
  let buffer: PackedBuffer
  let count: Int
  /// The sizes that occur, ascending.
  let heights: [Int]
  let widths: [Int]

  var pointer: UnsafeMutablePointer<atrous_winograd_tile> {
    buffer.base.assumingMemoryBound(to: atrous_winograd_tile.self)
  }

  init(_ problem: Problem, tileHeight: Int, tileWidth: Int) throws(PlanError) {
    let rows = WinogradSegment.segments(of: problem.height, tile: tileHeight)
    let columns = WinogradSegment.segments(of: problem.width, tile: tileWidth)
    heights = Set(rows.map(\.size)).sorted()
    widths = Set(columns.map(\.size)).sorted()
    count = problem.batch * rows.count * columns.count
    buffer = try PackedBuffer(atrous_winograd_tile.self, count: count)
    var next = pointer
    for image in 0..<problem.batch {
      for row in rows {
        for column in columns {
          next.pointee = Self.tile(problem, image, row, column)
          next += 1
        }
      }
    }
  }

  private static func tile(
    _ problem: Problem, _ image: Int, _ row: WinogradSegment, _ column: WinogradSegment
  ) -> atrous_winograd_tile {
    let pixel = (image * problem.height.input + row.origin) * problem.width.input + column.origin
    let position = (image * problem.height.output + row.output) * problem.width.output + column.output
    return atrous_winograd_tile(
      x: pixel * problem.channels, y: position * problem.filters, height: Int32(row.size), width: Int32(column.size),
      row_begin: Int32(row.live.lowerBound), row_end: Int32(row.live.upperBound),
      column_begin: Int32(column.live.lowerBound), column_end: Int32(column.live.upperBound),
      rows: Int32(row.valid), columns: Int32(column.valid))
  }
}
