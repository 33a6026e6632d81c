import AtrousCore
import CAtrousMicrokernel

/// What makes the outputs of one axis of a tile.
struct AxisAlgorithm: Hashable, Sendable {
  /// ATROUS_AXIS_*
  let id: Int
  let outputs: Int
  /// Products; the algorithms of an axis share their points, the smaller ones use the first.
  let points: Int

  /// F(m,3), m in 2…6.
  static func minimalFiltering(_ m: Int) -> AxisAlgorithm { AxisAlgorithm(id: m, outputs: m, points: m + 2) }

  /// A whole phase of `length` pixels between zeros, on an axis whose longest phase has `longest`, at most 3.
  static func shortPhase(_ length: Int, longest: Int) -> AxisAlgorithm {
    let ids = longest == 3 ? [ATROUS_AXIS_2_OF_3, ATROUS_AXIS_3_OF_3] : [ATROUS_AXIS_1_OF_2, ATROUS_AXIS_2_OF_2]
    return AxisAlgorithm(id: longest == 3 ? ids[length - 2] : ids[length - 1], outputs: length, points: 2 * length - 1)
  }
}

/// Where the tiles of one axis lie: every phase is cut into nearly equal segments of at most the tile size, so that the
/// fewest tiles cover it (17 = 6 + 6 + 5). What an axis costs is its extent plus two a segment.
struct WinogradSegment {
  let algorithm: AxisAlgorithm
  /// Outputs that exist, at most the algorithm's: fewer only where F(2,3) makes a phase of one position.
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

  private init(_ axis: Axis, output: Int, valid: Int) {
    algorithm = .minimalFiltering(max(2, valid))
    self.valid = valid
    self.output = output
    origin = output - axis.before
    let pixels = Axis(
      input: axis.input, kernel: algorithm.points, dilation: axis.dilation, before: axis.before, after: axis.after)
    live = pixels.liveTaps(at: output)
  }

  /// The phases of an axis whose padding is its dilation: a patch is a phase, without a halo.
  static func shortPhases(of axis: Axis) -> [WinogradSegment] {
    (0..<axis.phases).map { phase in
      let length = (axis.output - phase + axis.dilation - 1) / axis.dilation
      return WinogradSegment(phase: phase, .shortPhase(length, longest: axis.longestPhase))
    }
  }

  private init(phase: Int, _ algorithm: AxisAlgorithm) {
    self.algorithm = algorithm
    valid = algorithm.outputs
    output = phase
    origin = phase
    live = 0..<algorithm.outputs
  }
}

extension Axis {
  /// Output positions of the first phase, which no other exceeds.
  var longestPhase: Int { (output + dilation - 1) / dilation }
}

/// What all segments of an axis come to, counted in constant time.
struct WinogradTotals {
  private(set) var count = 0
  /// Products of one row of each segment's patch.
  private(set) var points = 0
  /// The points of the largest segment.
  private(set) var largest = 0

  /// Phases cut into tiles of at most `tile` outputs.
  init(of axis: Axis, tile: Int) {
    for (extent, phases) in Self.phases(of: axis) {
      let count = (extent + tile - 1) / tile
      let (size, more) = extent.quotientAndRemainder(dividingBy: count)
      add(phases * (count - more), points: AxisAlgorithm.minimalFiltering(max(2, size)).points)
      add(phases * more, points: AxisAlgorithm.minimalFiltering(max(2, size + 1)).points)
    }
  }

  /// Whole phases of at most three pixels.
  init(ofShortPhases axis: Axis) {
    for (extent, phases) in Self.phases(of: axis) { add(phases, points: 2 * extent - 1) }
  }

  /// The lengths of an axis's phases, and how many there are of each.
  private static func phases(of axis: Axis) -> [(extent: Int, count: Int)] {
    let count = min(axis.dilation, axis.output)
    let (shortest, longer) = axis.output.quotientAndRemainder(dividingBy: count)
    return [(shortest, count - longer), (shortest + 1, longer)].filter { $0.1 > 0 }
  }

  private mutating func add(_ segments: Int, points: Int) {
    guard segments > 0 else { return }
    count += segments
    self.points += segments * points
    largest = max(largest, points)
  }
}

/// The tiles of a whole problem: all images, all phases, in the order of the output.
struct WinogradTiles: Sendable {
  let buffer: PackedBuffer
  let count: Int
  /// The algorithms that occur, by ascending points.
  let heights: [AxisAlgorithm]
  let widths: [AxisAlgorithm]

  var pointer: UnsafeMutablePointer<atrous_winograd_tile> {
    buffer.base.assumingMemoryBound(to: atrous_winograd_tile.self)
  }

  init(_ problem: Problem, rows: [WinogradSegment], columns: [WinogradSegment]) throws(PlanError) {
    heights = Self.algorithms(rows)
    widths = Self.algorithms(columns)
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

  private static func algorithms(_ segments: [WinogradSegment]) -> [AxisAlgorithm] {
    Set(segments.map(\.algorithm)).sorted { $0.points < $1.points }
  }

  private static func tile(
    _ problem: Problem, _ image: Int, _ row: WinogradSegment, _ column: WinogradSegment
  ) -> atrous_winograd_tile {
    let pixel = (image * problem.height.input + row.origin) * problem.width.input + column.origin
    let position = (image * problem.height.output + row.output) * problem.width.output + column.output
    return atrous_winograd_tile(
      x: pixel * problem.channels, y: position * problem.filters,
      row_algorithm: Int32(row.algorithm.id), column_algorithm: Int32(column.algorithm.id),
      row_points: Int32(row.algorithm.points), column_points: Int32(column.algorithm.points),
      height: Int32(row.algorithm.outputs), width: Int32(column.algorithm.outputs),
      row_begin: Int32(row.live.lowerBound), row_end: Int32(row.live.upperBound),
      column_begin: Int32(column.live.lowerBound), column_end: Int32(column.live.upperBound),
      rows: Int32(row.valid), columns: Int32(column.valid))
  }
}
