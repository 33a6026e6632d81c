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
    return base.rejection(of: fold.folded, on: target).map(Self.folded)
  }

  func rejection(of values: WinogradVariant.Values, for problem: Problem, on target: Target) -> Rejection? {
    guard let fold = StrideFold(problem) else { return base.rejection(of: values, for: problem, on: target) }
    return base.rejection(of: values, for: fold.folded, on: target).map(Self.folded)
  }

  private static func folded(_ rejection: Rejection) -> Rejection {
    Rejection(rejection.kind, "folded to stride 1: \(rejection.reason)")
  }

  func errorBound(of values: WinogradVariant.Values, for problem: Problem) -> Double {
    let fold = StrideFold(problem)
    return base.errorBound(of: values, for: fold?.folded ?? problem, lastTaps: fold?.lastTaps)
  }

  func cost(of values: WinogradVariant.Values, for problem: Problem, on target: Target) -> Cost {
    guard let fold = StrideFold(problem) else { return base.cost(of: values, for: problem, on: target) }
    var cost = base.cost(of: values, for: fold.folded, on: target, lastTaps: fold.lastTaps)
    cost.addCopies(bytes: fold.bytes, on: target)
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
    return CopyingBody(body, FoldedCopy(fold, target), target)
  }
}

/// The planes of the input, beside each other.
private struct FoldedCopy: InputCopy {
  private struct Plane {
    let row: Int
    /// The pixels of a row that exist, and where the first one stands in the original.
    let live: Range<Int>
    let column: Int
  }

  let fold: StrideFold
  private let planes: [Plane]
  let gather: MicrokernelFunction
  let zeros: MicrokernelFunction
  /// Where the pixels of a row of a plane stand in the original.
  let pixels: ConstantTable<Int>
  var batch: Int { fold.problem.batch }
  var rows: Int { fold.folded.height.input }
  var bytes: Int { fold.bytes }

  init(_ fold: StrideFold, _ target: Target) {
    self.fold = fold
    planes = fold.planes.map { row, column in
      let live = fold.width.live(plane: column)
      return Plane(row: row, live: live, column: fold.width.position(live.lowerBound, plane: column))
    }
    let set = MicrokernelSet.of(target.isa)
    gather = set.function(ATROUS_KIND_GATHER_ROWS)
    zeros = set.function(ATROUS_KIND_COPY_ROWS)
    let pitch = fold.problem.width.stride * fold.problem.channels
    pixels = ConstantTable((0..<fold.folded.width.input).map { $0 * pitch })
  }

  func copy(_ rows: Range<Int>, image: Int, from input: UnsafePointer<Float>, to copies: UnsafeMutablePointer<Float>) {
    let (problem, folded) = (fold.problem, fold.folded)
    let input = input + image * problem.inputPositions * problem.channels
    let copies = copies + image * folded.inputPositions * folded.channels
    for row in rows {
      let to = copies + row * folded.width.input * folded.channels
      for (place, plane) in planes.enumerated() {
        let position = fold.height.position(row, plane: plane.row)
        let live = (0..<problem.height.input).contains(position) ? plane.live : 0..<0
        for group in 0..<problem.groups {
          let channel = group * folded.channelsPerGroup + place * problem.channelsPerGroup
          clear(to + channel, 0..<live.lowerBound)
          clear(to + channel, live.upperBound..<folded.width.input)
          if live.isEmpty { continue }
          let pixel = position * problem.width.input + plane.column
          let from = pixel * problem.channels + group * problem.channelsPerGroup
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
    call(zeros, &arguments)
  }
}
