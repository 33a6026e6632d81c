// x'[u][j] = x[s·j + d·u − before]: strides folded into channels, then Winograd on x' at stride 1.
//
// The products at ∞ multiply the last tap alone: those of a plane u that lacks it are left out. 3×3 at stride 2 with tiles of
// 5×5 takes 121 products for 225, where all planes at all points would take 144. The copy is in the workspace, its time
// part of the variant's. Register budget: no loop but copies, see GatherRows.swift.

import AtrousCore
import CAtrousMicrokernel

/// `WinogradVariant` made to take strides where an axis has several taps: any that leave two taps a plane on some axis.
struct StrideFolding: RewritingVariant {
  let base = WinogradVariant()

  func inner(_ problem: Problem, on target: Target) -> Problem { StrideFold(problem)?.folded ?? problem }

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    guard let fold = StrideFold(problem) else { return base.rejection(of: problem, on: target) }
    return base.rejection(of: fold.folded, on: target).map { Rejection($0.kind, "folded to stride 1: \($0.reason)") }
  }

  func errorBound(of values: WinogradVariant.Values, for problem: Problem) -> Double {
    base.errorBound(of: values, for: StrideFold(problem)?.folded ?? problem)
  }

  func cost(of values: WinogradVariant.Values, for problem: Problem, on target: Target) -> Cost {
    guard let fold = StrideFold(problem) else { return base.cost(of: values, for: problem, on: target) }
    var cost = base.cost(of: values, for: fold.folded, on: target, lastTaps: fold.lastTaps)
    cost.addCopies(bytes: 4 * fold.folded.inputElements, on: target)
    return cost
  }

  func plan(
    _ values: WinogradVariant.Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    guard let fold = StrideFold(problem) else {
      return try base.plan(values, for: problem, on: target, weights: weights, bias: bias)
    }
    let apart = fold.weights(weights)
    let body = try base.plan(
      values, for: fold.folded, on: target, weights: apart.span.bytes, bias: bias, lastTaps: fold.lastTaps)
    return FoldedBody(body, fold, target)
  }
}

private struct FoldedBody: PlanBody {
  let body: any PlanBody
  let fold: StrideFold
  let gather: MicrokernelFunction
  let copy: MicrokernelFunction
  /// Where the pixels of a row of a plane stand in the original.
  let pixels: ConstantTable<Int>
  let pieces: Int
  let stages: [Int]
  private let copyBytes: Int
  var sharedBytes: Int { copyBytes + body.sharedBytes }
  var workerBytes: Int { body.workerBytes }
  var packedWeightsBytes: Int { body.packedWeightsBytes }

  init(_ body: any PlanBody, _ fold: StrideFold, _ target: Target) {
    self.body = body
    self.fold = fold
    let set = MicrokernelSet.of(target.isa)
    gather = set.function(ATROUS_KIND_GATHER_ROWS)
    copy = set.function(ATROUS_KIND_COPY_ROWS)
    let pitch = fold.problem.width.stride * fold.problem.channels
    pixels = ConstantTable((0..<fold.folded.width.input).map { $0 * pitch })
    let batch = fold.problem.batch
    pieces = target.pieces(units: batch, limit: fold.folded.height.input)
    stages = [batch * pieces] + body.stages
    copyBytes = roundedToLine(4 * fold.folded.inputElements)
  }

  /// The first stage copies the planes; the others are the wrapped body's.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    if stage == 0 { return copyPlanes(part, tensors, scratch) }
    let inner = Tensors(
      input: UnsafeRawPointer(scratch.shared), residual: tensors.residual, output: tensors.output)
    let rest = Scratch(shared: scratch.shared + copyBytes, worker: scratch.worker)
    body.run(stage: stage - 1, part: part, tensors: inner, scratch: rest)
  }

  /// A part is a range of the rows of one image.
  private func copyPlanes(_ part: Int, _ tensors: Tensors, _ scratch: Scratch) {
    let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
    let (problem, folded) = (fold.problem, fold.folded)
    let input = tensors.input.assumingMemoryBound(to: Float.self) + image * problem.inputPositions * problem.channels
    let copies = scratch.shared.assumingMemoryBound(to: Float.self) + image * folded.inputPositions * folded.channels
    for row in piece(index, of: pieces, count: folded.height.input) {
      let to = copies + row * folded.width.input * folded.channels
      for (index, plane) in fold.planes.enumerated() {
        let position = fold.height.position(row, plane: plane.row)
        let live = (0..<problem.height.input).contains(position) ? fold.width.live(plane: plane.column) : 0..<0
        let column = fold.width.position(live.lowerBound, plane: plane.column)
        for group in 0..<problem.groups {
          let channel = group * folded.channelsPerGroup + index * problem.channelsPerGroup
          clear(to + channel, 0..<live.lowerBound)
          clear(to + channel, live.upperBound..<folded.width.input)
          if live.isEmpty { continue }
          let from = (position * problem.width.input + column) * problem.channels + group * problem.channelsPerGroup
          var arguments = atrous_gather_rows_args(
            source: input + from, offsets: pixels.pointer,
            destination: to + live.lowerBound * folded.channels + channel, destination_pitch: folded.channels,
            rows: live.count, channels: problem.channelsPerGroup)
          call(gather, &arguments)
        }
      }
    }
  }

  /// Zeros for the pixels of one plane, whose first is at `row`.
  private func clear(_ row: UnsafeMutablePointer<Float>, _ pixels: Range<Int>) {
    if pixels.isEmpty { return }
    let pitch = fold.folded.channels
    var arguments = atrous_copy_rows_args(
      source: nil, source_pitch: 0, destination: row + pixels.lowerBound * pitch, destination_pitch: pitch,
      rows: pixels.count, columns: 0, zeros: fold.problem.channelsPerGroup)
    call(copy, &arguments)
  }
}
