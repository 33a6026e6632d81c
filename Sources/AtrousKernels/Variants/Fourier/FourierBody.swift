// y = F⁻¹[ Σ_c F[x] · conj F[w] ], a block of tiles at a time: transform, products, transform back.
// Register budget: see FourierPass.swift for the transforms, Tile.swift for the products.

import AtrousCore
import CAtrousMicrokernel

/// V[frequency][real, imaginary, −imaginary][tile][channel] and M[frequency][real, imaginary][panel][tile][nr] of one block
/// of tiles and one group. A cache line more between tiles and between planes keeps them out of the same sets.
struct FourierArena: Sendable {
  let tileStride: Int
  let inputPlane: Int
  let panelStride: Int
  let outputPlane: Int
  let inputElements: Int
  let elements: Int

  init(_ problem: Problem, frequencies: Int, capacity: Int, panels: Int, nr: Int, lanes: Int) {
    let line = 16
    tileStride = roundedUp(problem.channelsPerGroup, to: max(line, 2 * lanes)) + line
    inputPlane = capacity * tileStride + line
    panelStride = capacity * nr
    outputPlane = panels * panelStride + line
    inputElements = roundedUp(3 * frequencies * inputPlane, to: line)
    elements = inputElements + roundedUp(2 * frequencies * outputPlane, to: line)
  }
}

/// A plan: block after block of tiles, the input transform, one complex product a frequency, the output transform. Each is a
/// stage; threads share the tiles of a transform, and the frequencies and panels of the products.
struct FourierBody: PlanBody {
  let problem: Problem
  let plane: WinogradPlane
  let grid: FourierGrid
  let tiles: WinogradTiles
  let ranges: [Range<Int>]
  let filters: FourierFilters
  let arena: FourierArena
  let outputs: TileOutputs
  let shape: TileShape
  let input: MicrokernelFunction
  let product: MicrokernelFunction
  let output: MicrokernelFunction
  /// Offsets of a block's tiles in V, then in M, to whole register tiles.
  let rows: ConstantTable<Int>
  let taps: [ChunkTaps]
  let panelPieces: Int
  let stages: [Int]
  let sharedBytes: Int
  let workerBytes: Int

  /// The taps of the real part, V·U′ − V′·U′′, and of the imaginary, V′·U′ + V·U′′, of one chunk, from V's real plane.
  struct ChunkTaps: Sendable {
    let real: ConstantTable<atrous_tap>
    let imaginary: ConstantTable<atrous_tap>
    let depth: Int
  }

  var packedWeightsBytes: Int { filters.buffer.bytes }

  /// Tiles whose products follow each other with one panel: 96 rows of 128 channels are two planes of 48 KiB in L2.
  private static let rowBlock = 96

  init(
    _ grid: FourierGrid, _ tiles: WinogradTiles, blockTiles: Int, _ shape: TileShape, _ problem: Problem,
    _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    self.grid = grid
    self.tiles = tiles
    self.shape = shape
    plane = WinogradPlane(problem)
    let count = blockTiles == 0 ? 1 : (tiles.count + blockTiles - 1) / blockTiles
    ranges = (0..<count).map { piece($0, of: count, count: tiles.count) }
    filters = try FourierFilters(weights, problem, grid, nr: shape.nr, set)
    let capacity = ranges.map(\.count).max()!
    arena = FourierArena(
      problem, frequencies: grid.frequencies, capacity: capacity, panels: filters.panels, nr: shape.nr,
      lanes: target.isa.lanes)
    outputs = try TileOutputs(problem, plane, tiles, bias: bias, slack: shape.nr)
    input = set.function(ATROUS_KIND_FOURIER_INPUT)
    product = set.tile(shape)
    output = set.function(ATROUS_KIND_FOURIER_OUTPUT)
    let slots = (0..<roundedUp(capacity, to: shape.mr)).map { min($0, capacity - 1) }
    rows = ConstantTable(slots.map { [arena] in $0 * arena.tileStride } + slots.map { $0 * shape.nr })
    taps = filters.chunks.map { [arena] in Self.taps($0, arena, nr: shape.nr) }
    panelPieces = target.pieces(units: max(1, problem.groups * grid.frequencies / 4), limit: filters.panels)
    let products = problem.groups * grid.frequencies * panelPieces
    stages = ranges.flatMap { range in
      let transforms = problem.groups * target.pieces(units: problem.groups, limit: range.count)
      return [transforms, products, transforms]
    }
    sharedBytes = problem.groups * arena.elements * 4
    workerBytes = grid.rows * grid.columns * 2 * target.isa.lanes * 4
  }

  private static func taps(_ chunk: FourierFilters.Chunk, _ arena: FourierArena, nr: Int) -> ChunkTaps {
    let depth =
      chunk.depth <= FourierFilters.tapDepth || chunk.channels == chunk.depth && chunk.first == 0
      ? chunk.depth : FourierFilters.tapDepth
    func taps(_ first: Int, _ second: Int) -> ConstantTable<atrous_tap> {
      ConstantTable(
        [(first, 0), (second, chunk.depth * nr)].flatMap { plane, panel in
          stride(from: 0, to: chunk.depth, by: depth).map {
            atrous_tap(a: plane * arena.inputPlane + chunk.first + $0, b: panel + $0 * nr)
          }
        })
    }
    return ChunkTaps(real: taps(0, 2), imaginary: taps(1, 0), depth: depth)
  }

  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (block, step) = stage.quotientAndRemainder(dividingBy: 3)
    let units = stages[stage] / problem.groups
    let (group, unit) = part.quotientAndRemainder(dividingBy: units)
    let v = scratch.shared.assumingMemoryBound(to: Float.self) + group * arena.elements
    let transforms = scratch.worker.assumingMemoryBound(to: Float.self)
    if step == 1 {
      let (frequency, index) = unit.quotientAndRemainder(dividingBy: panelPieces)
      multiply(
        frequency, piece(index, of: panelPieces, count: filters.panels), ranges[block].count, group, v)
      return
    }
    let slots = piece(unit, of: units, count: ranges[block].count)
    let first = ranges[block].lowerBound
    if step == 0 {
      transformInput(slots, first, group, v, tensors, transforms)
    } else {
      transformOutput(slots, first, group, v, tensors, transforms)
    }
  }

  private func transformInput(
    _ slots: Range<Int>, _ first: Int, _ group: Int, _ v: UnsafeMutablePointer<Float>, _ tensors: Tensors,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    var arguments = atrous_fourier_input_args(
      grid: grid.grid.pointer,
      x: tensors.input.assumingMemoryBound(to: Float.self) + group * problem.channelsPerGroup,
      tiles: tiles.pointer + first + slots.lowerBound, tile_count: slots.count, row_stride: plane.rowStride.input,
      column_stride: plane.columnStride.input, channels: problem.channelsPerGroup,
      depth: FourierFilters.depth(problem),
      v: v + slots.lowerBound * arena.tileStride, frequency_stride: 3 * arena.inputPlane,
      plane_stride: arena.inputPlane, tile_stride: arena.tileStride, scratch: scratch)
    call(input, &arguments)
  }

  /// M[f] = V[f] · U[f], complex: real and imaginary rows meet a panel one after the other, while it is in L1.
  private func multiply(
    _ frequency: Int, _ panels: Range<Int>, _ count: Int, _ group: Int, _ v: UnsafeMutablePointer<Float>
  ) {
    let m = v + arena.inputElements + frequency * 2 * arena.outputPlane
    let slots = rows.count / 2
    let isReal = grid.isReal[frequency]
    var arguments = atrous_tile_args()
    arguments.a = UnsafePointer(v + frequency * 3 * arena.inputPlane)
    arguments.b_stride = shape.nr
    arguments.n = shape.nr
    let step = Self.rowBlock / shape.mr * shape.mr
    for start in stride(from: 0, to: count, by: step) {
      for (chunk, taps) in zip(filters.chunks, self.taps) {
        arguments.k = taps.depth
        arguments.k_last = taps.depth
        arguments.accumulate = chunk.first > 0 ? 1 : 0
        let panelElements = 2 * chunk.depth * shape.nr
        arguments.b = filters.panels(group: group, frequency: frequency, chunk) + panels.lowerBound * panelElements
        for panel in panels {
          let c = m + panel * arena.panelStride
          var ahead = arguments.b + panelElements
          let end = ahead + panelElements
          for row in stride(from: start, to: min(start + step, count), by: shape.mr) {
            arguments.a_rows = rows.pointer + row
            arguments.c_rows = rows.pointer + slots + row
            arguments.m = min(shape.mr, count - row)
            arguments.c = c
            arguments.taps = taps.real.pointer
            arguments.tap_count = isReal ? taps.real.count / 2 : taps.real.count
            arguments.fetchWeights(ahead < end ? ahead : nil)
            ahead += arguments.tap_count * taps.depth * atrous_tile_args.lineFloats
            call(product, &arguments)
            if isReal { continue }
            arguments.c = c + arena.outputPlane
            arguments.taps = taps.imaginary.pointer
            arguments.fetchWeights(ahead < end ? ahead : nil)
            ahead += arguments.tap_count * taps.depth * atrous_tile_args.lineFloats
            call(product, &arguments)
          }
          arguments.b += panelElements
        }
      }
    }
  }

  private func transformOutput(
    _ slots: Range<Int>, _ first: Int, _ group: Int, _ v: UnsafeMutablePointer<Float>, _ tensors: Tensors,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let range = first + slots.lowerBound..<first + slots.upperBound
    outputs.with(range, group: group, tensors, scratch: scratch) { outputs in
      outputs.m = UnsafePointer(v + arena.inputElements + slots.lowerBound * shape.nr)
      outputs.xi_row_stride = 2 * arena.outputPlane
      outputs.xi_stride = arena.outputPlane
      outputs.panel_stride = arena.panelStride
      outputs.nr = shape.nr
      withUnsafePointer(to: outputs) {
        var arguments = atrous_fourier_output_args(grid: grid.grid.pointer, output: $0)
        call(output, &arguments)
      }
    }
  }
}
