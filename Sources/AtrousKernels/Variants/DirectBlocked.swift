// y[o][k] = epilogue( Σ_b Σ_t Σ_c x[b][o·stride + t·dilation − before][c] · w[b][t][c][k] ), channels c in blocks b.
//
// Rows of the register tile are output positions that share their live taps, columns one or more blocks of filters. A tap
// of a block of channels is one entry of the tile's list, so padded taps are skipped and blocks of any number of channels
// are one call. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Direct convolution on blocks of channels: NCHW8c and NCHW16c in and out, any rank, stride and dilation, groups of whole
/// blocks.
struct DirectBlockedVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var channelBlocks = 0
    var tiles = 0
    var sharing = Sharing()

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "output positions"),
        .tileVectors(\.vectors, "filters"),
        Parameter(
          "cb", \.channelBlocks, 0...65536,
          "channel blocks a pass; fewer keep the weights near, but outputs are re-read; 0 is all"),
        Parameter(
          "pb", \.tiles, 0...1_048_576,
          "register tiles a block of positions; fewer keep inputs in L2, but weights are re-read; 0 is all"),
        .sharedAxis(\.sharing.axis), .sharedParts(\.sharing.parts),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors, sharing: sharing) }
  }

  let id: VariantID = "direct-blocked"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection { return rejection }
    let (input, output) = (problem.inputLayout.block, problem.outputLayout.block)
    if input == 1 || output == 1 {
      return Rejection(.unsupported, "takes nchw8c and nchw16c, not \(problem.layoutText)")
    }
    if output < target.isa.lanes {
      return Rejection(.unsupported, "vectors of \(target.isa.lanes) lanes do not fit blocks of \(output) filters")
    }
    if problem.groups > 1 && (problem.channelsPerGroup % input != 0 || problem.filtersPerGroup % output != 0) {
      return Rejection(
        .unsupported,
        "groups of \(problem.channelsPerGroup) channels and \(problem.filtersPerGroup) filters are no whole blocks")
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if let rejection = values.tileValues.rejection(on: target) { return rejection }
    let block = problem.outputLayout.block
    return isFitting(values.tileValues, block, target)
      ? nil : Rejection(.configuration, "nv\(values.vectors) vectors do not divide a block of \(block) filters")
  }

  /// Whether the register tile's vectors divide a block of filters, or are a block each.
  private func isFitting(_ tile: TileValues, _ block: Int, _ target: Target) -> Bool {
    block == target.isa.lanes || block % tile.tile(on: target.isa)!.nr == 0
  }

  private func tiles(_ problem: Problem, _ target: Target) -> [TileValues] {
    TileValues.all(on: target).filter { isFitting($0, problem.outputLayout.block, target) }
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let tile = TileValues.fitting(problem, target, among: tiles(problem, target))
    let channels = channelBlocks(problem, tile, target).first!
    // Passes over some channels keep the inputs near by themselves.
    let positions = channels == 0 ? positionBlocks(problem, tile, target).last! : 0
    return Values(mr: tile.mr, vectors: tile.vectors, channelBlocks: channels, tiles: positions)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    tiles(problem, target).flatMap { tile in
      channelBlocks(problem, tile, target).flatMap { channels in
        positionBlocks(problem, tile, target).map {
          Values(mr: tile.mr, vectors: tile.vectors, channelBlocks: channels, tiles: $0, sharing: tile.sharing)
        }
      }
    }
  }

  /// As many blocks of channels as have a panel of weights in an eighth of L2, and in half of it; 0 where that is all.
  /// (512→512 33×33 d2 on a Zen 3 core, all positions, by cb: 8 98, 14 93, 28 90, all 87 GFLOP/s.)
  private func channelBlocks(_ problem: Problem, _ tile: TileValues, _ target: Target) -> [Int] {
    let blocks = InputBlocks(problem)
    let bytes = 4 * blocks.size * problem.taps * tile.tile(on: target.isa)!.nr
    let counts = [8, 2].map { max(1, target.l2Bytes / $0 / bytes) }.map { $0 >= blocks.count ? 0 : $0 }
    return counts[0] == counts[1] ? [counts[0]] : counts
  }

  /// All tiles in one block, and, where the inputs exceed L2, as many as fit half of it.
  private func positionBlocks(_ problem: Problem, _ tile: TileValues, _ target: Target) -> [Int] {
    guard problem.inputPositions * problem.channels * 4 > target.l2Bytes else { return [0] }
    return [0, max(1, target.l2Bytes / 2 / (tile.mr * problem.channels * 4))]
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues
    let width = tile.tile(on: target.isa)!.nr
    // A tap of a block costs its pointers: what two more channels would.
    let depth = Double(problem.inputLayout.block)
    return Cost.roofline(
      flops: tile.flops(problem, target), efficiency: tile.efficiency(on: target) * depth / (depth + 2),
      bytes: Double(problem.minimumBytes), workspaceBytes: 0,
      packedWeightsBytes: 4 * WeightPanels.elements(problem, width: width), on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DirectBlockedBody(values, problem, target, weights, bias)
  }
}

/// A group's blocks of input channels.
private struct InputBlocks {
  let size: Int
  let count: Int
  /// Channels of the last block.
  let last: Int

  init(_ problem: Problem) {
    size = problem.inputLayout.block
    count = (problem.channelsPerGroup + size - 1) / size
    last = problem.channelsPerGroup - (count - 1) * size
  }
}

private struct DirectBlockedBody: PlanBody {
  let outputs: PanelOutputs
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
  let blocks: InputBlocks
  /// Live taps of every group of positions, once for every block of channels.
  let taps: ConstantTable<atrous_tap>
  let kernel: MicrokernelFunction
  let idleLanes: IdleLanes?
  let channelBlocks: Int
  let positionBlock: Int
  let shares: SharedOutputs
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes = 0
  var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

  init(
    _ values: DirectBlockedVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    let shape = values.tileValues.tile(on: target.isa)!
    let blocks = InputBlocks(problem)
    self.blocks = blocks
    outputs = try PanelOutputs(problem, shape, block: blocks.size, set, weights, bias)
    groups = LiveGroups(problem, tapPitch: 1, slack: shape.mr)
    tiles = groups.tiles(of: shape.mr)
    taps = Self.taps(groups, blocks, problem, shape)
    kernel = set.tile(shape)
    channelBlocks = values.channelBlocks == 0 ? blocks.count : values.channelBlocks
    positionBlock = values.tiles == 0 ? tiles.count : values.tiles
    shares = SharedOutputs(
      values.sharing, units: problem.batch * problem.groups, positions: tiles.count, filters: outputs.panelCount,
      on: target)
    idleLanes = IdleLanes(problem, set)
    stages = [shares.parts] + (idleLanes == nil ? [] : [problem.batch])
  }

  /// Entries of a group of positions from `firstTap · blocks` on, block by block. Weights are panels[b][t][c][k].
  private static func taps(
    _ groups: LiveGroups, _ blocks: InputBlocks, _ problem: Problem, _ shape: TileShape
  ) -> ConstantTable<atrous_tap> {
    var taps: [atrous_tap] = []
    for group in groups.groups {
      for block in 0..<blocks.count {
        let depth = block + 1 == blocks.count ? blocks.last : blocks.size
        for tap in group.firstTap..<group.firstTap + group.tapCount {
          let live = groups.taps.pointer[tap]
          taps.append(
            atrous_tap(
              a: live.a + block * blocks.size * problem.inputPositions,
              b: (block * problem.taps * blocks.size + live.b * depth) * shape.nr))
        }
      }
    }
    return ConstantTable(taps)
  }

  /// A part of the first stage is a range of the tiles, or of the panels, of one image and group; of the second the idle
  /// lanes of one image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    if stage == 1 { return idleLanes!.clear(image: part, tensors) }
    let (unit, range, panels) = shares.share(part)
    let (image, group) = unit.quotientAndRemainder(dividingBy: outputs.problem.groups)
    let input = outputs.input(image: image, group: group, tensors)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: positionBlock) {
      let block = first..<min(first + positionBlock, range.upperBound)
      outputs.forEachPanel(panels, image: image, group: group, tensors) { arguments, epilogue in
        arguments.a = input
        runPanel(block, &arguments, epilogue)
      }
    }
  }

  private func runPanel(
    _ positions: Range<Int>, _ arguments: inout atrous_tile_args, _ epilogue: UnsafePointer<atrous_epilogue>
  ) {
    arguments.k = blocks.size
    arguments.k_last = blocks.last
    for first in stride(from: 0, to: blocks.count, by: channelBlocks) {
      let end = min(first + channelBlocks, blocks.count)
      arguments.accumulate = first > 0 ? 1 : 0
      arguments.epilogue = end == blocks.count ? epilogue : nil
      for index in positions {
        let tile = tiles[index]
        let live = groups.groups[tile.group]
        groups.point(&arguments, at: tile)
        arguments.taps = taps.pointer + live.firstTap * blocks.count + first * live.tapCount
        arguments.tap_count = (end - first) * live.tapCount
        arguments.shallow_taps = end == blocks.count ? live.tapCount : 0
        call(kernel, &arguments)
      }
    }
  }
}
