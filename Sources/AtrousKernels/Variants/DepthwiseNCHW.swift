// y[k][p][q] = epilogue( Σ_{r,s} w[k][r,s] · x[k / m][p·sh + r·dh − top][q·sw + s·dw − left] ), along the width.
//
// A part packs the rows of one channel that a block of outputs reads, zero-padded in width, into scratch that stays in
// L1 or L2, and computes the m filters of the channel from it, straight into the output. Padded rows are skipped, padded
// columns multiplied. The inner loop and its register budget: see DepthwisePlane.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// Depthwise convolution along the width: NCHW, one and two dimensions, any filter, stride, dilation and multiplier.
struct DepthwiseNCHWVariant: KernelVariant {
  struct Values: Tunables {
    var rows = 0
    var columns = 0

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "rb", \.rows, 0...1_048_576,
          "output rows a block; fewer keep its packed input near, but pack the halo more often; 0 is all"),
        Parameter(
          "wb", \.columns, 0...134_217_728,
          "output columns a block; fewer keep its packed input near, but pack the halo more often; 0 is all"),
      ]
    }
  }

  let id: VariantID = "depthwise-nchw"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nchw) { return rejection }
    if problem.depth != .absent { return Rejection(.unsupported, "takes one and two dimensions, not three") }
    if problem.channelsPerGroup != 1 {
      return Rejection(.unsupported, "takes one channel a group, not \(problem.channelsPerGroup)")
    }
    return rejection(of: initial(for: problem, on: target), for: problem, on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    Problem.memoryRejection("the packed rows", PlaneBlock(problem, values, target).expectedBytes)
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let room = target.l2Bytes / 2
    let columns = PlaneBlock(problem, Values(rows: 1), target).expectedBytes <= Double(room) ? 0 : Self.fewColumns
    return Values(rows: fittingRows(problem, columns, room, target), columns: columns)
  }

  /// Columns a block where whole rows are too long for the caches.
  private static let fewColumns = 4096

  /// Output rows a block whose packed input takes at most `bytes`, or one; 0 where all do.
  private func fittingRows(_ problem: Problem, _ columns: Int, _ bytes: Int, _ target: Target) -> Int {
    if PlaneBlock(problem, Values(rows: 0, columns: columns), target).expectedBytes <= Double(bytes) { return 0 }
    let one = PlaneBlock(problem, Values(rows: 1, columns: columns), target)
    let more = (Double(bytes) - one.expectedBytes) / (4 * Double(one.rowElements) * Double(problem.height.stride))
    return max(1, min(problem.height.output, 1 + Int(max(0, more))))
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    for columns in [0, Self.fewColumns, 1024] where columns < problem.width.output {
      for bytes in [target.l2Bytes / 2, target.l1Bytes / 2] {
        let values = Values(rows: fittingRows(problem, columns, bytes, target), columns: columns)
        if !space.contains(values) && rejection(of: values, for: problem, on: target) == nil { space.append(values) }
      }
    }
    return space
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let block = PlaneBlock(problem, values, target)
    let live = problem.height.liveTapCount * problem.width.kernel * problem.width.output
    let packed =
      Double(problem.inputElements) * block.expectedBytes * Double(block.count) / Double(4 * problem.inputPositions)
    return Cost.roofline(
      flops: 2 * Double(problem.batch * problem.filters) * Double(live) + 2 * packed, efficiency: 0.5,
      bytes: Double(problem.minimumBytes), workspaceBytes: block.bytes * target.threads,
      packedWeightsBytes: 4 * problem.weightElements, on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DepthwiseNCHWBody(PlaneBlock(problem, values, target), target, weights, bias)
  }
}

/// The blocks an output plane is cut into, and the packed input rows of one: rows[row][column mod stride][pitch].
private struct PlaneBlock: Sendable {
  let problem: Problem
  /// Output rows and columns of a block; the last ones may have fewer.
  let rows: Int
  let columns: Int
  /// Floats of one phase of a row that are read: whole vectors, also of a row shorter than one.
  let rowLength: Int
  /// From one phase of a row to the next; packing writes whole vectors.
  let pitch: Int

  init(_ problem: Problem, _ values: DepthwiseNCHWVariant.Values, _ target: Target) {
    let (height, width) = (problem.height, problem.width)
    self.problem = problem
    rows = values.rows == 0 ? height.output : min(values.rows, height.output)
    columns = values.columns == 0 ? width.output : min(values.columns, width.output)
    rowLength = max(columns, target.isa.lanes) + (width.span - 1) / width.stride
    pitch = (rowLength + target.isa.lanes + 14) & ~15
  }

  var rowElements: Int { problem.width.stride * pitch }
  var rowBlocks: Int { (problem.height.output + rows - 1) / rows }
  var columnBlocks: Int { (problem.width.output + columns - 1) / columns }
  var count: Int { rowBlocks * columnBlocks }
  private var inputRows: Int { min(problem.height.input, (rows - 1) * problem.height.stride + problem.height.span) }
  var bytes: Int { 4 * inputRows * rowElements }
  /// As `bytes`, where those may pass `Int`.
  var expectedBytes: Double { 4 * Double(inputRows) * Double(problem.width.stride) * Double(pitch) }

  /// Where tap `s` of a block's first column stands in a packed row.
  func column(ofTap s: Int) -> Int {
    let (position, phase) = (s * problem.width.dilation).quotientAndRemainder(dividingBy: problem.width.stride)
    return phase * pitch + position
  }

  /// The output rows of a block, and the input rows they read.
  func outputRows(_ index: Int) -> Range<Int> { index * rows..<min((index + 1) * rows, problem.height.output) }

  func inputRows(of outputs: Range<Int>) -> Range<Int> {
    let height = problem.height
    let first = min(height.input, max(0, outputs.lowerBound * height.stride - height.before))
    let end = min(height.input, (outputs.upperBound - 1) * height.stride - height.before + height.span)
    return first..<max(first, end)
  }
}

private struct DepthwiseNCHWBody: PlanBody {
  let problem: Problem
  let block: PlaneBlock
  let weights: PackedBuffer
  let bias: PackedBuffer?
  let taps: ConstantTable<atrous_tap>
  /// Output rows with the same live taps, and where these stand in `taps`.
  let runs: [(rows: Range<Int>, taps: Range<Int>)]
  let packRow: MicrokernelFunction
  let packRows: MicrokernelFunction
  let kernel: MicrokernelFunction
  let stages: [Int]
  let sharedBytes = 0
  var workerBytes: Int { block.bytes }
  var packedWeightsBytes: Int { weights.bytes }

  init(_ block: PlaneBlock, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?) throws(PlanError) {
    let problem = block.problem
    let set = MicrokernelSet.of(target.isa)
    self.problem = problem
    self.block = block
    self.weights = try packFilters(weights, problem, set)
    self.bias = try packBias(bias, filters: problem.filters, slack: 0)
    var taps: [atrous_tap] = []
    var runs: [(rows: Range<Int>, taps: Range<Int>)] = []
    let columns = (0..<problem.width.kernel).filter { !problem.width.liveOutputs(ofTap: $0).isEmpty }
    for run in problem.height.runs {
      let first = taps.count
      for r in run.taps {
        for s in columns {
          taps.append(
            atrous_tap(
              a: r * problem.height.dilation * block.rowElements + block.column(ofTap: s),
              b: r * problem.width.kernel + s))
        }
      }
      runs.append((run.positions, first..<taps.count))
    }
    self.taps = ConstantTable(taps)
    self.runs = runs
    packRow = set.function(ATROUS_KIND_PACK_ROW)
    packRows = set.function(ATROUS_KIND_DEPTHWISE_ROWS)
    kernel = set.function(ATROUS_KIND_DEPTHWISE_PLANE)
    stages = [problem.batch * problem.channels * block.count]
  }

  /// A part is a block of the outputs of one channel of one image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (plane, index) = part.quotientAndRemainder(dividingBy: block.count)
    let (rowBlock, columnBlock) = index.quotientAndRemainder(dividingBy: block.columnBlocks)
    let (image, channel) = plane.quotientAndRemainder(dividingBy: problem.channels)
    let outputs = block.outputRows(rowBlock)
    let inputs = block.inputRows(of: outputs)
    let column = columnBlock * block.columns
    let packed = scratch.worker.assumingMemoryBound(to: Float.self)
    let input = tensors.input.assumingMemoryBound(to: Float.self) + plane * problem.inputPositions
    pack(input, inputs, column, packed)
    for filter in channel * problem.filtersPerGroup..<(channel + 1) * problem.filtersPerGroup {
      let offset = (image * problem.filters + filter) * problem.outputPositions + column
      compute(filter, outputs, inputs.lowerBound, column, offset, packed, tensors)
    }
  }

  private func pack(
    _ input: UnsafePointer<Float>, _ rows: Range<Int>, _ column: Int, _ packed: UnsafeMutablePointer<Float>
  ) {
    let width = problem.width
    let row = input + rows.lowerBound * width.input
    let first = column * width.stride - width.before
    if width.stride == 1 {
      let begin = min(max(0, -first), block.rowLength)
      let end = max(begin, min(block.rowLength, width.input - first))
      var arguments = atrous_depthwise_rows_args(
        source: row + (first + begin), source_pitch: width.input, rows: rows.count, columns: end - begin,
        before: begin, after: block.rowLength - end, packed: packed, packed_pitch: block.rowElements, zero: 0)
      return call(packRows, &arguments)
    }
    var arguments = atrous_pack_row_args()
    arguments.row = row
    arguments.channels = rows.count
    arguments.channel_pitch = width.input
    arguments.columns = width.input
    arguments.first = first
    arguments.stride = width.stride
    arguments.phases = width.stride
    arguments.packed = packed
    arguments.packed_pitch = block.rowElements
    arguments.phase_pitch = block.pitch
    arguments.count = block.rowLength
    call(packRow, &arguments)
  }

  private func compute(
    _ filter: Int, _ rows: Range<Int>, _ firstInput: Int, _ column: Int, _ offset: Int,
    _ packed: UnsafePointer<Float>, _ tensors: Tensors
  ) {
    var epilogue = problem.epilogue.arguments
    epilogue.bias = bias.map { UnsafePointer($0.floats + filter) }
    var arguments = atrous_depthwise_plane_args()
    arguments.x_pitch = problem.height.stride * block.rowElements
    arguments.w = UnsafePointer(weights.floats + filter * problem.taps)
    arguments.y_pitch = problem.width.output
    arguments.columns = min(block.columns, problem.width.output - column)
    for run in runs where run.rows.overlaps(rows) {
      let live = run.rows.clamped(to: rows)
      let input = live.lowerBound * problem.height.stride - problem.height.before - firstInput
      let place = offset + live.lowerBound * problem.width.output
      arguments.x = packed + input * block.rowElements
      arguments.taps = taps.pointer + run.taps.lowerBound
      arguments.tap_count = run.taps.count
      arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + place
      arguments.rows = live.count
      epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + place }
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = problem.epilogue == .none ? nil : $0
        call(kernel, &arguments)
      }
    }
  }
}
