// Depthwise planes whose rows are read where they lie, cut so that every call meets the same live taps.
//
// A plane is that of a channel (NCHW, vectors of neighbouring columns) or of a block of channels (a vector a pixel). Rows and
// columns of the output fall into runs with the same live taps; taps outside are in no list. A run of columns shorter than a
// vector is taken with its neighbours: there masks tell the lanes whose tap is live. The loops: see DepthwisePlane.swift of the
// microkernels.

import AtrousCore
import CAtrousMicrokernel

/// How the planes of a problem lie, and which calls make one.
struct DepthwisePlanes: Sendable {
  /// A rectangle of outputs with the same live taps.
  struct Piece: Sendable {
    let rows: Range<Int>
    /// Output columns, and the vectors they take.
    let columns: Range<Int>
    let vectors: Int
    /// In `taps`, and for lanes that differ in `masks`, a vector for each.
    let taps: Range<Int>
    let masks: Int?
    /// Offsets of the first and last of the taps' inputs.
    let reach: ClosedRange<Int>
    let hasAllTaps: Bool
  }

  let problem: Problem
  let lanes: Int
  /// Channels side by side, and whether a vector is a pixel's channels instead of neighbouring columns.
  let block: Int
  var isBlocked: Bool { block > 1 }
  /// Planes of an image, and what is computed of each: filters of a channel, or vectors of a block.
  let planes: Int
  let copies: Int
  /// Pieces the rows or the columns are cut into, to share them among threads.
  let rowPieces: Int
  let columnPieces: Int
  /// Whether the columns would be cut for enough threads: bits do not depend on them, so neither may the kernel.
  let mayCutColumns: Bool
  /// Of every piece of columns.
  private(set) var pieces: [[Piece]] = []
  private(set) var taps: [atrous_tap] = []
  private(set) var masks: [Float] = []

  /// Planes of one channel, of rows of stride 1 and at least a vector.
  init(rowsOf problem: Problem, _ target: Target) {
    self.init(problem, target, block: 1, planes: problem.channels, copies: problem.filtersPerGroup)
  }

  /// Planes of a block of channels of whole vectors.
  init(blocksOf problem: Problem, _ target: Target) {
    let order = ActivationOrder.input(of: problem)
    self.init(
      problem, target, block: order.block, planes: order.paddedChannels / order.block,
      copies: order.block / target.isa.lanes)
  }

  private init(_ problem: Problem, _ target: Target, block: Int, planes: Int, copies: Int) {
    let (height, width) = (problem.height.output, problem.width.output)
    self.problem = problem
    self.block = block
    self.planes = planes
    self.copies = copies
    lanes = target.isa.lanes
    let limit = height > 1 ? height : max(1, width * block / 1024)
    mayCutColumns = height == 1 && limit > 1
    let count = target.pieces(units: problem.batch * planes, limit: limit)
    (rowPieces, columnPieces) = height > 1 ? (count, 1) : (1, count)
    let (down, across) = (problem.height.runs, problem.width.runs)
    for index in 0..<columnPieces {
      pieces.append([])
      let columns = piece(index, of: columnPieces, count: width)
      for run in down { append(run, columns, across) }
    }
  }

  /// Columns a vector takes.
  private var step: Int { isBlocked ? 1 : lanes }

  /// The pieces of a run of rows and some columns.
  private mutating func append(_ rows: Axis.Run, _ columns: Range<Int>, _ across: [Axis.Run]) {
    var next = columns.lowerBound
    while next < columns.upperBound {
      let run = across.first { $0.positions.contains(next) }!
      let end = min(columns.upperBound, run.positions.upperBound)
      if end - next >= step {
        append(rows, next..<end, run.taps)
        next = end
      } else {
        let first = min(next, columns.upperBound - step)
        let lanes = first..<first + step
        append(rows, lanes, nil)
        next = lanes.upperBound
      }
    }
  }

  /// A piece whose columns have the same live taps, or one vector of those that have not.
  private mutating func append(_ rows: Axis.Run, _ columns: Range<Int>, _ live: Range<Int>?) {
    let (height, width) = (problem.height, problem.width)
    let (firstTap, firstMask) = (taps.count, masks.count)
    let columnTaps =
      live.map(Array.init) ?? (0..<width.kernel).filter { width.liveOutputs(ofTap: $0).overlaps(columns) }
    let weight = isBlocked ? lanes : 1
    for r in rows.taps {
      for s in columnTaps {
        taps.append(
          atrous_tap(
            a: (r * height.dilation * width.input + s * width.dilation) * block,
            b: (r * width.kernel + s) * weight))
        if live == nil {
          let outputs = width.liveOutputs(ofTap: s)
          masks += columns.map { outputs.contains($0) ? -1 : 0 }
        }
      }
    }
    let added = taps[firstTap...]
    pieces[pieces.count - 1].append(
      Piece(
        rows: rows.positions, columns: columns, vectors: (columns.count + step - 1) / step,
        taps: firstTap..<taps.count, masks: live == nil ? firstMask : nil,
        reach: (added.first?.a ?? 0)...(added.last?.a ?? 0), hasAllTaps: live != nil && added.count == problem.taps))
  }

  /// Where the inputs of an output's first tap would stand in a plane.
  func inputOffset(row: Int, column: Int) -> Int {
    let (height, width) = (problem.height, problem.width)
    let position = (row * height.stride - height.before) * width.input + column * width.stride - width.before
    return position * block
  }
}

extension Cost {
  /// What depthwise planes are expected to cost that are read in place. (Of a Zen 3 core's FMA peak, all in L1: 0.7.)
  static func ofDepthwisePlanes(_ problem: Problem, _ target: Target) -> Cost {
    Cost.roofline(
      flops: Double(problem.usefulFLOPs), efficiency: 0.6, bytes: Double(problem.minimumBytes), workspaceBytes: 0,
      packedWeightsBytes: 4 * problem.weightElements, on: target)
  }
}

/// A plan's bias as the depthwise planes take it, zeros where there is none.
func packDepthwiseBias(_ bias: RawSpan?, filters: Int, slack: Int = 0) throws(PlanError) -> PackedBuffer {
  let packed = try packBias(bias, filters: filters, slack: slack)
  if let packed { return packed }
  return try PackedBuffer(Float.self, count: filters + slack)
}

extension Epilogue {
  /// Whether something follows the bias.
  var followsBias: Bool { add || activation != .none }
}
