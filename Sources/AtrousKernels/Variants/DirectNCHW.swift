// y[k][p][q] = epilogue( Σ_{r,s} Σ_c w[k][r,s][c] · x[c][p·sh + r·dh − top][q·sw + s·dw − left] ), along the width.
//
// Rows of the register tile are output channels, whose weights are broadcast; columns are neighbouring output pixels,
// vectors of zero-padded input rows. Padded rows are skipped, padded columns multiplied. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Direct convolution along the width: NCHW, any rank, stride, dilation and grouping.
struct DirectNCHWVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var columns = 0
    var filterTiles = 1
    var sharing = Sharing()

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "output channels", reusing: "input"),
        .tileVectors(\.vectors, "output columns", reusing: "weight"),
        Parameter(
          "wb", \.columns, 0...1_048_576,
          "output columns a block; fewer keep rows near, but the halo is packed more often; 0 is all"),
        Parameter(
          "kb", \.filterTiles, 0...65536,
          "register tiles of filters a row; more re-read weights, fewer re-read inputs; 0 is all"),
        .sharedAxis(\.sharing.axis), .sharedParts(\.sharing.parts),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "direct-nchw"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.typeRejection ?? problem.layoutRejection(.nchw)
      ?? rejection(of: initial(for: problem, on: target), for: problem, on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if let rejection = values.tileValues.rejection(on: target) { return rejection }
    let rows = rows(values, problem, values.tileValues.tile(on: target.isa)!)
    return Problem.memoryRejection("the padded rows", rows.expectedBytes)
  }

  private func rows(_ values: Values, _ problem: Problem, _ tile: TileShape) -> PaddedRows {
    PaddedRows(problem, columns: values.columns == 0 ? problem.width.output : values.columns, nr: tile.nr)
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let tiles = MicrokernelSet.tiles(of: target.isa)
    let best = tiles.min { waste($0, problem) < waste($1, problem) }!
    var values = Values(mr: best.mr, vectors: best.vectors, columns: columnBlocks(problem, best, target).first!)
    // One row, along one axis, is not shared by its positions.
    if problem.batch * problem.groups * problem.depth.output * problem.height.output < target.threads {
      values.sharing.axis = 1
    }
    return values
  }

  /// Products computed for one that is asked for, weighted by how far the tile's shape is from the ideal.
  private func waste(_ tile: TileShape, _ problem: Problem) -> Double {
    func rounded(_ count: Int, _ size: Int) -> Double { Double((count + size - 1) / size * size) / Double(count) }
    let loads = Double(tile.mr + tile.vectors) / Double(tile.mr * tile.vectors)
    return rounded(problem.filtersPerGroup, tile.mr) * rounded(problem.width.output, tile.nr) * max(1, 1.5 * loads)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space: [Values] = []
    for tile in MicrokernelSet.tiles(of: target.isa) where tile.mr < 2 * problem.filtersPerGroup {
      let filterBytes = tile.mr * problem.channelsPerGroup * problem.taps * 4
      let filterTiles = (problem.filtersPerGroup + tile.mr - 1) / tile.mr
      let fitting = max(1, target.l2Bytes / 2 / filterBytes)
      for columns in columnBlocks(problem, tile, target) {
        for count in Set([1, fitting >= filterTiles ? 0 : fitting]).sorted() {
          for sharing in Sharing.all(on: target) {
            space.append(
              Values(mr: tile.mr, vectors: tile.vectors, columns: columns, filterTiles: count, sharing: sharing))
          }
        }
      }
    }
    let first = initial(for: problem, on: target)
    let others = space.filter { $0 != first && rejection(of: $0, for: problem, on: target) == nil }
    return [first] + others
  }

  /// Blocks of columns whose rows, of all taps and channels, fit L2, and half of it; all columns where they fit.
  private func columnBlocks(_ problem: Problem, _ tile: TileShape, _ target: Target) -> [Int] {
    let column =
      4 * Double(problem.channelsPerGroup * problem.depth.kernel * problem.height.kernel) * Double(problem.width.stride)
    return Set(
      [target.l2Bytes, target.l2Bytes / 2].map { bytes in
        let fitting = max(Int(Double(bytes) / column) - problem.width.span, 8 * tile.nr) / tile.nr * tile.nr
        return fitting >= problem.width.output ? 0 : fitting
      }
    ).sorted()
  }

  /// Of the FMA peak, in NCHW on one Zen 3 core (20 rounds beside other work): 21→21 64×64 d2 0.62, 64→64 96×128 d2 0.61,
  /// 64→128 two taps 0.68; the best of sweeps from NHWC 0.55 to 0.84.
  private static let efficiency = 0.7

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues.tile(on: target.isa)!
    let rows = rows(values, problem, tile)
    let live = problem.depth.liveTapCount * problem.height.liveTapCount * problem.width.kernel
    let flops =
      2 * Double(problem.batch * problem.filters * problem.channelsPerGroup) * Double(live * problem.width.output)
    let loads = Double(tile.vectors + tile.mr) / Double(tile.vectors * tile.mr)
    return Cost.roofline(
      flops: flops * waste(tile, problem) / max(1, 1.5 * loads), efficiency: Self.efficiency / max(1, loads),
      bytes: Double(problem.minimumBytes + 8 * rows.elements), workspaceBytes: 4 * rows.elements,
      packedWeightsBytes: 4 * problem.weightElements, on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let tile = values.tileValues.tile(on: target.isa)!
    return try DirectNCHWBody(values, tile, rows(values, problem, tile), target, weights, bias)
  }
}

/// Output rows with the same live taps above each other.
private struct RowGroup {
  let firstTap: Int
  let tapCount: Int
}

private struct DirectNCHWBody: PlanBody {
  let problem: Problem
  let shape: TileShape
  let rows: PaddedRows
  let filterTiles: Int
  let filters: FilterRows
  let tile: MicrokernelFunction
  let packRow: MicrokernelFunction
  let taps: ConstantTable<atrous_tap>
  let groups: [RowGroup]
  /// The group of every output row.
  let groupOfRow: [Int]
  let shares: SharedOutputs
  let stages: [Int]
  var sharedBytes: Int { rows.elements * 4 + 64 }
  let workerBytes = 0
  var packedWeightsBytes: Int { filters.weights.bytes }

  init(
    _ values: DirectNCHWVariant.Values, _ shape: TileShape, _ rows: PaddedRows, _ target: Target, _ weights: RawSpan,
    _ bias: RawSpan?
  ) throws(PlanError) {
    let problem = rows.problem
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    self.shape = shape
    self.rows = rows
    filterTiles = values.filterTiles == 0 ? problem.filtersPerGroup : values.filterTiles
    filters = try FilterRows(problem, mr: shape.mr, set, weights, bias)
    tile = set.tile(shape)
    packRow = set.function(ATROUS_KIND_PACK_ROW)

    var taps: [atrous_tap] = []
    var groups: [RowGroup] = []
    var groupOfRow = Array(repeating: 0, count: problem.depth.output * problem.height.output)
    for depth in problem.depth.runs {
      for height in problem.height.runs {
        let first = taps.count
        taps += Self.taps(depth.taps, height.taps, rows)
        for z in depth.positions {
          for p in height.positions { groupOfRow[z * problem.height.output + p] = groups.count }
        }
        groups.append(RowGroup(firstTap: first, tapCount: taps.count - first))
      }
    }
    self.taps = ConstantTable(taps)
    self.groups = groups
    self.groupOfRow = groupOfRow

    shares = SharedOutputs(
      values.sharing, units: problem.batch * rows.blocks * problem.groups, positions: groupOfRow.count,
      filters: filters.tiles, on: target)
    stages = [problem.batch * rows.blocks * rows.rows, shares.parts]
  }

  private static func taps(_ depth: Range<Int>, _ height: Range<Int>, _ rows: PaddedRows) -> [atrous_tap] {
    let problem = rows.problem
    var taps: [atrous_tap] = []
    for t in depth {
      for r in height {
        let row = t * problem.depth.dilation * problem.height.input + r * problem.height.dilation
        for s in 0..<problem.width.kernel {
          let number = (t * problem.height.kernel + r) * problem.width.kernel + s
          taps.append(
            atrous_tap(a: number * problem.channelsPerGroup, b: row * rows.rowElements + rows.column(ofTap: s)))
        }
      }
    }
    return taps
  }

  /// Stage 0 packs rows; a part of stage 1 is a range of output rows, or of filters, of one image, column block and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let packed = scratch.shared.assumingMemoryBound(to: Float.self)
    if stage == 0 {
      let (unit, row) = part.quotientAndRemainder(dividingBy: rows.rows)
      let (image, block) = unit.quotientAndRemainder(dividingBy: rows.blocks)
      rows.pack(
        image: image, block: block, row: row, from: tensors.input.assumingMemoryBound(to: Float.self), to: packed,
        packRow)
      return
    }
    let (unit, range, shared) = shares.share(part)
    let (imageBlock, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
    let input = packed + imageBlock * rows.blockElements + group * problem.channelsPerGroup * rows.channelElements
    let (image, block) = imageBlock.quotientAndRemainder(dividingBy: rows.blocks)
    for first in stride(from: shared.lowerBound, to: shared.upperBound, by: filterTiles) {
      for row in range {
        for tile in first..<min(first + filterTiles, shared.upperBound) {
          filters.withTile(tile, image: image, group: group, tensors) { runRow(row, block, input, $0, $1) }
        }
      }
    }
  }

  /// One output row of one block, for one register tile of filters.
  private func runRow(
    _ row: Int, _ block: Int, _ input: UnsafePointer<Float>, _ filters: atrous_tile_args,
    _ shared: UnsafePointer<atrous_epilogue>
  ) {
    let (z, p) = row.quotientAndRemainder(dividingBy: problem.height.output)
    let inputRow =
      (z * problem.depth.stride - problem.depth.before) * problem.height.input + p * problem.height.stride
      - problem.height.before
    let column = block * rows.columns
    let offset = row * problem.width.output + column
    var epilogue = shared.pointee
    epilogue.residual = epilogue.residual.map { $0 + offset }
    var arguments = filters
    arguments.b = input + inputRow * rows.rowElements
    arguments.b_stride = rows.channelElements
    arguments.taps = taps.pointer + groups[groupOfRow[row]].firstTap
    arguments.tap_count = groups[groupOfRow[row]].tapCount
    arguments.k = problem.channelsPerGroup
    arguments.c += offset
    let columns = min(rows.columns, problem.width.output - column)
    for first in stride(from: 0, to: columns, by: shape.nr) {
      arguments.n = min(shape.nr, columns - first)
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = $0
        call(tile, &arguments)
      }
      arguments.b += shape.nr
      arguments.c += shape.nr
      epilogue.residual = epilogue.residual.map { $0 + shape.nr }
    }
  }
}
