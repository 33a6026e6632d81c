// y[p][q][k] = epilogue( Σ_{r,s} x[p·sh + r·dh − top][q·sw + s·dw − left][k / m] · w[r,s][k] ), channels last, 3 × 3 taps.
//
// Two rows and three columns of one phase are a tile whose taps stay in registers: see DepthwiseTile.swift of the
// microkernels. Blocks of channels run outermost, then pairs of rows of one phase, so that what the next pair reads again
// is in L2. A padded pixel reads zeros. Where pixels of a phase lie a power of two apart they evict each other from L1:
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

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if problem.channelsPerGroup != 1 {
      return Rejection(.unsupported, "takes one channel a group, not \(problem.channelsPerGroup)")
    }
    if problem.depth != .absent || problem.height.kernel != 3 || problem.width.kernel != 3 {
      return Rejection(.unsupported, "takes filters of 3 × 3 taps")
    }
    for axis in [problem.height, problem.width] where axis.dilation % axis.stride != 0 {
      return Rejection(.unsupported, "takes strides that divide the dilation, not \(axis.stride) for \(axis.dilation)")
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
    return Problem.memoryRejection("the packed rows", ChannelBlocks(problem, values).expectedBytes)
  }

  /// All filters at once: shorter streams cost more than misses (960 33×33 d2 on a Zen 3 core, by cb: 128 32, 256 40, 448 42,
  /// all 47 GFLOP/s).
  func initial(for problem: Problem, on target: Target) -> Values {
    let packs = problem.filtersPerGroup > 1 || problem.phasePixelsAlias ? 1 : 0
    return Values(channels: 0, packs: packs)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    let first = initial(for: problem, on: target)
    var space = [first]
    for packs in problem.filtersPerGroup > 1 ? [1] : [0, 1] {
      for channels in [64, 128, 192, 256, 384, 0] where channels < problem.filters {
        let values = Values(channels: channels, packs: packs)
        if values != first && rejection(of: values, for: problem, on: target) == nil { space.append(values) }
      }
    }
    return space
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let blocks = ChannelBlocks(problem, values)
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
    try DepthwiseTileBody(ChannelBlocks(problem, values), values.packs == 1, target, weights, bias)
  }
}

/// The blocks the filters are cut into, and the ring of packed rows of one: ring[4][column][pitch].
private struct ChannelBlocks: Sendable {
  let problem: Problem
  /// Filters of a block; the last takes what is left too.
  let size: Int
  let count: Int
  /// Floats of a packed pixel, an odd number of lines, and of a packed row; 0 where rows are not packed.
  let pitch: Int
  let rowElements: Int
  /// Filters of the largest block.
  let most: Int

  init(_ problem: Problem, _ values: DepthwiseTileVariant.Values) {
    self.problem = problem
    size = values.channels == 0 ? problem.filters : min(values.channels, problem.filters)
    count = problem.filters / size
    most = problem.filters - (count - 1) * size
    pitch = values.packs == 1 ? oddLines(most) : 0
    rowElements = problem.width.input * pitch
  }

  /// The ring, and a pixel that takes the outputs a tile has too many.
  var bytes: Int { 4 * (4 * rowElements + most) }
  /// As `bytes`, where those may pass `Int`.
  var expectedBytes: Double { 16 * Double(problem.width.input) * Double(pitch) + 4 * Double(most) }

  func filters(_ index: Int) -> Range<Int> {
    index * size..<(index == count - 1 ? problem.filters : (index + 1) * size)
  }
}

/// Outputs of one phase of an axis that make a tile: the first, how many, and the first of the inputs they look at.
private struct TileSpan: Sendable {
  let first: Int
  let count: Int
  let input: Int
  let beginsPhase: Bool

  static func all(_ axis: Axis, size: Int) -> [TileSpan] {
    (0..<min(axis.phaseStep, axis.output)).flatMap { phase in
      stride(from: phase, to: axis.output, by: size * axis.phaseStep).map { first in
        TileSpan(
          first: first, count: min(size, (axis.output - 1 - first) / axis.phaseStep + 1),
          input: first * axis.stride - axis.before, beginsPhase: first == phase)
      }
    }
  }
}

private struct DepthwiseTileBody: PlanBody {
  let problem: Problem
  let blocks: ChannelBlocks
  let packs: Bool
  let rows: [TileSpan]
  let columns: [TileSpan]
  let weights: PackedBuffer
  let bias: PackedBuffer?
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
    _ blocks: ChannelBlocks, _ packs: Bool, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let problem = blocks.problem
    let set = MicrokernelSet.of(target.isa)
    let lanes = target.isa.lanes
    self.problem = problem
    self.blocks = blocks
    self.packs = packs
    self.lanes = lanes
    rows = TileSpan.all(problem.height, size: Int(ATROUS_PHASE_TILE_ROWS))
    columns = TileSpan.all(problem.width, size: Int(ATROUS_PHASE_TILE_COLUMNS))
    let panels = (problem.filters + lanes - 1) / lanes
    self.weights = try PackedBuffer(Float.self, count: panels * lanes * 9)
    self.bias = try packBias(bias, filters: problem.filters, slack: 0)
    zeros = try PackedBuffer(Float.self, count: blocks.most)
    copy = set.function(ATROUS_KIND_DEPTHWISE_REPEAT)
    kernel = set.function(ATROUS_KIND_DEPTHWISE_TILE)
    let units = problem.batch * blocks.count
    pieces = target.pieces(units: units, limit: rows.count)
    stages = [units * pieces]
    let packed = self.weights.floats
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      // The last panel is that of the last filters, whole.
      for (first, filters, panel) in [(0, problem.filters, 0), (problem.filters - lanes, lanes, panels - 1)] {
        var arguments = atrous_pack_panels_args(
          w: w + first * 9, filters: filters, channels: 1, taps: 9, width: lanes, block: 1,
          panels: UnsafeMutableRawPointer(packed + panel * 9 * lanes))
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
    epilogue.bias = bias.map { UnsafePointer($0.floats + filters.lowerBound) }
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
    var arguments = atrous_depthwise_tile_args()
    arguments.x = packs ? UnsafePointer(ring) : input + filters.lowerBound
    arguments.w = UnsafePointer(weights.floats + filters.lowerBound * 9)
    arguments.channels = filters.count
    arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
    withUnsafePointer(to: epilogue) {
      arguments.epilogue = problem.epilogue == .none ? nil : $0
      let range = piece(index, of: pieces, count: rows.count)
      for row in range {
        // Of the four input rows the ring still has the first two, where the pair before was of the same phase.
        if packs {
          pack(rows[row], from: row == range.lowerBound || rows[row].beginsPhase ? 0 : 2, input, filters, ring)
        }
        runRow(rows[row], &arguments, surplus: ring + 4 * blocks.rowElements)
      }
    }
  }

  /// Packs those of the four input rows of a pair that exist, from the `from`-th on.
  private func pack(
    _ row: TileSpan, from: Int, _ input: UnsafePointer<Float>, _ filters: Range<Int>,
    _ ring: UnsafeMutablePointer<Float>
  ) {
    for number in from..<4 {
      let y = row.input + number * problem.height.dilation
      if y < 0 || y >= problem.height.input { continue }
      var arguments = atrous_depthwise_repeat_args()
      arguments.source = input + y * problem.width.input * problem.channels
      arguments.source_pitch = problem.channels
      arguments.first = filters.lowerBound
      arguments.repeats = problem.filtersPerGroup
      arguments.destination = ring + slot(y) * blocks.rowElements
      arguments.destination_pitch = blocks.pitch
      arguments.rows = problem.width.input
      arguments.columns = filters.count
      call(copy, &arguments)
    }
  }

  /// Where an input row stands in the ring: rows of one phase follow each other round it.
  private func slot(_ y: Int) -> Int { y / problem.height.dilation & 3 }

  /// All tiles of a pair of output rows.
  private func runRow(
    _ row: TileSpan, _ arguments: inout atrous_depthwise_tile_args, surplus: UnsafeMutablePointer<Float>
  ) {
    let (height, width) = (problem.height, problem.width)
    let zeros = (Int(bitPattern: self.zeros.base) - Int(bitPattern: arguments.x)) / 4
    let surplus = (Int(bitPattern: surplus) - Int(bitPattern: arguments.y)) / 4
    let pixel = packs ? blocks.pitch : problem.channels
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 26) { offsets in
      let (inputs, outputs) = (offsets.baseAddress!, offsets.baseAddress! + 20)
      arguments.pixels = UnsafePointer(inputs)
      arguments.y_pixels = UnsafePointer(outputs)
      arguments.rows = row.count
      for column in columns {
        for r in 0..<4 {
          let y = row.input + r * height.dilation
          let start = y < 0 || y >= height.input ? -1 : packs ? slot(y) * blocks.rowElements : y * width.input * pixel
          for s in 0..<5 {
            let x = column.input + s * width.dilation
            inputs[5 * r + s] = start < 0 || x < 0 || x >= width.input ? zeros : start + x * pixel
          }
        }
        for i in 0..<2 {
          for j in 0..<3 {
            let position = (row.first + i * height.phaseStep) * width.output + column.first + j * width.phaseStep
            outputs[3 * i + j] = i < row.count && j < column.count ? position * problem.filters : surplus
          }
        }
        arguments.columns = column.count
        call(kernel, &arguments)
      }
    }
  }
}
