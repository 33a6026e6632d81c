import AtrousCore
import CAtrousMicrokernel

/// The outputs, channels last or in blocks, of a register tile whose columns are a panel of filters: packed weights, bias,
/// and for every panel the arguments that do not change from tile to tile.
///
/// In blocked outputs a panel lies within a block, or every vector is a block of its own; lanes past the last filter are
/// written with anything.
struct PanelOutputs: Sendable {
  let problem: Problem
  let shape: TileShape
  let weights: WeightPanels
  private let bias: PackedBuffer?
  private let order: ActivationOrder

  /// - Parameter block: channels of a block of weights; nil is all of a group.
  init(
    _ problem: Problem, _ shape: TileShape, block: Int? = nil, _ set: MicrokernelSet, _ weights: RawSpan,
    _ bias: RawSpan?
  ) throws(PlanError) {
    self.problem = problem
    self.shape = shape
    order = .output(of: problem)
    self.weights = try WeightPanels(weights, problem, width: shape.nr, block: block, set)
    self.bias = try packBias(bias, filters: problem.filters, slack: shape.nr)
  }

  /// Panels of a group.
  var panelCount: Int { WeightPanels.count(problem, width: shape.nr) }

  /// Calls `body` for some panels of a group of an image, with `b`, `b_stride`, `c` and `n` set, `k` the group's channels,
  /// and the panel's epilogue, which `body` hands on with the last sum of an output.
  func forEachPanel(
    _ panels: Range<Int>, image: Int, group: Int, _ tensors: Tensors,
    _ body: (inout atrous_tile_args, UnsafePointer<atrous_epilogue>) -> Void
  ) {
    let filters = problem.filtersPerGroup
    var epilogue = problem.epilogue.arguments
    var arguments = atrous_tile_args()
    arguments.b_stride = shape.nr
    arguments.k = problem.channelsPerGroup
    let block = problem.outputLayout.block
    if block > 1 && shape.nr > block { arguments.c_pitch = order.positions * block }
    for panel in panels {
      let first = panel * shape.nr
      let offset = order.offset(image: image, channel: group * filters + first, position: 0)
      arguments.b = UnsafePointer(
        weights.buffer.floats + group * weights.groupElements + panel * weights.panelElements)
      arguments.c = tensors.output.assumingMemoryBound(to: Float.self) + offset
      arguments.n = min(shape.nr, (filters - first + block - 1) / block * block)
      epilogue.bias = bias.map { UnsafePointer($0.floats + group * filters + first) }
      epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
      withUnsafePointer(to: epilogue) { body(&arguments, $0) }
    }
  }

  /// The first channel of a group of an image.
  func input(image: Int, group: Int, _ tensors: Tensors) -> UnsafePointer<Float> {
    tensors.input.assumingMemoryBound(to: Float.self)
      + ActivationOrder.input(of: problem)
      .offset(image: image, channel: group * problem.channelsPerGroup, position: 0)
  }
}
