// An axis of L outputs as tiles of m and fewer, each of α = m + r − 1 products. Register budget: no loop here, see
// WinogradPass.swift.

import AtrousCore
import CAtrousMicrokernel

/// What makes the outputs of one axis of a tile.
struct AxisAlgorithm: Hashable, Sendable {
  /// ATROUS_AXIS_*, 0 where the transform is Fourier's
  let id: Int
  let outputs: Int
  /// Products; the algorithms of an axis share their points, the smaller ones use the first.
  let points: Int

  /// F(m,r), r taps: m is 2 and more, 1 for one tap; one output more where that would take 9 points.
  static func minimalFiltering(_ m: Int, taps: Int) -> AxisAlgorithm {
    let points = m + taps - 1 == 9 ? 10 : m + taps - 1
    return AxisAlgorithm(id: points, outputs: points - taps + 1, points: points)
  }

  /// Overlap and save: a transform of `length` pixels makes every output that has all its taps among them.
  static func fourier(_ length: Int, taps: Int) -> AxisAlgorithm {
    AxisAlgorithm(id: 0, outputs: length - taps + 1, points: length)
  }

  /// A whole phase of `length` pixels between zeros, on an axis of three taps whose longest phase has at most 3 pixels.
  /// Where that is 3, four products of each phase, unless five of 3 pixels and three of 2 are fewer.
  static func shortPhase(_ length: Int, of axis: Axis) -> AxisAlgorithm {
    if axis.longestPhase < 3 {
      return AxisAlgorithm(id: ATROUS_AXIS_1_OF_2 + length - 1, outputs: length, points: 2 * length - 1)
    }
    let longest = axis.input - 2 * axis.phases
    if 2 * longest < axis.phases {
      return AxisAlgorithm(id: ATROUS_AXIS_2_OF_3 + length - 2, outputs: length, points: 2 * length - 1)
    }
    return AxisAlgorithm(id: ATROUS_AXIS_2_IN_4 + length - 2, outputs: length, points: 4)
  }
}

extension Axis {
  /// Whether its phases are between zeros and short enough for the algorithms of whole phases.
  var hasShortPhases: Bool {
    kernel == 3 && stride == 1 && before == dilation && after == dilation && longestPhase <= 3
  }
}

/// How an axis is cut into segments.
enum AxisCut: Hashable, Sendable {
  /// Of at most so many outputs, by minimal filtering.
  case tiles(Int)
  /// Whole phases of an axis that has short ones, or the positions of one of one tap.
  case shortPhases
}

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
      x: x + column.origin * columnPitch.input, y: y + column.output * columnPitch.output,
      row_algorithm: Int32(row.algorithm.id), column_algorithm: Int32(column.algorithm.id),
      row_points: Int32(row.algorithm.points), column_points: Int32(column.algorithm.points),
      height: Int32(row.algorithm.outputs), width: Int32(column.algorithm.outputs),
      row_begin: Int32(row.live.lowerBound), row_end: Int32(row.live.upperBound),
      column_begin: Int32(live.lowerBound), column_end: Int32(live.upperBound), rows: Int32(row.valid),
      columns: Int32(column.valid))
  }
}

/// Where the tiles of one axis lie: every phase is cut into nearly equal segments of at most the tile size, so that the
/// fewest tiles cover it (17 = 6 + 6 + 5). What an axis of r taps costs is its extent plus r − 1 a segment.
struct WinogradSegment {
  let algorithm: AxisAlgorithm
  /// Outputs that exist, at most the algorithm's: one fewer where F(2,r) makes a phase of one position, or 10 points what 9 would.
  let valid: Int
  /// First output position; the next one is `dilation` further.
  let output: Int
  /// Input position of the patch's first pixel; it may lie outside the input.
  let origin: Int
  /// Pixels of the patch that lie inside the input.
  let live: Range<Int>

  /// The tile sizes an axis may have: at most 8 points. The only axis of a problem may have 10: on both they would be 100,
  /// and their errors multiply.
  static func sizes(of axis: Axis, isOnly: Bool = false) -> ClosedRange<Int> {
    axis.kernel == 1 ? 1...1 : 2...(isOnly ? 11 : 9) - axis.kernel
  }

  /// The least tile that cuts the longest phase into as few segments as `limit` does.
  static func tile(of axis: Axis, isOnly: Bool, limit: Int) -> Int {
    let sizes = sizes(of: axis, isOnly: isOnly)
    let largest = max(sizes.lowerBound, min(limit, sizes.upperBound))
    let extent = axis.longestPhase
    let segments = (extent + largest - 1) / largest
    return max(sizes.lowerBound, (extent + segments - 1) / segments)
  }

  /// The tile sizes that cut an axis differently.
  static func tiles(of axis: Axis, isOnly: Bool) -> [Int] {
    Set(sizes(of: axis, isOnly: isOnly).map { tile(of: axis, isOnly: isOnly, limit: $0) }).sorted()
  }

  /// F(m,r) for so many outputs that exist.
  static func algorithm(of axis: Axis, outputs: Int) -> AxisAlgorithm {
    .minimalFiltering(max(sizes(of: axis).lowerBound, outputs), taps: axis.kernel)
  }

  static func segments(of axis: Axis, _ cut: AxisCut) -> [WinogradSegment] {
    switch cut {
    case .tiles(let tile): segments(of: axis, tile: tile)
    case .shortPhases: shortPhases(of: axis)
    }
  }

  /// The segments of an axis, phase after phase; its stride is 1 unless it has one tap.
  static func segments(of axis: Axis, tile: Int) -> [WinogradSegment] {
    segments(of: axis, tile: tile) { algorithm(of: axis, outputs: $0) }
  }

  /// The segments of an axis cut by `algorithm`, of so many outputs that exist.
  static func segments(of axis: Axis, tile: Int, _ algorithm: (Int) -> AxisAlgorithm) -> [WinogradSegment] {
    axis.phaseSegments(most: tile).map { first, count in
      WinogradSegment(axis, algorithm(count), output: first, valid: count)
    }
  }

  private init(_ axis: Axis, _ algorithm: AxisAlgorithm, output: Int, valid: Int) {
    self.algorithm = algorithm
    self.valid = valid
    self.output = output
    origin = output * axis.stride - axis.before
    let pixels = Axis(
      input: axis.input, kernel: algorithm.points, stride: axis.stride, dilation: axis.dilation, before: axis.before,
      after: axis.after)
    live = pixels.liveTaps(at: output)
  }

  /// The phases of an axis whose padding is its dilation: a patch is a phase, without a halo. Of an axis of one tap its positions.
  static func shortPhases(of axis: Axis) -> [WinogradSegment] {
    if axis.kernel == 1 { return segments(of: axis, tile: 1) }
    return (0..<axis.phases).map { phase in
      WinogradSegment(phase: phase, .shortPhase(axis.phaseExtent(phase), of: axis))
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

/// What all segments of an axis come to, counted in constant time.
struct WinogradTotals {
  private(set) var count = 0
  /// Products of one row of each segment's patch.
  private(set) var points = 0
  /// The points of the largest segment.
  private(set) var largest = 0

  init(of axis: Axis, _ cut: AxisCut) {
    switch cut {
    case .tiles(let tile): self.init(of: axis, tile: tile)
    case .shortPhases: self.init(ofShortPhases: axis)
    }
  }

  /// Phases cut into tiles of at most `tile` outputs.
  init(of axis: Axis, tile: Int) {
    self.init(of: axis, tile: tile) { WinogradSegment.algorithm(of: axis, outputs: $0) }
  }

  init(of axis: Axis, tile: Int, _ algorithm: (Int) -> AxisAlgorithm) {
    for (extent, phases) in Self.phases(of: axis) {
      let count = (extent + tile - 1) / tile
      let (size, more) = extent.quotientAndRemainder(dividingBy: count)
      add(phases * (count - more), points: algorithm(size).points)
      add(phases * more, points: algorithm(size + 1).points)
    }
  }

  /// Whole phases of at most three pixels, or the positions of an axis of one tap.
  init(ofShortPhases axis: Axis) {
    for (extent, phases) in Self.phases(of: axis) {
      axis.kernel == 1
        ? add(extent * phases, points: 1)
        : add(phases, points: AxisAlgorithm.shortPhase(extent, of: axis).points)
    }
  }

  /// The lengths of an axis's phases, and how many there are of each.
  private static func phases(of axis: Axis) -> [(extent: Int, count: Int)] {
    let count = axis.outputPhases
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

/// The tiles of a whole problem: all images, all phases. With one axis they follow the output, so that the streams of
/// consecutive tiles are adjacent.
struct WinogradTiles: Sendable {
  let buffer: PackedBuffer
  let count: Int
  /// The algorithms that occur, by ascending points; of those that share all points the one with most outputs.
  let heights: [AxisAlgorithm]
  let widths: [AxisAlgorithm]

  var pointer: UnsafeMutablePointer<atrous_winograd_tile> {
    buffer.base.assumingMemoryBound(to: atrous_winograd_tile.self)
  }

  init(
    _ plane: WinogradPlane, images: Int, rows: [WinogradSegment], columns: [WinogradSegment]
  ) throws(PlanError) {
    let columns = plane.hasOneAxis ? columns.sorted { $0.output < $1.output } : columns
    heights = Self.algorithms(rows)
    widths = Self.algorithms(columns)
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

  private static func algorithms(_ segments: [WinogradSegment]) -> [AxisAlgorithm] {
    Dictionary(segments.map { ($0.algorithm.points, $0.algorithm) }) { $0.outputs > $1.outputs ? $0 : $1 }
      .values.sorted { $0.points < $1.points }
  }
}
