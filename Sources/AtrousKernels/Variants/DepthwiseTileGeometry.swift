// Where the tiles of a depthwise problem lie: blocks of filters, rows and columns of one phase, and the ring that holds rows of
// one phase's columns. Register budget: no loop here, see DepthwiseTile.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// The blocks the filters are cut into, and the ring of packed rows of one, the columns of one phase: ring[4][column][pitch].
struct DepthwiseBlocks: Sendable {
  let problem: Problem
  /// Filters of a block; the last takes what is left too.
  let size: Int
  let count: Int
  /// Input columns of the longest phase.
  private let phaseColumns: Int
  /// Floats of a packed pixel, an odd number of lines, and of a packed row; 0 where rows are not packed.
  let pitch: Int
  let rowElements: Int
  /// Filters of the largest block.
  let most: Int

  init(_ problem: Problem, _ values: DepthwiseTileVariant.Values) {
    self.problem = problem
    size = values.channels == 0 ? problem.filters : min(values.channels, problem.filters)
    count = problem.filters / size
    most = problem.filters - (count - 1) * size
    pitch = values.packs == 1 ? oddLines(most) : 0
    phaseColumns = problem.width.phaseInput
    rowElements = phaseColumns * pitch
  }

  /// The ring.
  var bytes: Int { 4 * 4 * rowElements }
  /// As `bytes`, where those may pass `Int`.
  var expectedBytes: Double { 16 * Double(phaseColumns) * Double(pitch) }

  func filters(_ index: Int) -> Range<Int> {
    index * size..<(index == count - 1 ? problem.filters : (index + 1) * size)
  }
}

/// Outputs of one phase of an axis that make a tile: the first, how many, and the first of the inputs they look at.
struct DepthwiseTileSpan: Sendable {
  let first: Int
  let count: Int
  let input: Int
  let beginsPhase: Bool

  /// The phases of an axis, each in the fewest nearly equal tiles (17 = 3 + 3 + 3 + 3 + 3 + 2).
  static func phases(_ axis: Axis, size: Int) -> [[DepthwiseTileSpan]] {
    let step = axis.phaseStep
    return (0..<min(step, axis.output)).map { phase in
      let extent = (axis.output - 1 - phase) / step + 1
      let tiles = (extent + size - 1) / size
      return (0..<tiles).map { index in
        let range = piece(index, of: tiles, count: extent)
        let first = phase + range.lowerBound * step
        return DepthwiseTileSpan(
          first: first, count: range.count, input: first * axis.stride - axis.before, beginsPhase: index == 0)
      }
    }
  }

  /// Which of the inputs along the width lie outside: the first and the last may.
  func missing(_ axis: Axis) -> Int32 {
    let last = input + (count + 1) * axis.dilation
    return Int32((input < 0 ? ATROUS_NO_FIRST_COLUMN : 0) | (last >= axis.input ? ATROUS_NO_LAST_COLUMN : 0))
  }
}
