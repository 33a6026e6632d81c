// y[k][o] = epilogue( Σ_{t,c} w[k][t,c] · m[t,c][o] ), m[t,c][o] = x[c][o·stride + t·dilation − before]: one GEMM.
//
// The matrix m is never whole: a block of output positions is packed into the workspace (padding as zeros) and meets all
// filters while it is in L2. Rows of the register tile are filters, columns positions. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// GEMM on packed columns: NCHW, any rank, stride, dilation and grouping. With one tap it is the pointwise GEMM.
struct Im2colGEMMVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var block = 1
    var parts = 4

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "filters", reusing: "input"),
        .tileVectors(\.vectors, "output positions", reusing: "weight"),
        Parameter(
          "pb", \.block, 1...65536, "register tiles of positions a block; more re-read weights less often, but leave L2"
        ),
        .sharedParts(\.parts),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "im2col-gemm"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.typeRejection ?? problem.layoutRejection(.nchw)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if let rejection = values.tileValues.rejection(on: target) { return rejection }
    let bytes = blockElements(values, problem, target).multipliedReportingOverflow(by: 4 * target.threads)
    return bytes.overflow ? Rejection(.memory, "the packed columns would pass 2^63 bytes") : nil
  }

  private func blockElements(_ values: Values, _ problem: Problem, _ target: Target) -> Int {
    let nr = values.tileValues.tile(on: target.isa)!.nr
    return min(values.block, (problem.outputPositions + nr - 1) / nr) * nr * problem.taps * problem.channelsPerGroup
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    Values(block: blocks(problem, TileValues().tile(on: target.isa)!, target).last!)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    MicrokernelSet.tiles(of: target.isa).filter { $0.mr < 2 * problem.filtersPerGroup }.flatMap { tile in
      blocks(problem, tile, target).flatMap { block in
        Sharing.all(on: target, axes: 0...0).map {
          Values(mr: tile.mr, vectors: tile.vectors, block: block, parts: $0.parts)
        }
      }
    }
  }

  /// Tiles that fill a quarter and a half of L2, at least one.
  private func blocks(_ problem: Problem, _ tile: TileShape, _ target: Target) -> [Int] {
    let bytes = tile.nr * problem.taps * problem.channelsPerGroup * 4
    let most = (problem.outputPositions + tile.nr - 1) / tile.nr
    return Set([4, 2].map { max(1, min(most, target.l2Bytes / $0 / bytes)) }).sorted()
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues.tile(on: target.isa)!
    func rounded(_ count: Int, _ size: Int) -> Double { Double((count + size - 1) / size * size) / Double(count) }
    let flops =
      Double(problem.nominalFLOPs) * rounded(problem.filtersPerGroup, tile.mr)
      * rounded(problem.outputPositions, tile.nr)
    let columns = 4 * Double(problem.batch * problem.channels) * Double(problem.taps) * Double(problem.outputPositions)
    var cost = Cost.roofline(
      flops: flops, efficiency: values.tileValues.efficiency(on: target), bytes: Double(problem.minimumBytes),
      workspaceBytes: 4 * blockElements(values, problem, target) * target.threads,
      packedWeightsBytes: 4 * problem.weightElements, on: target)
    cost.seconds += 2 * columns / Cost.copyBytesPerSecond / Double(target.threads)
    return cost
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try Im2colGEMMBody(values, problem, target, weights, bias)
  }
}

private struct Im2colGEMMBody: PlanBody {
  let problem: Problem
  let shape: TileShape
  let rows: FilterRows
  let tile: MicrokernelFunction
  let packRow: MicrokernelFunction
  let tap: ConstantTable<atrous_tap>
  let block: Int
  let blocks: Int
  let pieces: Int
  let stages: [Int]
  let sharedBytes = 0
  var workerBytes: Int { block * shape.nr * depth * 4 + 64 }
  var packedWeightsBytes: Int { rows.weights.bytes }
  private var depth: Int { problem.taps * problem.channelsPerGroup }

  init(
    _ values: Im2colGEMMVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    shape = values.tileValues.tile(on: target.isa)!
    rows = try FilterRows(problem, mr: shape.mr, set, weights, bias)
    tile = set.tile(shape)
    packRow = set.function(ATROUS_KIND_PACK_ROW)
    tap = ConstantTable([atrous_tap(a: 0, b: 0)])
    let tiles = (problem.outputPositions + shape.nr - 1) / shape.nr
    block = min(values.block, tiles)
    blocks = (tiles + block - 1) / block
    let units = problem.batch * problem.groups
    pieces = target.pieces(units: units, limit: blocks, perThread: values.parts)
    stages = [units * pieces]
  }

  /// A part is a range of the blocks of positions of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, index) = part.quotientAndRemainder(dividingBy: pieces)
    let (image, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
    let columns = scratch.worker.assumingMemoryBound(to: Float.self)
    let input =
      tensors.input.assumingMemoryBound(to: Float.self)
      + (image * problem.channels + group * problem.channelsPerGroup) * problem.inputPositions
    for blockIndex in piece(index, of: pieces, count: blocks) {
      let first = blockIndex * block * shape.nr
      let end = min(first + block * shape.nr, problem.outputPositions)
      for position in stride(from: first, to: end, by: shape.nr) {
        pack(position, min(shape.nr, end - position), input, columns + (position - first) * depth)
      }
      rows.forEachTile(image: image, group: group, tensors) { arguments, epilogue in
        run(first..<end, columns, arguments, epilogue)
      }
    }
  }

  /// The columns of `count` positions: packed[tap][channel][position], in segments that lie in one output row.
  private func pack(
    _ first: Int, _ count: Int, _ input: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>
  ) {
    var done = 0
    while done < count {
      let (row, q) = (first + done).quotientAndRemainder(dividingBy: problem.width.output)
      let segment = min(count - done, problem.width.output - q)
      for tap in 0..<problem.taps {
        packSegment(tap, row, q, segment, input, packed + tap * problem.channelsPerGroup * shape.nr + done)
      }
      done += segment
    }
  }

  private func packSegment(
    _ tap: Int, _ row: Int, _ q: Int, _ count: Int, _ input: UnsafePointer<Float>,
    _ packed: UnsafeMutablePointer<Float>
  ) {
    let (tr, s) = tap.quotientAndRemainder(dividingBy: problem.width.kernel)
    let (t, r) = tr.quotientAndRemainder(dividingBy: problem.height.kernel)
    let (z, p) = row.quotientAndRemainder(dividingBy: problem.height.output)
    let inputZ = z * problem.depth.stride + t * problem.depth.dilation - problem.depth.before
    let inputH = p * problem.height.stride + r * problem.height.dilation - problem.height.before
    let live = (0..<problem.depth.input).contains(inputZ) && (0..<problem.height.input).contains(inputH)
    var arguments = atrous_pack_row_args()
    arguments.row = input + (live ? (inputZ * problem.height.input + inputH) * problem.width.input : 0)
    arguments.channels = problem.channelsPerGroup
    arguments.channel_pitch = problem.inputPositions
    // A row of padding is a row without columns.
    arguments.columns = live ? problem.width.input : 0
    arguments.first = q * problem.width.stride + s * problem.width.dilation - problem.width.before
    arguments.stride = problem.width.stride
    arguments.phases = 1
    arguments.packed = packed
    arguments.packed_pitch = shape.nr
    arguments.count = count
    call(packRow, &arguments)
  }

  private func run(
    _ positions: Range<Int>, _ columns: UnsafeMutablePointer<Float>, _ filters: atrous_tile_args,
    _ shared: UnsafePointer<atrous_epilogue>
  ) {
    var arguments = filters
    var epilogue = shared.pointee
    arguments.b_stride = shape.nr
    arguments.taps = tap.pointer
    arguments.tap_count = 1
    arguments.k = depth
    for position in stride(from: positions.lowerBound, to: positions.upperBound, by: shape.nr) {
      arguments.b = UnsafePointer(columns + (position - positions.lowerBound) * depth)
      arguments.c = filters.c + position
      arguments.n = min(shape.nr, positions.upperBound - position)
      epilogue.residual = shared.pointee.residual.map { $0 + position }
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = $0
        call(tile, &arguments)
      }
    }
  }
}
