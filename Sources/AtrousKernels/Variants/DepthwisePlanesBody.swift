// The calls that make depthwise planes: see DepthwisePlanes.swift for how these are cut, and DepthwisePlane.swift,
// DepthwiseLine.swift, DepthwiseThree.swift and DepthwiseEdge.swift of the microkernels for the loops and their register
// budgets. On blocks of channels DepthwiseBlockCall.swift takes most planes of 3 × 3 taps whole instead.

import AtrousCore
import CAtrousMicrokernel

/// A call for one piece of a plane: all but the tensors' addresses. A plane of 33 × 33 pixels takes nine calls and half a
/// microsecond, so nothing is derived when it runs.
struct DepthwiseCall: BitwiseCopyable, Sendable {
  enum Kernel { case plane, line, three, edge }

  let kernel: Kernel
  /// Output rows, and the offsets of the first one's inputs and outputs in a plane.
  let firstRow: Int
  let endRow: Int
  let input: Int
  let output: Int
  /// Floats from the inputs of an output to the first and past the last that an edge reads for it.
  let reachBegin: Int
  let reachEnd: Int
  /// Whether columns are taken as rows.
  let isTurned: Bool
  let arguments: FixedArguments<atrous_depthwise_plane_args>

  init(_ piece: DepthwisePlanes.Piece, _ planes: DepthwisePlanes, _ tables: DepthwiseTables) {
    let (height, width) = (planes.problem.height, planes.problem.width)
    let (block, lanes) = (planes.block, planes.lanes)
    var arguments = atrous_depthwise_plane_args()
    arguments.x_row = height.stride * width.input * block
    arguments.x_step = planes.isBlocked ? width.stride * block : lanes
    arguments.x_last = planes.isBlocked ? (piece.vectors - 1) * arguments.x_step : piece.columns.count - lanes
    arguments.y_row = width.output * block
    arguments.y_step = planes.isBlocked ? block : lanes
    arguments.y_last = planes.isBlocked ? (piece.vectors - 1) * block : piece.columns.count - lanes
    arguments.columns = piece.vectors
    arguments.spread = planes.isBlocked ? 0 : 1
    arguments.taps = tables.taps.pointer + piece.taps.lowerBound
    arguments.tap_count = piece.taps.count
    arguments.phase_step = height.phaseStep
    arguments.masks = piece.masks.map { tables.masks.pointer + $0 }
    let isThree =
      piece.hasAllTaps && height.kernel == 3 && width.kernel == 3 && arguments.x_step == arguments.y_step
      && height.phaseStep * height.stride == height.dilation
    let isLine = (2...5).contains(piece.taps.count) && piece.vectors >= 4 && arguments.x_step == arguments.y_step
    kernel = piece.masks != nil ? .edge : isThree ? .three : isLine ? .line : .plane
    // Where there are fewer columns than share a weight.
    isTurned = kernel == .plane && piece.vectors < 4 && (planes.isBlocked || piece.vectors == 1)
    firstRow = piece.rows.lowerBound
    endRow = piece.rows.upperBound
    input = planes.inputOffset(row: piece.rows.lowerBound, column: piece.columns.lowerBound)
    output = (piece.rows.lowerBound * width.output + piece.columns.lowerBound) * block
    reachBegin = piece.reach.lowerBound
    reachEnd = piece.reach.upperBound + lanes
    self.arguments = FixedArguments(value: arguments)
  }
}

/// Arguments whose pointers are those of tables that live as long as their plan.
struct FixedArguments<Arguments: BitwiseCopyable>: BitwiseCopyable, @unchecked Sendable {
  let value: Arguments
}

/// What the calls of a plan point into.
struct DepthwiseTables: Sendable {
  let taps: ConstantTable<atrous_tap>
  let masks: ConstantTable<Float>
}

struct DepthwisePlanesBody: PlanBody {
  /// Images' planes, filters or vectors of each, and how these lie.
  let planes: Int
  let copies: Int
  let inputPlane: Int
  let inputCopy: Int
  let outputPlane: Int
  let outputCopy: Int
  let inputElements: Int
  let outputRows: Int
  let rowPieces: Int
  /// Rows that are taken together, so that pieces beside each other, and both vectors of a block, meet them in L1.
  let nearRows: Int
  /// Of each piece of the columns, and what they point into.
  let calls: [ConstantTable<DepthwiseCall>]
  let tables: DepthwiseTables
  let epilogue: FixedArguments<atrous_epilogue>
  let hasPass: Bool
  /// One after the other those of a filter, or of a vector of filters: floats of the weights, and of the bias.
  let weights: PackedBuffer
  let weightPitch: Int
  let bias: PackedBuffer
  let biasPitch: Int
  let plane: MicrokernelFunction
  let line: MicrokernelFunction
  let three: MicrokernelFunction
  let edge: MicrokernelFunction
  /// Makes whole rows in place of `calls`, where it applies.
  let block: DepthwiseBlockCall?
  let lanes: Int
  let idleLanes: IdleLanes?
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes = 0
  var packedWeightsBytes: Int { weights.bytes }

  private static let nearBytes = 16384

  init(
    _ layout: DepthwisePlanes, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let problem = layout.problem
    let set = MicrokernelSet.of(target.isa)
    let isBlocked = layout.isBlocked
    (planes, copies, lanes) = (layout.planes, layout.copies, layout.lanes)
    inputPlane = problem.inputPositions * layout.block
    inputCopy = isBlocked ? layout.lanes : 0
    outputPlane = problem.outputPositions * (isBlocked ? layout.block : layout.copies)
    outputCopy = isBlocked ? layout.lanes : problem.outputPositions
    inputElements = problem.inputElements
    outputRows = problem.height.output
    rowPieces = layout.rowPieces
    let pair = 2 * problem.height.phaseStep
    let rowBytes = 4 * problem.width.input * problem.height.stride * layout.block
    block = DepthwiseBlockCall(layout, target, set)
    nearRows = block != nil && layout.copies == 1 ? outputRows : pair * max(1, Self.nearBytes / rowBytes / pair)
    let tables = DepthwiseTables(taps: ConstantTable(layout.taps), masks: ConstantTable(layout.masks))
    calls = layout.pieces.map { ConstantTable($0.map { DepthwiseCall($0, layout, tables) }) }
    self.tables = tables
    epilogue = FixedArguments(value: problem.epilogue.arguments)
    hasPass = problem.epilogue.followsBias
    self.weights = isBlocked ? try packLanes(weights, layout, set) : try packFilters(weights, problem, set)
    biasPitch = isBlocked ? layout.lanes : 1
    weightPitch = biasPitch * problem.taps
    self.bias = try packDepthwiseBias(
      bias, filters: problem.filters, slack: layout.planes * layout.copies * biasPitch - problem.filters)
    plane = set.function(ATROUS_KIND_DEPTHWISE_PLANE)
    line = set.function(ATROUS_KIND_DEPTHWISE_LINE)
    three = set.function(ATROUS_KIND_DEPTHWISE_THREE)
    edge = set.function(ATROUS_KIND_DEPTHWISE_EDGE)
    idleLanes = isBlocked ? IdleLanes(problem, set) : nil
    let parts = problem.batch * layout.planes * layout.rowPieces * layout.columnPieces
    stages = idleLanes == nil ? [parts] : [parts, problem.batch]
  }

  /// A part of the first stage is a piece of the rows or columns of one plane; of the second the idle lanes of an image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    if stage == 1 { return idleLanes!.clear(image: part, tensors) }
    let (unit, index) = part.quotientAndRemainder(dividingBy: rowPieces * calls.count)
    let (rowPiece, columnPiece) = index.quotientAndRemainder(dividingBy: calls.count)
    let rows = piece(rowPiece, of: rowPieces, count: outputRows)
    var first = rows.lowerBound
    while first < rows.upperBound {
      let end = min(first + nearRows, rows.upperBound)
      for copy in 0..<copies {
        if let block {
          compute(unit, copy, first..<end, block, tensors)
        } else {
          compute(unit, copy, first, end, calls[columnPiece], tensors)
        }
      }
      first = end
    }
  }

  /// Some rows of what one vector of a block makes of a plane, by one call.
  private func compute(
    _ unit: Int, _ copy: Int, _ rows: Range<Int>, _ block: DepthwiseBlockCall, _ tensors: Tensors
  ) {
    let index = unit % planes * copies + copy
    let fixed = block.arguments.value
    let x = unit * inputPlane + copy * inputCopy + block.input + rows.lowerBound * fixed.x_row
    let y = unit * outputPlane + copy * outputCopy + rows.lowerBound * fixed.y_row
    var after = epilogue.value
    after.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + y }
    withUnsafePointer(to: after) {
      block.run(
        rows: rows, x: tensors.input.assumingMemoryBound(to: Float.self) + x,
        y: tensors.output.assumingMemoryBound(to: Float.self) + y,
        w: UnsafePointer(weights.floats + index * weightPitch), bias: UnsafePointer(bias.floats + index * biasPitch),
        fetches: copy == 0, epilogue: hasPass ? $0 : nil)
    }
  }

  /// Some rows of what one filter, or one vector of a block, makes of a plane.
  private func compute(
    _ unit: Int, _ copy: Int, _ firstRow: Int, _ endRow: Int, _ calls: ConstantTable<DepthwiseCall>, _ tensors: Tensors
  ) {
    let index = unit % planes * copies + copy
    let input = unit * inputPlane + copy * inputCopy
    let output = unit * outputPlane + copy * outputCopy
    var after = epilogue.value
    withUnsafeMutablePointer(to: &after) { after in
      for number in 0..<calls.count {
        let one = calls.pointer + number
        let first = max(firstRow, one.pointee.firstRow)
        let end = min(endRow, one.pointee.endRow)
        if first >= end { continue }
        var arguments = one.pointee.arguments.value
        let skipped = first - one.pointee.firstRow
        let x = input + one.pointee.input + skipped * arguments.x_row
        let y = output + one.pointee.output + skipped * arguments.y_row
        arguments.x = tensors.input.assumingMemoryBound(to: Float.self) + x
        arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + y
        arguments.w = UnsafePointer(weights.floats + index * weightPitch)
        arguments.bias = UnsafePointer(bias.floats + index * biasPitch)
        arguments.rows = end - first
        after.pointee.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + y }
        arguments.epilogue = hasPass ? UnsafePointer(after) : nil
        switch one.pointee.kernel {
        case .line: call(line, &arguments)
        case .three: call(three, &arguments)
        case .plane:
          if one.pointee.isTurned && arguments.rows > arguments.columns { turn(&arguments) }
          call(plane, &arguments)
        case .edge: runEdge(x + one.pointee.reachBegin, x + one.pointee.reachEnd, arguments, after)
        }
      }
    }
  }

  private func turn(_ arguments: inout atrous_depthwise_plane_args) {
    swap(&arguments.x_row, &arguments.x_step)
    swap(&arguments.y_row, &arguments.y_step)
    swap(&arguments.rows, &arguments.columns)
    arguments.x_last = (arguments.columns - 1) * arguments.x_step
    arguments.y_last = (arguments.columns - 1) * arguments.y_step
  }

  /// Rows whose hidden lanes lie outside the tensor are taken lane by lane.
  private func runEdge(
    _ begin: Int, _ end: Int, _ whole: atrous_depthwise_plane_args, _ after: UnsafeMutablePointer<atrous_epilogue>
  ) {
    let (pitch, count) = (whole.x_row, whole.rows)
    var first = 0
    while first < count && begin + first * pitch < 0 { first += 1 }
    var last = count
    while last > first && end + (last - 1) * pitch > inputElements { last -= 1 }
    runRows(0..<first, single: lanes, whole, after)
    runRows(first..<last, single: 0, whole, after)
    runRows(last..<count, single: lanes, whole, after)
  }

  private func runRows(
    _ rows: Range<Int>, single: Int, _ whole: atrous_depthwise_plane_args,
    _ after: UnsafeMutablePointer<atrous_epilogue>
  ) {
    if rows.isEmpty { return }
    var arguments = whole
    let residual = after.pointee.residual
    arguments.x += rows.lowerBound * whole.x_row
    arguments.y += rows.lowerBound * whole.y_row
    arguments.rows = rows.count
    arguments.single = single
    after.pointee.residual = residual.map { $0 + rows.lowerBound * whole.y_row }
    call(edge, &arguments)
    after.pointee.residual = residual
  }
}

/// Weights as vectors[p][tap][lane], lanes past the last filter zero.
private func packLanes(
  _ weights: RawSpan, _ layout: DepthwisePlanes, _ set: MicrokernelSet
) throws(PlanError) -> PackedBuffer {
  let problem = layout.problem
  let packed = try PackedBuffer(Float.self, count: layout.planes * layout.block * problem.taps)
  weights.withUnsafeBytes {
    var arguments = atrous_pack_panels_args(
      w: $0.baseAddress!.assumingMemoryBound(to: Float.self), filters: problem.filters, channels: 1,
      taps: problem.taps, width: layout.lanes, block: 1, panels: packed.base)
    call(set.function(ATROUS_KIND_PACK_PANELS), &arguments)
  }
  return packed
}
