// y[o][k] = epilogue( Σ_t Σ_c x[o·stride + t·dilation − before][c] · w[t][c][k] ), channels last.
//
// Rows of the register tile are output positions that share their live taps, wherever they lie; columns are output
// channels, a packed panel. Nothing is padded or copied, and padded taps are skipped. Where the columns of a row of taps
// lie side by side in the input, they are one tap of all their channels. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Direct convolution along the output channels: NHWC, any rank, stride and dilation, groups of several filters.
struct DirectNHWCVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var depth = 0
    var block = 0
    var sharing = Sharing()

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "output positions"),
        .tileVectors(\.vectors, "output channels"),
        Parameter(
          "kc", \.depth, 0...65536,
          "input channels a pass; fewer keep the weights in L1, but outputs are re-read; 0 is all"),
        Parameter(
          "pb", \.block, 0...1_048_576,
          "register tiles a block; fewer keep inputs in L2, but weights are re-read; 0 is all"),
        .sharedAxis(\.sharing.axis), .sharedParts(\.sharing.parts),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "direct-nhwc"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? { problem.panelRejection }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    values.tileValues.rejection(on: target)
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let tile = TileValues.fitting(problem, target)
    return Values(mr: tile.mr, vectors: tile.vectors)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    let tiles = MicrokernelSet.tiles(of: target.isa).filter { $0.mr > 1 }
    let channels = problem.channelsPerGroup
    var space: [Values] = []
    for tile in tiles {
      let perChannel = problem.taps * tile.nr * 4
      let depths = [0, target.l1Bytes / 2 / perChannel, target.l2Bytes / 2 / perChannel].map { $0 / 8 * 8 }
      for depth in Set(depths.map { $0 >= channels ? 0 : $0 }).sorted() {
        for block in blocks(problem, tile, target) {
          for sharing in Sharing.all(on: target) {
            space.append(Values(mr: tile.mr, vectors: tile.vectors, depth: depth, block: block, sharing: sharing))
          }
        }
      }
    }
    let first = initial(for: problem, on: target)
    return space.contains(first) ? space : [first] + space
  }

  /// All tiles in one block, and, where the inputs exceed L2, as many as fit half of it.
  private func blocks(_ problem: Problem, _ tile: TileShape, _ target: Target) -> [Int] {
    let inputBytes = problem.inputPositions * problem.channels * 4
    guard inputBytes > target.l2Bytes else { return [0] }
    return [0, max(1, target.l2Bytes / 2 / (tile.mr * problem.channels * 4))]
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues
    let width = tile.tile(on: target.isa)!.nr
    return Cost.roofline(
      flops: tile.flops(problem, target), efficiency: tile.efficiency(on: target), bytes: Double(problem.minimumBytes),
      workspaceBytes: 0, packedWeightsBytes: 4 * WeightPanels.elements(problem, width: width), on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DirectNHWCBody(values, problem, target, weights, bias)
  }
}

private struct DirectNHWCBody: PlanBody {
  let outputs: PanelOutputs
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
  let kernel: MicrokernelFunction
  let depth: Int
  let block: Int
  let shares: SharedOutputs
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes = 0
  var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

  init(
    _ values: DirectNHWCVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    let shape = values.tileValues.tile(on: target.isa)!
    outputs = try PanelOutputs(problem, shape, set, weights, bias)
    depth = values.depth == 0 ? problem.channelsPerGroup : min(values.depth, problem.channelsPerGroup)
    groups = LiveGroups(
      problem, tapPitch: problem.channelsPerGroup * shape.nr, slack: shape.mr,
      joinsColumns: problem.width.dilation == 1 && depth == problem.channels)
    tiles = groups.tiles(of: shape.mr)
    kernel = set.tile(shape)
    block = values.block == 0 ? tiles.count : values.block
    shares = SharedOutputs(
      values.sharing, units: problem.batch * problem.groups, positions: tiles.count, filters: outputs.panelCount,
      on: target)
    stages = [shares.parts]
  }

  /// A part is a range of the tiles, or of the panels, of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, range, panels) = shares.share(part)
    let (image, group) = unit.quotientAndRemainder(dividingBy: outputs.problem.groups)
    let input = outputs.input(image: image, group: group, tensors)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      let block = first..<min(first + block, range.upperBound)
      outputs.forEachPanel(panels, image: image, group: group, tensors) { runPanel(block, input, &$0, $1) }
    }
  }

  private func runPanel(
    _ block: Range<Int>, _ input: UnsafePointer<Float>, _ arguments: inout atrous_tile_args,
    _ epilogue: UnsafePointer<atrous_epilogue>
  ) {
    let channels = outputs.problem.channelsPerGroup
    let panel = arguments.b!
    for channel in stride(from: 0, to: channels, by: depth) {
      arguments.a = input + channel
      arguments.b = panel + channel * outputs.shape.nr
      let slice = min(depth, channels - channel)
      arguments.accumulate = channel > 0 ? 1 : 0
      arguments.epilogue = channel + depth >= channels ? epilogue : nil
      for index in block {
        groups.point(&arguments, at: tiles[index])
        arguments.k = slice * groups.groups[tiles[index].group].columns
        call(kernel, &arguments)
      }
    }
  }
}
