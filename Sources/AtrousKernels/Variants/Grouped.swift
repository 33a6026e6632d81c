// y[o][g][k] = epilogue( Σ_t Σ_c x[o·stride + t·dilation − before][g][c] · w[g][k][c][t] ), the lanes of a vector being groups.
//
// With few channels a group neither they nor the filters fill a vector, but the groups do. The input is transposed once to
// [pixel][block of groups][c][lane] (one channel a group is that already), sums are transposed back with the epilogue.
// Register budget: see Grouped.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// Groups of at most 16 channels and 16 filters, depthwise with any multiplier: NHWC, any rank, stride and dilation.
struct GroupedVariant: KernelVariant {
  struct Values: Tunables {
    var pixels = 6
    var filters = 2

    static var parameters: [Parameter<Values>] {
      [
        Parameter("mr", \.pixels, 1...64, "output pixels of the register tile; more reuse each weight more often"),
        Parameter(
          "nf", \.filters, 1...16,
          "filters of a group in the register tile; more reuse each input more often, but idle past the group's last"),
      ]
    }
  }

  static let most = 16

  let id: VariantID = "grouped"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if problem.groups == 1 { return Rejection(.unsupported, "takes several groups, not one") }
    if max(problem.channelsPerGroup, problem.filtersPerGroup) > Self.most {
      return Rejection(
        .unsupported,
        "takes groups of at most \(Self.most) channels and filters, not \(problem.channelsPerGroup) and "
          + "\(problem.filtersPerGroup)")
    }
    return Problem.memoryRejection("the lanes", Double(GroupBlocks(problem, lanes: target.isa.lanes).inputBytes))
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    MicrokernelSet.groupedTiles(of: target.isa).contains { $0 == (values.pixels, values.filters) }
      ? nil
      : Rejection(
        .configuration, "no register tile mr\(values.pixels) nf\(values.filters) on \(target.isa.rawValue)")
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let all = space(for: problem, on: target)
    return all.min { work($0, problem) < work($1, problem) }!
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    let tiles = MicrokernelSet.groupedTiles(of: target.isa).map { Values(pixels: $0.0, filters: $0.1) }
    let fitting = tiles.filter { $0.filters < 2 * problem.filtersPerGroup }
    return fitting.isEmpty ? tiles : fitting
  }

  /// Filters computed for one that is asked for, weighted by the loads of the register tile.
  private func work(_ values: Values, _ problem: Problem) -> Double {
    let (pixels, filters) = (Double(values.pixels), Double(values.filters))
    let computed = (problem.filtersPerGroup + values.filters - 1) / values.filters * values.filters
    return Double(computed) / Double(problem.filtersPerGroup) * max(1, (pixels + filters) / (pixels * filters))
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let blocks = GroupBlocks(problem, lanes: target.isa.lanes)
    let lanes = Double(blocks.count * blocks.lanes) / Double(problem.groups)
    let copied = Double(blocks.inputBytes)
    // One channel a group leaves each input one use: 0.04 to 0.06 of the peak of a Zen 3 core (256 to 2048, 3×3).
    var cost = Cost.roofline(
      flops: Double(problem.usefulFLOPs) * lanes * work(values, problem),
      efficiency: problem.channelsPerGroup == 1 ? 0.06 : 0.7,
      bytes: Double(problem.minimumBytes) + copied,
      workspaceBytes: blocks.inputBytes + target.threads * blocks.workerBytes(values),
      packedWeightsBytes: 4 * blocks.weightElements(values), on: target)
    // Both are transposed near the core, so that one side of each copy costs next to nothing.
    let outputs = problem.filtersPerGroup > 1 ? 4 * Double(problem.outputElements) : 0
    cost.seconds += (copied + outputs) / Cost.copyBytesPerSecond / Double(target.threads)
    return cost
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try GroupedBody(values, problem, target, weights, bias)
  }
}

extension MicrokernelSet {
  /// Pixels and filters of the register tiles whose lanes are groups, as far as they fit the registers: accumulators,
  /// weights and an input; on the baseline a product too.
  fileprivate static func groupedTiles(of isa: InstructionSet) -> [(Int, Int)] {
    let others = isa == .baseline ? 2 : 1
    return of(.baseline).list.filter {
      $0.kind == ATROUS_KIND_GROUPED && $0.rows * $0.columns + $0.columns + others <= 16
    }.map { ($0.rows, $0.columns) }
  }
}

/// The groups of a problem cut into blocks of as many as there are lanes.
private struct GroupBlocks: Sendable {
  let problem: Problem
  let lanes: Int
  /// Whether the input is read in place: then the last block ends at the last group and overlaps its neighbour.
  let isInPlace: Bool
  let count: Int

  init(_ problem: Problem, lanes: Int) {
    self.problem = problem
    self.lanes = lanes
    let groups = problem.groups
    isInPlace = problem.channelsPerGroup == 1 && groups >= lanes
    count = (groups + lanes - 1) / lanes
  }

  /// The first group of a block.
  func start(of block: Int) -> Int { isInPlace ? min(block * lanes, problem.groups - lanes) : block * lanes }
  func groups(of block: Int) -> Int { min(lanes, problem.groups - start(of: block)) }

  /// Floats of one pixel as it is read.
  var pixelElements: Int { isInPlace ? problem.channels : count * lanes * problem.channelsPerGroup }
  var inputBytes: Int {
    isInPlace ? 0 : roundedToLine(4 * problem.batch * problem.inputPositions * pixelElements)
  }

  func filterTiles(_ values: GroupedVariant.Values) -> Int {
    (problem.filtersPerGroup + values.filters - 1) / values.filters
  }

  /// Floats of the weights of one tile of filters of a block; of all blocks.
  func tileElements(_ values: GroupedVariant.Values) -> Int {
    problem.taps * problem.channelsPerGroup * values.filters * lanes
  }
  func weightElements(_ values: GroupedVariant.Values) -> Int {
    count * filterTiles(values) * tileElements(values)
  }

  /// Floats of the sums of one pixel.
  func sumElements(_ values: GroupedVariant.Values) -> Int { filterTiles(values) * values.filters * lanes }

  /// The sums of a tile, and the outputs of one of its pixels.
  func workerBytes(_ values: GroupedVariant.Values) -> Int {
    4 * (values.pixels * sumElements(values) + problem.filtersPerGroup * lanes)
  }
}

private struct GroupedBody: PlanBody {
  let problem: Problem
  let values: GroupedVariant.Values
  let blocks: GroupBlocks
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
  let weights: PackedBuffer
  let bias: PackedBuffer?
  let kernel: MicrokernelFunction
  let groupLanes: MicrokernelFunction
  let pieces: Int
  let inputPieces: Int
  let stages: [Int]
  var sharedBytes: Int { blocks.inputBytes }
  var workerBytes: Int { blocks.workerBytes(values) }
  var packedWeightsBytes: Int { weights.bytes }

  init(
    _ values: GroupedVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    self.values = values
    blocks = GroupBlocks(problem, lanes: target.isa.lanes)
    groups = LiveGroups(
      problem, tapPitch: problem.channelsPerGroup * values.filters * target.isa.lanes, slack: values.pixels,
      byPhase: true, input: Strides(inputOf: problem, channels: blocks.pixelElements))
    tiles = groups.tiles(of: values.pixels)
    self.weights = try Self.pack(weights, blocks, values, set)
    self.bias = try packBias(bias, filters: problem.filters, slack: 0)
    kernel = set.function(ATROUS_KIND_GROUPED, rows: values.pixels, columns: values.filters)
    groupLanes = set.function(ATROUS_KIND_GROUP_LANES)
    pieces = target.pieces(units: problem.batch, limit: tiles.count)
    inputPieces = target.pieces(units: 1, limit: problem.batch * problem.inputPositions)
    stages = (blocks.isInPlace ? [] : [inputPieces]) + [problem.batch * pieces]
  }

  private static func pack(
    _ weights: RawSpan, _ blocks: GroupBlocks, _ values: GroupedVariant.Values, _ set: MicrokernelSet
  ) throws(PlanError) -> PackedBuffer {
    let problem = blocks.problem
    let packed = try PackedBuffer(Float.self, count: blocks.weightElements(values))
    let blockElements = blocks.filterTiles(values) * blocks.tileElements(values)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      for block in 0..<blocks.count {
        var arguments = atrous_pack_grouped_args(
          w: w + blocks.start(of: block) * problem.filtersPerGroup * problem.channelsPerGroup * problem.taps,
          groups: blocks.groups(of: block), filters: problem.filtersPerGroup, channels: problem.channelsPerGroup,
          taps: problem.taps, tile_filters: values.filters, panels: packed.floats + block * blockElements)
        call(set.function(ATROUS_KIND_PACK_GROUPED), &arguments)
      }
    }
    return packed
  }

  /// The first stage, where the input is not read in place, transposes it; a part of the last is a range of the tiles of
  /// one image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    if stage + 1 < stages.count { return transpose(part, tensors, scratch) }
    let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
    let range = piece(index, of: pieces, count: tiles.count)
    let input = blocks.isInPlace ? tensors.input : UnsafeRawPointer(scratch.shared)
    let offset = image * problem.outputPositions * problem.filters
    let sums = scratch.worker.assumingMemoryBound(to: Float.self)
    var epilogue = problem.epilogue.arguments
    epilogue.bias = bias.map { UnsafePointer($0.floats) }
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
    var arguments = atrous_grouped_args()
    arguments.x = input.assumingMemoryBound(to: Float.self) + image * problem.inputPositions * blocks.pixelElements
    arguments.w = UnsafePointer(weights.floats)
    arguments.w_tile = blocks.tileElements(values)
    arguments.groups = problem.groups
    arguments.channels = problem.channelsPerGroup
    arguments.filters = problem.filtersPerGroup
    arguments.overlaps = blocks.isInPlace ? 1 : 0
    arguments.sums = sums
    arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
    withUnsafePointer(to: epilogue) {
      arguments.epilogue = problem.epilogue == .none ? nil : $0
      for tile in tiles[range] {
        let live = groups.groups[tile.group]
        arguments.taps = groups.taps.pointer + live.firstTap
        arguments.tap_count = live.tapCount
        arguments.x_rows = groups.inputOffsets.pointer + tile.first
        arguments.y_rows = groups.outputOffsets.pointer + tile.first
        arguments.rows = tile.count
        call(kernel, &arguments)
      }
    }
  }

  private func transpose(_ part: Int, _ tensors: Tensors, _ scratch: Scratch) {
    let range = piece(part, of: inputPieces, count: problem.batch * problem.inputPositions)
    var arguments = atrous_group_lanes_args(
      x: tensors.input.assumingMemoryBound(to: Float.self) + range.lowerBound * problem.channels, pixels: range.count,
      groups: problem.groups, channels: problem.channelsPerGroup,
      lanes: scratch.shared.assumingMemoryBound(to: Float.self) + range.lowerBound * blocks.pixelElements)
    call(groupLanes, &arguments)
  }
}
