// y[o][k] = epilogue( Σ_c x[o·stride − before][c] · w[c][k] ), channels last: one GEMM, MC × KC × NC blocked.
//
// Rows of the register tile are output positions, columns a packed panel of filters. A block of rows stays in L2 for all
// panels, a panel's slice of channels near for all tiles of the block (Low et al. 2016). Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Filters of one tap: NHWC, any rank, stride and padding, groups of several filters.
struct PointwiseVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var depth = 0
    var block = 0
    var packs = 0

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "output positions"),
        .tileVectors(\.vectors, "output channels"),
        Parameter(
          "kc", \.depth, 0...PointwiseVariant.depthLimit,
          "input channels a pass; fewer keep a panel in L1, but outputs are re-read; 0 is all"),
        Parameter(
          "pb", \.block, 0...1_048_576,
          "register tiles a block; fewer keep inputs in L2, but weights are re-read; 0 is all"),
        Parameter(
          "pk", \.packs, 0...1,
          "1 copies a block's inputs, so that pixels whose distance is a power of two do not meet in one cache set"),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "pointwise"
  let revision = 3

  private static let depthLimit = 65536

  /// Register tiles that a panel of weights should at least stay in L2 for.
  private static let leastTiles = 8

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.panelRejection { return rejection }
    return problem.taps == 1 ? nil : Rejection(.unsupported, "takes filters of one tap, not \(problem.taps)")
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    values.tileValues.rejection(on: target)
      ?? Problem.memoryRejection("the packed inputs", Double(target.threads) * Self.workerBytes(values, problem))
  }

  /// A block's inputs, as far as they are copied.
  private static func workerBytes(_ values: Values, _ problem: Problem) -> Double {
    guard values.packs == 1 else { return 0 }
    let positions = problem.batch * problem.outputPositions
    // Every image and every run of live taps may end with a tile that is not full.
    let tiles = values.block == 0 ? positions : min(values.block, positions)
    return 4 * Double(tiles * values.mr) * Double(pitch(values, problem))
  }

  /// Floats from one copied row to the next: an odd number of lines, as those of a power of two would alias.
  fileprivate static func pitch(_ values: Values, _ problem: Problem) -> Int {
    let depth = values.depth == 0 ? problem.channelsPerGroup : min(values.depth, problem.channelsPerGroup)
    return oddLines(depth)
  }

  /// All channels at once: a panel that streams from L2 costs a Zen 3 core less than reading outputs again (2048→256
  /// 33×33, by kc: 128 80, 256 89, 512 90, 1024 and all 93 GFLOP/s). Where it would take half of L2, the tile that
  /// loads least of those that idle no more lanes, and as many channels as take a quarter (4096→4096 36×36 on a Zen 5
  /// core: 6×2, all 182 ms, 6×4 189, 1024 at a time 171, 512 176).
  func initial(for problem: Problem, on target: Target) -> Values {
    let tile = TileValues.fitting(problem, target).tile(on: target.isa)!
    if 4 * problem.channelsPerGroup * tile.nr < target.l2Bytes / 2 {
      return values(tile, depth: 0, share: 8, packs: 0, problem, target)
    }
    func filters(_ tile: TileShape) -> Int { WeightPanels.count(problem, width: tile.nr) * tile.nr }
    let wide = TileValues.all(on: target).sorted { $0.loads < $1.loads }.map { $0.tile(on: target.isa)! }
      .first { filters($0) <= filters(tile) }!
    let depth = Self.depth(of: problem, most: target.l2Bytes / 4 / (4 * wide.nr))
    return values(wide, depth: depth < problem.channelsPerGroup ? depth : 0, share: 8, packs: 0, problem, target)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    for tile in MicrokernelSet.tiles(of: target.isa) where tile.mr > 1 {
      for depth in depths(problem, tile, target) {
        for share in [8, 2] {
          for packs in 0...1 {
            let values = values(tile, depth: depth, share: share, packs: packs, problem, target)
            if !space.contains(values) { space.append(values) }
          }
        }
      }
    }
    return space
  }

  /// All channels; or equal parts of them, of which a panel's fills half of L1, or all.
  private func depths(_ problem: Problem, _ tile: TileShape, _ target: Target) -> [Int] {
    let channels = problem.channelsPerGroup
    let most = [2, 1].map { target.l1Bytes / $0 / (4 * tile.nr) }
    let depths = Set(most.map { Self.depth(of: problem, most: $0) }).filter { $0 < channels }
    return [0] + depths.sorted()
  }

  /// The channels of a pass, at most about `most` of them, but at least 16, so that all passes have nearly as many.
  private static func depth(of problem: Problem, most: Int) -> Int {
    let channels = problem.channelsPerGroup
    let most = min(max(16, most), depthLimit - 8)
    let passes = (channels + most - 1) / most
    return ((channels + passes - 1) / passes + 7) / 8 * 8
  }

  /// As many tiles a block as take a `share`-th of L2. Where that are few, all: then weights come from beyond L2 for every
  /// block, and inputs, which are fewer bytes a multiplication, only for every panel. (4096→4096 36×36, one Zen 5 core: a tile
  /// a block 99, all 252 GFLOP/s.)
  private func values(
    _ tile: TileShape, depth: Int, share: Int, packs: Int, _ problem: Problem, _ target: Target
  ) -> Values {
    let rowBytes = 4 * (depth == 0 ? problem.channelsPerGroup : depth)
    let tiles = target.l2Bytes / share / (tile.mr * rowBytes)
    return Values(
      mr: tile.mr, vectors: tile.vectors, depth: depth, block: tiles < Self.leastTiles ? 0 : tiles, packs: packs)
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues
    let nr = tile.tile(on: target.isa)!.nr
    let depth = values.depth == 0 ? problem.channelsPerGroup : values.depth
    let passes = Double((problem.channelsPerGroup + depth - 1) / depth)
    // Outputs of every pass but the last are read again.
    let bytes = Double(problem.minimumBytes) + 2 * (passes - 1) * Double(problem.outputElements)
    let copies = values.packs == 1 ? 8 * Double(problem.inputElements) / Double(target.threads) : 0
    var cost = Cost.roofline(
      flops: tile.flops(problem, target), efficiency: tile.efficiency(on: target), bytes: bytes,
      workspaceBytes: target.threads * Int(Self.workerBytes(values, problem)),
      packedWeightsBytes: 4 * WeightPanels.elements(problem, width: nr), on: target)
    cost.seconds += copies / Cost.copyBytesPerSecond
    return cost
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try PointwiseBody(values, problem.withOneRowDimension, target, weights, bias)
  }
}

extension Problem {
  /// Whether outputs in order read every input in order.
  private var readsInOrder: Bool {
    [depth, height, width].allSatisfy { $0.stride == 1 && $0.before == 0 && $0.after == 0 }
  }

  /// Whether a tile's inputs lie in one piece, the next tile's behind them, and none are in L2 already.
  fileprivate func streamsInputs(_ values: PointwiseVariant.Values, on target: Target) -> Bool {
    let takesAll = values.depth == 0 || values.depth >= channels
    return readsInOrder && groups == 1 && takesAll && values.packs == 0 && 4 * inputElements > target.l2Bytes
  }

  /// The positions of all images as one axis where every position is read in order; else the problem itself.
  fileprivate var withOneRowDimension: Problem {
    let (positions, overflow) = batch.multipliedReportingOverflow(by: inputPositions)
    guard readsInOrder, !overflow else { return self }
    do throws(ProblemError) {
      let folded = try Problem(
        groups: groups, channels: channels, filters: filters, width: Axis(input: positions, kernel: 1), type: type,
        inputLayout: inputLayout, outputLayout: outputLayout, direction: direction, epilogue: epilogue)
      return folded.typeRejection == nil ? folded : self
    } catch {
      return self
    }
  }
}

private struct PointwiseBody: PlanBody {
  let outputs: PanelOutputs
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
  let kernel: MicrokernelFunction
  let gather: MicrokernelFunction
  let packedRows: ConstantTable<Int>?
  let pitch: Int
  let depth: Int
  let block: Int
  let prefetches: Bool
  /// Whether a tile's inputs are fetched from beyond L2 while the one before is computed.
  let streams: Bool
  let rowPieces: Int
  let panelPieces: Int
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes: Int
  var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

  init(
    _ values: PointwiseVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    let shape = values.tileValues.tile(on: target.isa)!
    outputs = try PanelOutputs(problem, shape, set, weights, bias)
    groups = LiveGroups(problem, tapPitch: 0, slack: shape.mr)
    tiles = groups.tiles(of: shape.mr)
    kernel = set.tile(shape)
    gather = set.function(ATROUS_KIND_GATHER_ROWS)
    depth = values.depth == 0 ? problem.channelsPerGroup : min(values.depth, problem.channelsPerGroup)
    block = values.block == 0 ? tiles.count : min(values.block, tiles.count)
    pitch = PointwiseVariant.pitch(values, problem)
    let pitch = pitch
    packedRows = values.packs == 1 ? ConstantTable((0..<shape.mr).map { $0 * pitch }) : nil
    workerBytes = values.packs == 1 ? 4 * block * shape.mr * pitch : 0
    prefetches = outputs.weights.groupElements * 4 > target.l2Bytes
    streams = problem.streamsInputs(values, on: target)
    let units = problem.batch * problem.groups
    rowPieces = target.pieces(units: units, limit: (tiles.count + block - 1) / block)
    panelPieces = target.pieces(units: units * rowPieces, limit: outputs.panelCount)
    stages = [units * rowPieces * panelPieces]
  }

  /// A part is a range of the tiles and a range of the panels of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (rows, panelPiece) = part.quotientAndRemainder(dividingBy: panelPieces)
    let (unit, index) = rows.quotientAndRemainder(dividingBy: rowPieces)
    let (image, group) = unit.quotientAndRemainder(dividingBy: outputs.problem.groups)
    let range = piece(index, of: rowPieces, count: tiles.count)
    let panels = piece(panelPiece, of: panelPieces, count: outputs.panelCount)
    let input = outputs.input(image: image, group: group, tensors)
    let channels = outputs.problem.channelsPerGroup
    for first in stride(from: range.lowerBound, to: range.upperBound, by: block) {
      let block = first..<min(first + block, range.upperBound)
      for channel in stride(from: 0, to: channels, by: depth) {
        let slice = channel..<min(channel + depth, channels)
        if packedRows != nil { pack(block, input + channel, slice.count, scratch) }
        var readsFirst = true
        outputs.forEachPanel(panels, image: image, group: group, tensors) {
          runPanel(block, slice, input, scratch, readsFirst: readsFirst, &$0, $1)
          readsFirst = false
        }
      }
    }
  }

  /// The rows of every tile of a block, one after the other.
  private func pack(_ block: Range<Int>, _ input: UnsafePointer<Float>, _ channels: Int, _ scratch: Scratch) {
    let packed = scratch.worker.assumingMemoryBound(to: Float.self)
    for index in block where groups.groups[tiles[index].group].tapCount > 0 {
      var arguments = atrous_gather_rows_args(
        source: input, offsets: groups.inputOffsets.pointer + tiles[index].first,
        destination: packed + (index - block.lowerBound) * outputs.shape.mr * pitch, destination_pitch: pitch,
        rows: outputs.shape.mr, channels: channels)
      call(gather, &arguments)
    }
  }

  private func runPanel(
    _ block: Range<Int>, _ slice: Range<Int>, _ input: UnsafePointer<Float>, _ scratch: Scratch, readsFirst: Bool,
    _ arguments: inout atrous_tile_args, _ epilogue: UnsafePointer<atrous_epilogue>
  ) {
    let shape = outputs.shape
    let ahead = arguments.b + outputs.weights.panelElements + slice.lowerBound * shape.nr
    arguments.a = input + slice.lowerBound
    arguments.b += slice.lowerBound * shape.nr
    arguments.k = slice.count
    arguments.shallow_taps = 0
    arguments.accumulate = slice.lowerBound > 0 ? 1 : 0
    arguments.epilogue = slice.upperBound == outputs.problem.channelsPerGroup ? epilogue : nil
    let packed = UnsafePointer(scratch.worker.assumingMemoryBound(to: Float.self))
    for index in block {
      groups.point(&arguments, at: tiles[index])
      if let packedRows {
        arguments.a = packed + (index - block.lowerBound) * shape.mr * pitch
        arguments.a_rows = packedRows.pointer
      }
      if streams && readsFirst {
        // The next tile's inputs: a row a channel, `mr` floats.
        let next = index + 1 < tiles.count ? groups.inputOffsets.pointer[tiles[index + 1].first] : nil
        arguments.fetch(next.map { arguments.a + $0 }, pace: shape.mr)
      } else {
        // The next panel's slice.
        let fetched = (index - block.lowerBound) * slice.count * atrous_tile_args.lineFloats
        arguments.fetchWeights(prefetches && fetched < slice.count * shape.nr ? ahead + fetched : nil)
      }
      call(kernel, &arguments)
    }
  }
}
