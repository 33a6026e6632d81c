// y[o][k] = epilogue( Σ_t Σ_c x[o·stride + t·dilation − before][c] · w[t][c][k] ), channels last.
//
// Rows of the register tile are output positions that share their live taps, wherever they lie; columns are output
// channels, a packed panel. Nothing is padded or copied, and padded taps are skipped. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Direct convolution along the output channels: NHWC, any rank, stride and dilation, groups of several filters.
struct DirectNHWCVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var depth = 0
    var block = 0

    static var parameters: [Parameter<Values>] {
      [
        Parameter("mr", \.mr, 1...64, "rows of the register tile: output positions; more reuse each weight more often"),
        Parameter(
          "nv", \.vectors, 1...16, "vectors of the register tile: output channels; more reuse each input more often"),
        Parameter(
          "kc", \.depth, 0...65536,
          "input channels a pass; fewer keep the weights in L1, but outputs are re-read; 0 is all"),
        Parameter(
          "pb", \.block, 0...1_048_576,
          "register tiles a block; fewer keep inputs in L2, but weights are re-read; 0 is all"),
      ]
    }

    func tile(on isa: InstructionSet) -> TileShape? {
      MicrokernelSet.tiles(of: isa).first { $0.mr == mr && $0.vectors == vectors }
    }
  }

  let id: VariantID = "direct-nhwc"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if problem.groups > 1 && problem.filtersPerGroup == 1 {
      return Rejection(.unsupported, "one filter a group would leave all lanes but one idle")
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if values.tile(on: target.isa) == nil {
      return Rejection(.configuration, "no register tile mr\(values.mr) nv\(values.vectors) on \(target.isa.rawValue)")
    }
    return nil
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    // The tile that wastes the fewest lanes; among equals the first, which is the widest in use.
    let tiles = MicrokernelSet.tiles(of: target.isa).filter { $0.mr > 1 }
    let best = tiles.min { lanesUsed($0, problem) < lanesUsed($1, problem) }!
    return Values(mr: best.mr, vectors: best.vectors)
  }

  /// Lanes computed for the filters of a group, weighted by how far the tile's shape is from the ideal.
  private func lanesUsed(_ tile: TileShape, _ problem: Problem) -> Double {
    let lanes = Double(WeightPanels.count(problem, width: tile.nr) * tile.nr)
    let loads = Double(tile.mr + tile.vectors) / Double(tile.mr * tile.vectors)
    return lanes * max(1, 1.5 * loads)
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
          space.append(Values(mr: tile.mr, vectors: tile.vectors, depth: depth, block: block))
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
    let tile = values.tile(on: target.isa)!
    let panels = WeightPanels.count(problem, width: tile.nr)
    let flops = Double(problem.usefulFLOPs) * Double(panels * tile.nr) / Double(problem.filtersPerGroup)
    // Each step of depth loads `vectors` vectors and broadcasts `mr` values, two loads a cycle like the FMAs.
    let loads = Double(tile.vectors + tile.mr) / Double(tile.vectors * tile.mr)
    return Cost.roofline(
      flops: flops, efficiency: 0.9 / max(1, loads), bytes: Double(problem.minimumBytes), workspaceBytes: 0,
      packedWeightsBytes: 4 * WeightPanels.elements(problem, width: tile.nr), on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DirectNHWCBody(values, problem, target, weights, bias)
  }
}

private struct DirectNHWCBody: PlanBody {
  let problem: Problem
  let shape: TileShape
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
  let panels: WeightPanels
  let bias: PackedBuffer?
  let kernel: MicrokernelFunction
  let depth: Int
  let block: Int
  let pieces: Int
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes = 0
  var packedWeightsBytes: Int { panels.buffer.bytes }

  init(
    _ values: DirectNHWCVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    shape = values.tile(on: target.isa)!
    groups = LiveGroups(problem, tapPitch: problem.channelsPerGroup * shape.nr, slack: shape.mr)
    tiles = groups.tiles(of: shape.mr)
    panels = try WeightPanels(weights, problem, width: shape.nr, set)
    self.bias = try packBias(bias, filters: problem.filters, slack: shape.nr)
    kernel = set.tile(shape)
    depth = values.depth == 0 ? problem.channelsPerGroup : min(values.depth, problem.channelsPerGroup)
    block = values.block == 0 ? tiles.count : values.block
    let units = problem.batch * problem.groups
    pieces = target.pieces(units: units, limit: tiles.count)
    stages = [units * pieces]
  }

  /// A part is a range of the tiles of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, index) = part.quotientAndRemainder(dividingBy: pieces)
    let (image, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
    let range = piece(index, of: pieces, count: tiles.count)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      runBlock(first..<min(first + block, range.upperBound), image, group, tensors)
    }
  }

  private func runBlock(_ range: Range<Int>, _ image: Int, _ group: Int, _ tensors: Tensors) {
    let filters = problem.filtersPerGroup
    let channels = problem.channelsPerGroup
    let input =
      tensors.input.assumingMemoryBound(to: Float.self) + image * problem.inputPositions * problem.channels
      + group * channels
    var epilogue = problem.epilogue.arguments
    var arguments = atrous_tile_args()
    arguments.b_stride = shape.nr
    for first in stride(from: 0, to: filters, by: shape.nr) {
      let panel = group * panels.groupElements + first / shape.nr * panels.panelElements
      let offset = image * problem.outputPositions * problem.filters + group * filters + first
      arguments.c = tensors.output.assumingMemoryBound(to: Float.self) + offset
      arguments.n = min(shape.nr, filters - first)
      epilogue.bias = bias.map { UnsafePointer($0.floats + group * filters + first) }
      epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
      for channel in stride(from: 0, to: channels, by: depth) {
        arguments.a = input + channel
        arguments.b = UnsafePointer(panels.buffer.floats + panel + channel * shape.nr)
        arguments.k = min(depth, channels - channel)
        arguments.k_last = arguments.k
        arguments.accumulate = channel > 0 ? 1 : 0
        withUnsafePointer(to: epilogue) {
          arguments.epilogue = channel + depth >= channels ? $0 : nil
          runTiles(range, &arguments)
        }
      }
    }
  }

  private func runTiles(_ range: Range<Int>, _ arguments: inout atrous_tile_args) {
    for index in range {
      let tile = tiles[index]
      let live = groups.groups[tile.group]
      arguments.taps = groups.taps.pointer + live.firstTap
      arguments.tap_count = live.tapCount
      arguments.a_rows = groups.inputOffsets.pointer + tile.first
      arguments.c_rows = groups.outputOffsets.pointer + tile.first
      arguments.m = tile.count
      call(kernel, &arguments)
    }
  }
}
