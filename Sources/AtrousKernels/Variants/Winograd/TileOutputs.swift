// y = epilogue( Aᵀ M A ), where its tiles and tensors stand. Register budget: see WinogradOutput.swift, FourierOutput.swift.

import AtrousCore
import CAtrousMicrokernel

/// The output transforms' side of a plan: where tiles, bias and epilogue are.
struct TileOutputs: Sendable {
  let problem: Problem
  let plane: WinogradPlane
  let tiles: WinogradTiles
  private let bias: PackedBuffer?

  /// - Parameter slack: filters that a transform may read past the last.
  init(
    _ problem: Problem, _ plane: WinogradPlane, _ tiles: WinogradTiles, bias: RawSpan?, slack: Int
  ) throws(PlanError) {
    self.problem = problem
    self.plane = plane
    self.tiles = tiles
    self.bias = try packBias(bias, filters: problem.filters, slack: slack)
  }

  /// Calls `body` with the arguments of some tiles of a group, which lack what says where M is.
  func with(
    _ range: Range<Int>, group: Int, _ tensors: Tensors, scratch: UnsafeMutablePointer<Float>,
    _ body: (inout atrous_winograd_output_args) -> Void
  ) {
    let first = group * problem.filtersPerGroup
    var epilogue = problem.epilogue.arguments
    epilogue.bias = bias.map { UnsafePointer($0.floats + first) }
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + first }
    var arguments = atrous_winograd_output_args()
    arguments.tiles = UnsafePointer(tiles.pointer + range.lowerBound)
    arguments.tile_count = range.count
    arguments.filters = problem.filtersPerGroup
    arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + first
    arguments.row_stride = plane.rowStride.output
    arguments.column_stride = plane.columnStride.output
    arguments.scratch = scratch
    withUnsafePointer(to: epilogue) {
      arguments.epilogue = problem.epilogue == .none ? nil : $0
      body(&arguments)
    }
  }
}
