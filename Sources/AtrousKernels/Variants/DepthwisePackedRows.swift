// Rows of one channel, packed with zeros on both sides, so that a stride becomes phases that lie together.
//
// A part packs the rows of one channel that a block of outputs reads into scratch that stays in L1 or L2, and computes the
// filters of the channel from it, straight into the output. Padded rows are skipped, padded columns multiplied. The inner
// loop and its register budget: see DepthwisePlane.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// The blocks an output plane is cut into, and the packed input rows of one: rows[row][column mod stride][pitch].
struct PlaneBlock: Sendable {
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

struct DepthwisePackedRowsBody: PlanBody {
  let problem: Problem
  let block: PlaneBlock
  let weights: PackedBuffer
  /// Zeros where there is none.
  let bias: PackedBuffer
  let taps: ConstantTable<atrous_tap>
  /// Output rows with the same live taps, and where these stand in `taps`.
  let runs: [(rows: Range<Int>, taps: Range<Int>)]
  let packRow: MicrokernelFunction
  let packRows: MicrokernelFunction
  let kernel: MicrokernelFunction
  /// For fewer columns than a vector has lanes.
  let narrowKernel: MicrokernelFunction
  let lanes: Int
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
    self.bias = try packDepthwiseBias(bias, filters: problem.filters)
    lanes = target.isa.lanes
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
    narrowKernel = set.function(ATROUS_KIND_DEPTHWISE_EDGE)
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
    let columns = min(block.columns, problem.width.output - column)
    var arguments = atrous_depthwise_plane_args()
    arguments.x_row = problem.height.stride * block.rowElements
    arguments.x_step = lanes
    arguments.x_last = columns - lanes
    arguments.w = UnsafePointer(weights.floats + filter * problem.taps)
    arguments.bias = UnsafePointer(bias.floats + filter)
    arguments.spread = 1
    arguments.y_row = problem.width.output
    arguments.y_step = lanes
    arguments.y_last = columns - lanes
    arguments.columns = (columns + lanes - 1) / lanes
    arguments.single = columns < lanes ? columns : 0
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
        arguments.epilogue = problem.epilogue.followsBias ? $0 : nil
        call(columns < lanes ? narrowKernel : kernel, &arguments)
      }
    }
  }
}
