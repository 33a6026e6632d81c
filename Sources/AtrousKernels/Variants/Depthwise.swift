// y[o][c] = epilogue( Σ_t x[o·stride + t·dilation − before][c] · w[c][t] ), channels last, one filter a channel.
//
// Six output pixels that share their live taps are one call, which runs through all channels: see Depthwise.swift of the
// microkernels for the loop and its register budget.

import AtrousCore
import CAtrousMicrokernel

/// Depthwise convolution with one filter a channel: NHWC, any rank, stride and dilation.
struct DepthwiseVariant: KernelVariant {
  struct Values: Tunables {
    var byPhase = 1

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "ph", \.byPhase, 0...1,
          "1 takes pixels of one phase together, which share inputs; 0 takes neighbours, which share cache pages")
      ]
    }
  }

  let id: VariantID = "depthwise"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if problem.channelsPerGroup != 1 || problem.filtersPerGroup != 1 {
      return Rejection(
        .unsupported,
        "takes one channel and one filter a group, not \(problem.channelsPerGroup) and \(problem.filtersPerGroup)")
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> Values { Values() }

  func space(for problem: Problem, on target: Target) -> [Values] {
    problem.width.phaseStep > 1 ? [Values(byPhase: 1), Values(byPhase: 0)] : [Values()]
  }

  /// A vector of inputs comes from L2 for every two or three FMAs, and from further where rows above each other meet in the
  /// same sets: of the FMA peak of a Zen 3 core 960 channels 33×33 d2 0.31, 1536 0.10, 2048 d4 0.08, d18 0.09.
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    Cost.roofline(
      flops: Double(problem.usefulFLOPs), efficiency: problem.height.kernel > 1 && problem.phasePixelsAlias ? 0.1 : 0.4,
      bytes: Double(problem.minimumBytes), workspaceBytes: 0, packedWeightsBytes: 4 * problem.weightElements, on: target
    )
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try Body(values, problem, target, weights, bias)
  }

  private struct Body: PlanBody {
    let problem: Problem
    let groups: LiveGroups
    let tiles: [LiveGroups.Tile]
    let weights: PackedBuffer
    let bias: PackedBuffer?
    let kernel: MicrokernelFunction
    let pieces: Int
    let stages: [Int]
    let sharedBytes = 0
    let workerBytes = 0
    var packedWeightsBytes: Int { weights.bytes }

    init(
      _ values: Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
    ) throws(PlanError) {
      let set = MicrokernelSet.of(target.isa)
      let rows = Int(ATROUS_DEPTHWISE_ROWS)
      self.problem = problem
      groups = LiveGroups(problem, tapPitch: problem.channels, slack: rows, byPhase: values.byPhase == 1)
      tiles = groups.tiles(of: rows)
      self.weights = try PackedBuffer(Float.self, count: problem.weightElements)
      self.bias = try packBias(bias, filters: problem.filters, slack: 0)
      kernel = set.function(ATROUS_KIND_DEPTHWISE)
      pieces = target.pieces(units: problem.batch, limit: tiles.count)
      stages = [problem.batch * pieces]
      let packed = self.weights
      weights.withUnsafeBytes {
        // One panel as wide as the channels is [tap][channel].
        var arguments = atrous_pack_panels_args(
          w: $0.baseAddress!.assumingMemoryBound(to: Float.self), filters: problem.filters, channels: 1,
          taps: problem.taps, width: problem.filters, block: 1, panels: packed.base)
        call(set.function(ATROUS_KIND_PACK_PANELS), &arguments)
      }
    }

    /// A part is a range of the tiles of one image.
    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
      let offset = image * problem.outputPositions * problem.filters
      var epilogue = problem.epilogue.arguments
      epilogue.bias = bias.map { UnsafePointer($0.floats) }
      epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
      var arguments = atrous_depthwise_args()
      arguments.x =
        tensors.input.assumingMemoryBound(to: Float.self) + image * problem.inputPositions * problem.channels
      arguments.w = UnsafePointer(weights.floats)
      arguments.channels = problem.channels
      arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = problem.epilogue == .none ? nil : $0
        for tile in tiles[piece(index, of: pieces, count: tiles.count)] {
          let live = groups.groups[tile.group]
          arguments.taps = groups.taps.pointer + live.firstTap
          arguments.tap_count = live.tapCount
          arguments.x_rows = groups.inputOffsets.pointer + tile.first
          arguments.y_rows = groups.outputOffsets.pointer + tile.first
          call(kernel, &arguments)
        }
      }
    }
  }
}

extension Problem {
  /// Whether pixels of a phase, channels last, meet in fewer than eight of the 64 sets of L1.
  var phasePixelsAlias: Bool { 4 * channels * width.dilation % 1024 == 0 }
}
