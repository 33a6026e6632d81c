import AtrousCore
import CAtrousMicrokernel

/// The convolution in Float64: what every variant is held against.
///
/// Weights are packed once; `compute` may be called for any number of inputs. Takes f32 forward problems in any layout,
/// of any rank, stride, padding and grouping; blocked tensors are rearranged to NCHW and back.
public final class ReferenceConvolution: Sendable {
  public let problem: Problem
  /// The problem as it is computed, in plain layouts.
  private let plain: Problem
  private let groups: LiveGroups
  private let tiles: [LiveGroups.Tile]
  private let panels: PackedBuffer
  private let bias: PackedBuffer?
  private let kernel: MicrokernelFunction
  private let columns = Int(ATROUS_REFERENCE_COLUMNS)
  private let rows = Int(ATROUS_REFERENCE_ROWS)

  /// - Throws: `PlanError` where the problem is not accepted, the machine lacks the instruction set, the spans have the
  ///   wrong size, or memory is short.
  public convenience init(
    _ problem: Problem, isa: InstructionSet, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) {
    if let rejection = Self.rejection(of: problem) ?? isa.executionRejection {
      throw .rejected("reference", rejection)
    }
    try PlanError.check(weights, bias, problem)
    try self.init(checked: problem, MicrokernelSet.of(isa), weights, bias)
  }

  /// Why the reference does not take the problem; nil where it does.
  package static func rejection(of problem: Problem) -> Rejection? { problem.typeRejection }

  init(checked problem: Problem, _ set: MicrokernelSet, _ weights: RawSpan, _ bias: RawSpan?) throws(PlanError) {
    self.problem = problem
    plain = NativeLayouts.plain.inner(problem)
    groups = LiveGroups(plain, tapPitch: problem.channelsPerGroup * columns, slack: rows)
    tiles = groups.tiles(of: rows)
    kernel = set.function(ATROUS_KIND_REFERENCE)
    self.bias = try packBias(bias, filters: problem.filters, slack: columns)
    panels = try PackedBuffer(Double.self, count: problem.groups * Self.panelElements(problem, columns))
    let pack = set.function(ATROUS_KIND_PACK_PANELS_DOUBLE)
    weights.withUnsafeBytes { weights in
      for group in 0..<problem.groups {
        var arguments = atrous_pack_panels_args(
          w: weights.baseAddress!.assumingMemoryBound(to: Float.self)
            + group * problem.filtersPerGroup * problem.channelsPerGroup * problem.taps,
          filters: problem.filtersPerGroup, channels: problem.channelsPerGroup, taps: problem.taps, width: columns,
          block: problem.channelsPerGroup, panels: panels.base + group * Self.panelElements(problem, columns) * 8)
        call(pack, &arguments)
      }
    }
  }

  private static func panelElements(_ problem: Problem, _ columns: Int) -> Int {
    (problem.filtersPerGroup + columns - 1) / columns * columns * problem.channelsPerGroup * problem.taps
  }

  /// Bytes of the packed weights.
  public var packedWeightsBytes: Int { panels.bytes }

  /// Computes all outputs, epilogue included, into `output`: `problem.outputElements` doubles in the output's layout.
  public func compute(
    input: UnsafePointer<Float>, residual: UnsafePointer<Float>? = nil, output: UnsafeMutablePointer<Double>
  ) {
    if plain == problem { return computeSlices(input, residual, output) }
    let (inputOrder, outputOrder) = (ActivationOrder.input(of: problem), ActivationOrder.output(of: problem))
    let plainOutput = ActivationOrder.output(of: plain)
    let x = rearranged(input, inputOrder, to: .input(of: plain))
    let added = residual.map { rearranged($0, outputOrder, to: plainOutput) }
    var y = [Double](repeating: 0, count: plainOutput.elements)
    y.withUnsafeMutableBufferPointer { y in
      x.withUnsafeBufferPointer { x in
        guard let added else { return computeSlices(x.baseAddress!, nil, y.baseAddress!) }
        added.withUnsafeBufferPointer { computeSlices(x.baseAddress!, $0.baseAddress!, y.baseAddress!) }
      }
    }
    let blocked = rearranged(y, plainOutput, to: outputOrder)
    output.update(from: blocked, count: blocked.count)
  }

  private func computeSlices(
    _ input: UnsafePointer<Float>, _ residual: UnsafePointer<Float>?, _ output: UnsafeMutablePointer<Double>
  ) {
    for slice in 0..<slices { compute(slice: slice, input: input, residual: residual, output: output) }
  }

  /// Independent pieces of the work: an image and a group of filters each.
  var slices: Int { problem.batch * problem.groups }

  func compute(
    slice: Int, input: UnsafePointer<Float>, residual: UnsafePointer<Float>?, output: UnsafeMutablePointer<Double>
  ) {
    let (image, group) = slice.quotientAndRemainder(dividingBy: problem.groups)
    let inputStrides = Strides(inputOf: plain)
    var arguments = atrous_reference_args()
    arguments.a = input + image * inputStrides.image + group * problem.channelsPerGroup * inputStrides.channel
    arguments.a_stride = inputStrides.channel
    arguments.k = problem.channelsPerGroup
    for tile in tiles {
      let live = groups.groups[tile.group]
      arguments.a_rows = groups.inputOffsets.pointer + tile.first
      arguments.y_rows = groups.outputOffsets.pointer + tile.first
      arguments.taps = groups.taps.pointer + live.firstTap
      arguments.tap_count = live.tapCount
      arguments.m = tile.count
      computeColumns(&arguments, image, group, residual, output)
    }
  }

  private func computeColumns(
    _ arguments: inout atrous_reference_args, _ image: Int, _ group: Int, _ residual: UnsafePointer<Float>?,
    _ output: UnsafeMutablePointer<Double>
  ) {
    let strides = Strides(outputOf: plain)
    let filters = problem.filtersPerGroup
    let panel = panels.doubles + group * Self.panelElements(problem, columns)
    var epilogue = problem.epilogue.arguments
    arguments.y_stride = strides.channel
    for first in stride(from: 0, to: filters, by: columns) {
      let offset = image * strides.image + (group * filters + first) * strides.channel
      arguments.b = UnsafePointer(panel + first * problem.channelsPerGroup * problem.taps)
      arguments.y = output + offset
      arguments.n = min(columns, filters - first)
      epilogue.bias = bias.map { UnsafePointer($0.floats + group * filters + first) }
      epilogue.residual = residual.map { $0 + offset }
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = $0
        call(kernel, &arguments)
      }
    }
  }
}

/// The elements of a tensor in another order; lanes that only `to` has are zero.
private func rearranged<Element: BinaryFloatingPoint>(
  _ elements: UnsafePointer<Element>, _ from: ActivationOrder, to: ActivationOrder
) -> [Element] {
  var result = [Element](repeating: 0, count: to.elements)
  for image in 0..<from.batch {
    for channel in 0..<from.channels {
      let source = from.offset(image: image, channel: channel, position: 0)
      let destination = to.offset(image: image, channel: channel, position: 0)
      for position in 0..<from.positions {
        result[destination + position * to.block] = elements[source + position * from.block]
      }
    }
  }
  return result
}
