// y = Aᵀ [ Σ_c (G w Gᵀ) ⊙ (Bᵀ x B) ] A, a block of tiles at a time: transform, one GEMM a ξ, transform back.
// Register budget: see WinogradPass.swift for the transforms, Tile.swift for the GEMM.

import AtrousCore
import CAtrousMicrokernel

/// V[ξ][channel block of a span][tile][channel of the block] and M[ξ][panel][tile][nr] of one block of tiles and one group. Between two ξ lies a
/// cache line more, so that they do not fall into the same sets.
///
/// In place, M[ξ] lies where V[ξ − 1] was, which nothing reads any more: half of the memory, so that twice as many tiles
/// stay in L2. Only a block that one worker takes through all points, with all channels in one span, can do so.
struct WinogradArena: Sendable {
  /// Channels of a block. Wide blocks spare the transforms and the GEMM steps where channels are few (21→21 64×64 d8 and
  /// 64→64 96×128 d2: 4 % on a Zen 3 core); where they are many, a block is two vectors (one of 16 lanes against two, on a
  /// Zen 5 core by turns: 128→128 100×168 d3 6.64 → 6.25 ms, 512→512 33×33 d2 7.8 → 7.5 ms, 2048→256 d18 12.2 → 11.7 ms).
  let block: Int
  let blockStride: Int
  let inputPointStride: Int
  let panelStride: Int
  let outputPointStride: Int
  /// Where V and M begin.
  let input: Int
  let output: Int
  /// Floats of V and M, M's start on a line of its own.
  let elements: Int

  init(block: Int, points: Int, capacity: Int, filters: WinogradFilters, inPlace: Bool) {
    let line = 16
    self.block = block
    blockStride = capacity * block
    panelStride = capacity * filters.nr
    let channels = filters.spans.map(\.depth).max()!
    let inputStride = (channels + block - 1) / block * blockStride + line
    let outputStride = filters.panels * panelStride + line
    if inPlace {
      inputPointStride = max(inputStride, outputStride)
      outputPointStride = inputPointStride
      (input, output) = (inputPointStride, 0)
      elements = (points + 1) * inputPointStride
    } else {
      (inputPointStride, outputPointStride) = (inputStride, outputStride)
      (input, output) = (0, points * inputStride)
      elements = points * (inputStride + outputStride)
    }
  }

  static func block(_ problem: Problem, lanes: Int) -> Int {
    problem.channelsPerGroup > 64 ? max(16, 2 * lanes) : 32
  }
}

/// A plan: per block of tiles and span of channels the input transform and one GEMM a ξ, then the output transform. A part is
/// a block of tiles; but with one block for all tiles and several threads these are stages, so that every transformed
/// weight is read once and the threads share the points.
struct WinogradBody: PlanBody {
  let problem: Problem
  let plane: WinogradPlane
  let points: WinogradPoints
  let tiles: WinogradTiles
  let blocks: WinogradBlocks
  let filters: WinogradFilters
  let arena: WinogradArena
  let outputs: TileOutputs
  let shape: TileShape
  let input: MicrokernelFunction
  let tile: MicrokernelFunction
  let output: MicrokernelFunction
  let taps: PackedBuffer
  /// See WinogradInput.swift: along two axes, where the image is over four times L2.
  let fetchesPatches: Bool
  /// Rows of V a panel of weights stays with, whole register tiles of 192: of 256 channels they are 192 KiB of L2.
  let rowBlock: Int
  /// Parts the panels of a ξ are cut into where all tiles are one block.
  let panelPieces: Int
  let stages: [Int]
  let sharedBytes: Int
  let workerBytes: Int

  private static let scratchBytes = Int(ATROUS_WINOGRAD_SCRATCH) * 4

  var packedWeightsBytes: Int { filters.buffer.bytes }

  /// - Parameters:
  ///   - blockTiles: most tiles of a block; 0 for all.
  ///   - spanChannels: most channels of a span; 0 for all.
  ///   - lastTaps: the channels that have last taps; nil where all have.
  init(
    _ tiles: WinogradTiles, blockTiles: Int, spanChannels: Int, _ shape: TileShape, _ problem: Problem,
    _ target: Target, _ weights: RawSpan, _ bias: RawSpan?, lastTaps: LastTaps? = nil
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    self.shape = shape
    self.tiles = tiles
    plane = WinogradPlane(problem)
    points = WinogradPoints(tiles, plane)
    let count = WinogradBlocks.count(of: tiles.count, most: blockTiles, problem, on: target)
    let channelBlock = WinogradArena.block(problem, lanes: target.isa.lanes)
    blocks = try WinogradBlocks(
      tiles, blocks: count, points: points, channelBlock: channelBlock, mr: shape.mr, nr: shape.nr)
    filters = try WinogradFilters(
      weights, problem, points: points, channelBlock: channelBlock, spanChannels: spanChannels, nr: shape.nr,
      lastTaps: plane.isTransposed ? lastTaps?.transposed : lastTaps, set)
    let sharesPoints = WinogradBlocks.sharesPoints(count, on: target)
    arena = WinogradArena(
      block: channelBlock, points: points.count, capacity: blocks.capacity, filters: filters,
      inPlace: !sharesPoints && filters.spans.count == 1)
    outputs = try TileOutputs(problem, plane, tiles, bias: bias, slack: shape.nr)
    input = set.function(ATROUS_KIND_WINOGRAD_INPUT)
    let imageBytes = 4 * problem.inputElements
    fetchesPatches = !plane.hasOneAxis && imageBytes > 4 * target.l2Bytes
    tile = set.tile(shape)
    output = set.function(ATROUS_KIND_WINOGRAD_OUTPUT)
    taps = try Self.taps(arena, nr: shape.nr, chunks: filters.spans.flatMap(\.chunks))
    rowBlock = 192 / shape.mr * shape.mr
    // Points differ in their rows: 16 parts a thread even that out.
    panelPieces = target.pieces(units: max(1, problem.groups * points.count / 4), limit: filters.panels)
    if sharesPoints {
      let transforms = problem.groups * target.pieces(units: problem.groups, limit: tiles.count)
      let products = problem.groups * points.count * panelPieces
      stages = filters.spans.flatMap { _ in [transforms, products] } + [transforms]
      sharedBytes = problem.groups * arena.elements * 4
      workerBytes = Self.scratchBytes
    } else {
      stages = [problem.groups * count]
      sharedBytes = 0
      workerBytes = arena.elements * 4 + Self.scratchBytes
    }
  }

  /// One tap a channel block.
  private static func taps(
    _ arena: WinogradArena, nr: Int, chunks: [WinogradFilters.Chunk]
  ) throws(PlanError) -> PackedBuffer {
    let count = chunks.map { ($0.depth + arena.block - 1) / arena.block }.max()!
    let taps = try PackedBuffer(atrous_tap.self, count: count)
    for tap in 0..<count {
      taps.base.assumingMemoryBound(to: atrous_tap.self)[tap] = atrous_tap(
        a: tap * arena.blockStride, b: tap * arena.block * nr)
    }
    return taps
  }

  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let transforms = scratch.worker.assumingMemoryBound(to: Float.self)
    if stages.count == 1 {
      let (group, block) = part.quotientAndRemainder(dividingBy: blocks.ranges.count)
      let v = transforms + Self.scratchBytes / 4
      let range = blocks.ranges[block]
      for span in filters.spans.indices {
        transformInput(range, at: 0, filters.spans[span], group, v, tensors, transforms)
        for point in 0..<points.count { multiply(point, 0..<filters.panels, span, block, group, v) }
      }
      transformOutput(range, at: 0, group, v, tensors, transforms)
      return
    }
    let units = stages[stage] / problem.groups
    let (group, unit) = part.quotientAndRemainder(dividingBy: units)
    let v = scratch.shared.assumingMemoryBound(to: Float.self) + group * arena.elements
    if stage < 2 * filters.spans.count && stage % 2 == 1 {
      let (point, index) = unit.quotientAndRemainder(dividingBy: panelPieces)
      let panels = piece(index, of: panelPieces, count: filters.panels)
      multiply(point, panels, stage / 2, 0, group, v)
      return
    }
    let range = piece(unit, of: units, count: tiles.count)
    if stage < 2 * filters.spans.count {
      transformInput(range, at: range.lowerBound, filters.spans[stage / 2], group, v, tensors, transforms)
    } else {
      transformOutput(range, at: range.lowerBound, group, v, tensors, transforms)
    }
  }

  private func transformInput(
    _ range: Range<Int>, at slot: Int, _ span: WinogradFilters.Span, _ group: Int, _ v: UnsafeMutablePointer<Float>,
    _ tensors: Tensors, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let x = tensors.input.assumingMemoryBound(to: Float.self)
    var arguments = atrous_winograd_input_args(
      x: x + group * problem.channelsPerGroup + span.first, x_end: x + problem.inputElements,
      tiles: tiles.pointer + range.lowerBound,
      tile_count: range.count, row_taps: points.rowTaps, column_taps: points.columnTaps,
      row_stride: plane.rowStride.input, column_stride: plane.columnStride.input, channels: span.depth,
      v: v + arena.input + slot * arena.block, xi_row_stride: points.columns * arena.inputPointStride,
      xi_stride: arena.inputPointStride, block_stride: arena.blockStride, block: arena.block,
      scratch: scratch, fetches: fetchesPatches ? 1 : 0)
    call(input, &arguments)
  }

  /// M[ξ] += V[ξ] · U[ξ]: a chunk of channels at a time, its panels once for every block of rows.
  private func multiply(
    _ point: Int, _ panels: Range<Int>, _ span: Int, _ block: Int, _ group: Int, _ v: UnsafeMutablePointer<Float>
  ) {
    let rows = blocks.rows(block: block, point: point)
    let products = filters.products(span: span, point: point)
    let a = UnsafePointer(v + arena.input + point * arena.inputPointStride)
    let b = filters.weights(group: group)
    let c = v + arena.output + point * arena.outputPointStride
    var arguments = atrous_tile_args()
    arguments.b_stride = shape.nr
    arguments.taps = UnsafePointer(taps.base.assumingMemoryBound(to: atrous_tap.self))
    arguments.k = arena.block
    arguments.n = shape.nr
    arguments.shallow_taps = 1
    var start = 0
    while start < rows.count {
      let end = min(start + rowBlock, rows.count)
      for product in products {
        arguments.a = a + product.firstBlock * arena.blockStride
        arguments.b = b + product.weights + panels.lowerBound * product.panelStride
        arguments.tap_count = product.blocks
        arguments.k_last = product.lastDepth
        arguments.accumulate = product.accumulates ? 1 : 0
        for panel in panels {
          arguments.c = c + panel * arena.panelStride
          // The next panel lies behind this one, be it of the next chunk or point.
          var ahead = arguments.b + product.panelStride
          let last = ahead + product.depth * shape.nr
          var row = start
          while row < end {
            arguments.a_rows = rows.input + row
            arguments.c_rows = rows.output + row
            arguments.m = min(shape.mr, rows.count - row)
            arguments.fetchWeights(ahead < last ? ahead : nil)
            ahead += product.depth * atrous_tile_args.lineFloats
            call(tile, &arguments)
            row += shape.mr
          }
          arguments.b += product.panelStride
        }
      }
      start = end
    }
  }

  private func transformOutput(
    _ range: Range<Int>, at slot: Int, _ group: Int, _ v: UnsafeMutablePointer<Float>, _ tensors: Tensors,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    outputs.with(range, group: group, tensors, scratch: scratch) { arguments in
      arguments.m = UnsafePointer(v + arena.output + slot * shape.nr)
      arguments.xi_row_stride = points.columns * arena.outputPointStride
      arguments.xi_stride = arena.outputPointStride
      arguments.panel_stride = arena.panelStride
      arguments.nr = shape.nr
      arguments.row_taps = points.rowTaps
      arguments.column_taps = points.columnTaps
      call(output, &arguments)
    }
  }
}
