// y = epilogue( Aᵀ [ Σ_s Σ_c U ⊙ V ] ), a segment of a phase's rows and a block of columns at a time: V[ξ][c][column] of
// zero-padded rows, a register tile's product for every ξ, M[ξ][k][column], then the outputs. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

struct WinogradRowsBody: PlanBody {
  private let problem: Problem
  private let shape: TileShape
  private let segments: [WinogradSegment]
  /// Counted once: each takes divisions, and a segment of a small problem only some hundred cycles.
  private let outputWidth: Int
  private let outputPositions: Int
  private let columns: Int
  private let blocks: Int
  private let points: Int
  /// Floats of a channel's row of V, and of a filter's of M.
  private let inputPitch: Int
  private let outputPitch: Int
  /// U[group][ξ][k][s][c].
  private let weights: PackedBuffer
  private let bias: PackedBuffer?
  private let taps: ConstantTable<atrous_tap>
  /// Row offsets of a register tile with m valid rows, from index (m − 1)·mr.
  private let weightRows: ConstantTable<Int>
  private let outputRows: ConstantTable<Int>
  private let tile: MicrokernelFunction
  private let transformInput: MicrokernelFunction
  private let transformOutput: MicrokernelFunction
  private let shares: SharedOutputs
  let stages: [Int]
  let sharedBytes = 0
  var packedWeightsBytes: Int { weights.bytes }

  private var inputElements: Int { points * problem.channelsPerGroup * inputPitch }
  private var productElements: Int { points * problem.filtersPerGroup * outputPitch }
  /// V, M, and room for the outputs of a filter and for two patches of a vector.
  var workerBytes: Int { 4 * (inputElements + productElements + 9 * outputPitch + 2 * 10 * 16) }

  init(
    _ values: WinogradRowsVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    let shape = values.tileValues.tile(on: target.isa)!
    self.problem = problem
    self.shape = shape
    let height = problem.height
    let segments = WinogradSegment.segments(of: height, tile: values.tileHeight)
    // Several threads make bands of rows, not phases, whose lines alternate: what one fetches ahead the other has just
    // written (3→16 128×128 d2 on two Zen 5 cores of one L3 37.2 → 35.6 µs, of two 72 → 45; one thread 0 to 3 % longer).
    self.segments = target.threads > 1 ? segments.sorted { $0.output < $1.output } : segments
    let points = values.points(of: height)
    self.points = points
    (outputWidth, outputPositions) = (problem.width.output, problem.outputPositions)
    columns = values.columns == 0 ? outputWidth : min(values.columns, outputWidth)
    blocks = (outputWidth + columns - 1) / columns
    let tiled = roundedUp(columns, to: shape.nr)
    let (inputPitch, outputPitch) = (oddLines(tiled + problem.width.span - 1), oddLines(tiled))
    (self.inputPitch, self.outputPitch) = (inputPitch, outputPitch)
    let depth = problem.width.kernel * problem.channelsPerGroup
    let groupElements = points * problem.filtersPerGroup * depth
    let packed = try PackedBuffer(Float.self, count: problem.groups * groupElements)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      for group in 0..<problem.groups {
        var arguments = atrous_winograd_rows_weights_args()
        arguments.w = w + group * problem.filtersPerGroup * problem.channelsPerGroup * problem.taps
        arguments.filters = problem.filtersPerGroup
        arguments.channels = problem.channelsPerGroup
        arguments.row_taps = height.kernel
        arguments.column_taps = problem.width.kernel
        arguments.points = points
        arguments.u = packed.floats + group * groupElements
        call(set.function(ATROUS_KIND_WINOGRAD_ROWS_WEIGHTS), &arguments)
      }
    }
    self.weights = packed
    self.bias = try packBias(bias, filters: problem.filters, slack: 0)
    taps = ConstantTable(
      (0..<problem.width.kernel).map { atrous_tap(a: $0 * problem.channelsPerGroup, b: $0 * problem.width.dilation) })
    func rows(_ pitch: Int) -> ConstantTable<Int> {
      ConstantTable((1...shape.mr).flatMap { valid in (0..<shape.mr).map { min($0, valid - 1) * pitch } })
    }
    weightRows = rows(depth)
    outputRows = rows(outputPitch)
    tile = set.tile(shape)
    transformInput = set.function(ATROUS_KIND_WINOGRAD_ROWS_INPUT)
    transformOutput = set.function(ATROUS_KIND_WINOGRAD_ROWS_OUTPUT)
    shares = SharedOutputs(
      values.sharing, units: problem.batch * problem.groups, positions: segments.count * blocks, filters: 1, on: target)
    stages = [shares.parts]
  }

  /// A part is a range of segments and blocks of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, range, _) = shares.share(part)
    let (image, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
    let v = scratch.worker.assumingMemoryBound(to: Float.self)
    let m = v + inputElements
    for index in range {
      let (number, block) = index.quotientAndRemainder(dividingBy: blocks)
      let first = block * columns
      let place = Place(
        segment: segments[number], first: first, count: min(columns, outputWidth - first), image: image,
        group: group)
      readRows(place, tensors, v, m)
      multiply(place, v, m)
      writeRows(place, tensors, m)
    }
  }

  /// What is computed at a time: outputs of one segment, `count` columns from `first` on.
  private struct Place {
    let segment: WinogradSegment
    let first: Int
    let count: Int
    let image: Int
    let group: Int
  }

  private func readRows(
    _ place: Place, _ tensors: Tensors, _ v: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let (height, width) = (problem.height, problem.width)
    let left = place.first - width.before
    let begin = min(max(0, left), width.input)
    let end = max(begin, min(width.input, left + place.count + width.span - 1))
    let channel = place.image * problem.channels + place.group * problem.channelsPerGroup
    var arguments = atrous_winograd_rows_input_args()
    arguments.x =
      tensors.input.assumingMemoryBound(to: Float.self)
      + (channel * height.input + place.segment.origin) * width.input + begin
    arguments.x_channel = problem.inputPositions
    arguments.x_row = height.dilation * width.input
    arguments.channels = problem.channelsPerGroup
    arguments.algorithm = place.segment.algorithm.points
    arguments.begin = place.segment.live.lowerBound
    arguments.end = place.segment.live.upperBound
    arguments.before = begin == end ? 0 : begin - left
    arguments.columns = end - begin
    arguments.after = inputPitch - arguments.before - arguments.columns
    arguments.v = v
    arguments.v_channel = inputPitch
    arguments.v_xi = problem.channelsPerGroup * inputPitch
    arguments.scratch = scratch
    call(transformInput, &arguments)
  }

  private func multiply(_ place: Place, _ v: UnsafeMutablePointer<Float>, _ m: UnsafeMutablePointer<Float>) {
    let (filters, channels) = (problem.filtersPerGroup, problem.channelsPerGroup)
    let depth = channels * problem.width.kernel
    let u = UnsafePointer(weights.floats + place.group * points * filters * depth)
    var arguments = atrous_tile_args()
    arguments.b_stride = inputPitch
    arguments.taps = taps.pointer
    arguments.tap_count = problem.width.kernel
    arguments.k = channels
    arguments.n = shape.nr
    for point in 0..<place.segment.algorithm.points {
      for filter in stride(from: 0, to: filters, by: shape.mr) {
        let valid = min(shape.mr, filters - filter)
        arguments.a = u + (point * filters + filter) * depth
        arguments.a_rows = weightRows.pointer + (valid - 1) * shape.mr
        arguments.c_rows = outputRows.pointer + (valid - 1) * shape.mr
        arguments.m = valid
        for column in stride(from: 0, to: place.count, by: shape.nr) {
          arguments.b = UnsafePointer(v + point * channels * inputPitch + column)
          arguments.c = m + (point * filters + filter) * outputPitch + column
          call(tile, &arguments)
        }
      }
    }
  }

  private func writeRows(_ place: Place, _ tensors: Tensors, _ m: UnsafeMutablePointer<Float>) {
    let filter = place.group * problem.filtersPerGroup
    let offset =
      (place.image * problem.filters + filter) * outputPositions + place.segment.output * outputWidth + place.first
    var epilogue = problem.epilogue.arguments
    epilogue.bias = bias.map { UnsafePointer($0.floats + filter) }
    epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
    let isPlain =
      epilogue.bias == nil && epilogue.residual == nil && Int(epilogue.activation) == ATROUS_ACTIVATION_NONE
    var arguments = atrous_winograd_rows_output_args()
    arguments.m = UnsafePointer(m)
    arguments.m_filter = outputPitch
    arguments.m_xi = problem.filtersPerGroup * outputPitch
    arguments.filters = problem.filtersPerGroup
    arguments.columns = place.count
    arguments.algorithm = place.segment.algorithm.points
    arguments.outputs = place.segment.algorithm.outputs
    arguments.rows = place.segment.valid
    arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
    arguments.y_filter = outputPositions
    arguments.y_row = problem.height.dilation * outputWidth
    arguments.scratch = m + productElements
    withUnsafePointer(to: epilogue) {
      arguments.epilogue = isPlain ? nil : $0
      call(transformOutput, &arguments)
    }
  }
}
