// y[p][q][k] = epilogue( Σ_{r,s} x[p·sh + r·dh − top][q·sw + s·dw − left][k / m] · w[r,s][k] ), channels last, 3 × 3 taps.
//
// Two rows and three columns of one phase are a tile whose taps stay in registers: see DepthwiseTile.swift of the
// microkernels. Blocks of channels run outermost, then pairs of rows of one phase, so that what the next pair reads again
// is in L2. Padded columns are not read, padded rows are zeros. Where pixels of a phase lie a power of two apart they evict each other from L1:
// then rows are first packed into a ring of four, at a pitch of an odd number of lines.

import AtrousCore
import CAtrousMicrokernel

/// Depthwise convolution with the taps in registers: NHWC, 3 × 3 taps, strides that divide the dilation, any multiplier.
struct DepthwiseTileVariant: KernelVariant {
  struct Values: Tunables {
    var channels = 0
    var packs = 0

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "cb", \.channels, 0...1_048_576,
          "filters a block, a multiple of 16; fewer keep rows in the caches, more make longer streams; 0 is all"),
        Parameter(
          "pk", \.packs, 0...1,
          "1 packs input rows, at the cost of a copy, so that pixels do not evict each other; 0 reads them in place"),
      ]
    }
  }

  let id: VariantID = "depthwise-tile"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if problem.channelsPerGroup != 1 {
      return Rejection(.unsupported, "takes one channel a group, not \(problem.channelsPerGroup)")
    }
    if problem.depth != .absent || problem.height.kernel != 3 || problem.width.kernel != 3 {
      return Rejection(.unsupported, "takes filters of 3 × 3 taps")
    }
    for axis in [problem.height, problem.width] {
      if axis.dilation % axis.stride != 0 {
        return Rejection(
          .unsupported, "takes strides that divide the dilation, not \(axis.stride) for \(axis.dilation)")
      }
    }
    let padding = max(problem.width.before, problem.width.after)
    if padding > problem.width.dilation {
      return Rejection(
        .unsupported,
        "takes at most the dilation \(problem.width.dilation) as padding of the width, not \(padding)")
    }
    if problem.filters < target.isa.lanes {
      return Rejection(.unsupported, "takes \(target.isa.lanes) filters and more, not \(problem.filters)")
    }
    return rejection(of: initial(for: problem, on: target), for: problem, on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if values.channels % 16 != 0 { return Rejection(.configuration, "cb\(values.channels) is not a multiple of 16") }
    if values.packs == 0 && problem.filtersPerGroup > 1 {
      return Rejection(.configuration, "pk0 takes one filter a group, not \(problem.filtersPerGroup)")
    }
    return Problem.memoryRejection("the packed rows", DepthwiseBlocks(problem, values).expectedBytes)
  }

  /// All filters at once: shorter streams cost more than misses (960 33×33 d2 on a Zen 3 core, by cb: 128 32, 256 40, 448 42,
  /// all 47 GFLOP/s).
  ///
  /// A copy of short rows costs more than it saves. In place and packed, by pixels of a row of a phase, 10 to 16 rounds on
  /// a Zen 3 core beside other work: 2048 33×33 2 (d18) 37 and 24, 3 (d12) 22 and 16, 6 (d6) 23 and 21, 9 (d4) 18 and 22;
  /// 256 65×65 17 (d4) 17 and 28; 1536 33×33 17 (d2) 17 and 19.
  func initial(for problem: Problem, on target: Target) -> Values {
    let evicts = problem.phasePixelsAlias && problem.width.phaseInput > 6
    return Values(channels: 0, packs: problem.filtersPerGroup > 1 || evicts ? 1 : 0)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    let first = initial(for: problem, on: target)
    var space = [first]
    for packs in problem.filtersPerGroup > 1 ? [1] : [0, 1] {
      for channels in [64, 128, 192, 384, 0] where channels < problem.filters {
        let values = Values(channels: channels, packs: packs)
        if values != first && rejection(of: values, for: problem, on: target) == nil { space.append(values) }
      }
    }
    return space
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let blocks = DepthwiseBlocks(problem, values)
    let tiled = 2 * 9 * problem.outputElements
    // What is written stays in the caches: 2048 channels 33×33 d4 take 2.07 ms with copies on a Zen 3 core, d18 1.25.
    let copies = values.packs == 1 ? 4 * problem.inputElements * problem.filtersPerGroup : 0
    return Cost.roofline(
      flops: Double(tiled), efficiency: 0.6, bytes: Double(problem.minimumBytes + copies),
      workspaceBytes: blocks.bytes * target.threads, packedWeightsBytes: 4 * problem.weightElements, on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DepthwiseTileBody(DepthwiseBlocks(problem, values), values.packs == 1, target, weights, bias)
  }
}

private struct DepthwiseTileBody: PlanBody {
  let problem: Problem
  let blocks: DepthwiseBlocks
  let packs: Bool
  let rows: [DepthwiseTileSpan]
  let columnPhases: [[DepthwiseTileSpan]]
  let weights: PackedBuffer
  /// As the tiles take it: zeros where there is none.
  let bias: PackedBuffer
  /// A row of the input, or of the ring.
  let zeros: PackedBuffer
  let copy: MicrokernelFunction
  let kernel: MicrokernelFunction
  let lanes: Int
  let pieces: Int
  let stages: [Int]
  let sharedBytes = 0
  var workerBytes: Int { blocks.bytes }
  var packedWeightsBytes: Int { weights.bytes }

  init(
    _ blocks: DepthwiseBlocks, _ packs: Bool, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let problem = blocks.problem
    let set = MicrokernelSet.of(target.isa)
    let lanes = target.isa.lanes
    self.problem = problem
    self.blocks = blocks
    self.packs = packs
    self.lanes = lanes
    rows = DepthwiseTileSpan.phases(problem.height, size: Int(ATROUS_PHASE_TILE_ROWS)).flatMap { $0 }
    columnPhases = DepthwiseTileSpan.phases(problem.width, size: Int(ATROUS_PHASE_TILE_COLUMNS))
    let panels = (problem.filters + lanes - 1) / lanes
    self.weights = try PackedBuffer(Float.self, count: panels * lanes * 9)
    let packed = try packBias(bias, filters: problem.filters, slack: 0)
    self.bias = if let packed { packed } else { try PackedBuffer(Float.self, count: problem.filters) }
    zeros = try PackedBuffer(Float.self, count: packs ? blocks.rowElements : problem.width.input * problem.channels)
    copy = set.function(ATROUS_KIND_DEPTHWISE_REPEAT)
    kernel = set.function(ATROUS_KIND_DEPTHWISE_TILE)
    let units = problem.batch * blocks.count
    pieces = target.pieces(units: units, limit: rows.count)
    stages = [units * pieces]
    let panelWeights = self.weights.floats
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      // The last panel is that of the last filters, whole.
      for (first, filters, panel) in [(0, problem.filters, 0), (problem.filters - lanes, lanes, panels - 1)] {
        var arguments = atrous_pack_panels_args(
          w: w + first * 9, filters: filters, channels: 1, taps: 9, width: lanes, block: 1,
          panels: UnsafeMutableRawPointer(panelWeights + panel * 9 * lanes))
        call(set.function(ATROUS_KIND_PACK_PANELS), &arguments)
      }
    }
  }

  /// A part is a range of the row pairs of one block of filters of one image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, index) = part.quotientAndRemainder(dividingBy: pieces)
    let (image, block) = unit.quotientAndRemainder(dividingBy: blocks.count)
    let filters = blocks.filters(block)
    let offset = image * problem.outputPositions * problem.filters + filters.lowerBound
    let input = tensors.input.assumingMemoryBound(to: Float.self) + image * problem.inputPositions * problem.channels
    let ring = scratch.worker.assumingMemoryBound(to: Float.self)
    var epilogue = problem.epilogue.arguments
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
    var arguments = atrous_depthwise_tile_args()
    arguments.w = UnsafePointer(weights.floats + filters.lowerBound * 9)
    arguments.bias = UnsafePointer(bias.floats + filters.lowerBound)
    arguments.channels = filters.count
    arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
    withUnsafePointer(to: epilogue) {
      arguments.epilogue = problem.epilogue.followsBias ? $0 : nil
      let range = piece(index, of: pieces, count: rows.count)
      for columns in columnPhases {
        for row in range {
          // Of the input rows the ring still has the first two, where the tiles before were of the same phase.
          if packs {
            let first = row == range.lowerBound || rows[row].beginsPhase ? 0 : 2
            pack(rows[row], columns, from: first, input, filters, ring)
          }
          runRow(rows[row], columns, &arguments, packs ? UnsafePointer(ring) : input + filters.lowerBound)
        }
      }
    }
  }

  /// Packs the phase's columns of those of the input rows of a row of tiles that exist, from the `from`-th on.
  private func pack(
    _ row: DepthwiseTileSpan, _ columns: [DepthwiseTileSpan], from: Int, _ input: UnsafePointer<Float>,
    _ filters: Range<Int>,
    _ ring: UnsafeMutablePointer<Float>
  ) {
    let firstColumn = firstColumn(of: columns)
    for number in from..<row.count + 2 {
      let y = row.input + number * problem.height.dilation
      if y < 0 || y >= problem.height.input { continue }
      var arguments = atrous_depthwise_repeat_args()
      arguments.source = input + (y * problem.width.input + firstColumn) * problem.channels
      arguments.source_pitch = problem.width.dilation * problem.channels
      arguments.first = filters.lowerBound
      arguments.repeats = problem.filtersPerGroup
      arguments.destination = ring + slot(y) * blocks.rowElements
      arguments.destination_pitch = blocks.pitch
      arguments.rows = (problem.width.input - 1 - firstColumn) / problem.width.dilation + 1
      arguments.columns = filters.count
      call(copy, &arguments)
    }
  }

  /// Where an input row stands in the ring: rows of one phase follow each other round it.
  private func slot(_ y: Int) -> Int { y / problem.height.dilation & 3 }

  /// The first input column of a phase; padding hides one column at most.
  private func firstColumn(of columns: [DepthwiseTileSpan]) -> Int {
    columns[0].input < 0 ? columns[0].input + problem.width.dilation : columns[0].input
  }

  /// A row of the tiles of one phase, on input rows that start at `x`, which is the ring's where they are packed.
  private func runRow(
    _ row: DepthwiseTileSpan, _ columns: [DepthwiseTileSpan], _ arguments: inout atrous_depthwise_tile_args,
    _ x: UnsafePointer<Float>
  ) {
    let (height, width) = (problem.height, problem.width)
    func inputRow(_ number: Int) -> UnsafePointer<Float> {
      let y = row.input + number * height.dilation
      if y < 0 || y >= height.input { return UnsafePointer(zeros.floats) }
      return x + (packs ? slot(y) * blocks.rowElements : y * width.input * problem.channels)
    }
    let inputs = (inputRow(0), inputRow(1), inputRow(2), inputRow(3))
    let firstColumn = firstColumn(of: columns)
    arguments.x_step = packs ? blocks.pitch : width.dilation * problem.channels
    arguments.y_step = width.phaseStep * problem.filters
    arguments.rows = row.count
    for column in columns {
      let start =
        packs ? (column.input - firstColumn) / width.dilation * blocks.pitch : column.input * problem.channels
      (arguments.x0, arguments.x1) = (inputs.0 + start, inputs.1 + start)
      (arguments.x2, arguments.x3) = (inputs.2 + start, inputs.3 + start)
      arguments.y_row0 = (row.first * width.output + column.first) * problem.filters
      arguments.y_row1 = arguments.y_row0 + height.phaseStep * width.output * problem.filters
      arguments.columns = column.count
      arguments.missing = column.missing(width)
      call(kernel, &arguments)
    }
  }
}
