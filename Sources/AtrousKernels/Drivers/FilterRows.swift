import AtrousCore
import CAtrousMicrokernel

/// The NCHW outputs of a register tile whose rows are filters: weights as rows[k][tap][c], bias, and for every tile of
/// filters the arguments that do not change along the width.
struct FilterRows: Sendable {
  let problem: Problem
  let mr: Int
  let weights: PackedBuffer
  private let bias: PackedBuffer?
  /// Row offsets of a register tile with m valid rows, from index (m − 1)·mr: in the weights, and in the output.
  private let weightRows: ConstantTable<Int>
  private let outputRows: ConstantTable<Int>

  init(
    _ problem: Problem, mr: Int, _ set: MicrokernelSet, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    self.problem = problem
    self.mr = mr
    self.weights = try packFilters(weights, problem, set)
    self.bias = try packBias(bias, filters: problem.filters, slack: 0)
    func rows(_ pitch: Int) -> ConstantTable<Int> {
      ConstantTable((1...mr).flatMap { valid in (0..<mr).map { min($0, valid - 1) * pitch } })
    }
    weightRows = rows(problem.taps * problem.channelsPerGroup)
    outputRows = rows(problem.outputPositions)
  }

  /// Register tiles the filters of a group make.
  var tiles: Int { (problem.filtersPerGroup + mr - 1) / mr }

  /// Calls `body` with the arguments of one tile of filters: `a`, `a_rows`, `c` at the image's first position, `c_rows`,
  /// `m`, and the epilogue with its residual at the same place as `c`.
  func withTile(
    _ index: Int, image: Int, group: Int, _ tensors: Tensors,
    _ body: (atrous_tile_args, UnsafePointer<atrous_epilogue>) -> Void
  ) {
    let filter = group * problem.filtersPerGroup + index * mr
    let valid = min(mr, problem.filtersPerGroup - index * mr)
    let offset = (image * problem.filters + filter) * problem.outputPositions
    var epilogue = problem.epilogue.arguments
    epilogue.bias = bias.map { UnsafePointer($0.floats + filter) }
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
    var arguments = atrous_tile_args()
    arguments.a = UnsafePointer(weights.floats + filter * problem.taps * problem.channelsPerGroup)
    arguments.a_rows = weightRows.pointer + (valid - 1) * mr
    arguments.c = tensors.output.assumingMemoryBound(to: Float.self) + offset
    arguments.c_rows = outputRows.pointer + (valid - 1) * mr
    arguments.m = valid
    arguments.bias_by_row = 1
    withUnsafePointer(to: epilogue) { body(arguments, $0) }
  }

  /// Calls `body` for every tile of filters of a group.
  func forEachTile(
    image: Int, group: Int, _ tensors: Tensors,
    _ body: (atrous_tile_args, UnsafePointer<atrous_epilogue>) -> Void
  ) {
    for index in 0..<tiles { withTile(index, image: image, group: group, tensors, body) }
  }
}
