// x'[j] = x[g·j + offset], g = gcd(stride, dilation) on each axis; then the wrapped variant on x', stride/g, dilation/g.
//
// Every g-th input matters alone: stride 2 with dilation 2 is a dense problem of stride 1 on a quarter of the input. The
// copy is in the workspace, its time part of the variant's. Register budget: no loop but copies, see CopyRows.swift.

import AtrousCore
import CAtrousMicrokernel

/// A variant that takes NHWC, made to take problems whose strides share factors with their dilations where it refuses
/// them but not what is left after division. It keeps the variant's id, settings and error bound.
struct StrideReducing<Base: KernelVariant>: RewritingVariant {
  let base: Base

  init(_ base: Base) { self.base = base }

  /// Nil where the base takes the problem itself, or not even what is left of it.
  private func reduction(of problem: Problem, on target: Target) -> StrideReduction? {
    guard problem.inputLayout == .nhwc, base.rejection(of: problem, on: target) != nil,
      let reduction = StrideReduction(problem), base.rejection(of: reduction.reduced, on: target) == nil
    else { return nil }
    return reduction
  }

  func inner(_ problem: Problem, on target: Target) -> Problem {
    reduction(of: problem, on: target)?.reduced ?? problem
  }

  /// The bound depends on the taps and channels, which a reduction does not change.
  func errorBound(of values: Base.Values, for problem: Problem) -> Double {
    base.errorBound(of: values, for: StrideReduction(problem)?.reduced ?? problem)
  }

  func cost(of values: Base.Values, for problem: Problem, on target: Target) -> Cost {
    guard let reduction = reduction(of: problem, on: target) else {
      return base.cost(of: values, for: problem, on: target)
    }
    var cost = base.cost(of: values, for: reduction.reduced, on: target)
    cost.addCopies(bytes: reduction.bytes, on: target)
    return cost
  }

  func plan(
    _ values: Base.Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    guard let reduction = reduction(of: problem, on: target) else {
      return try base.plan(values, for: problem, on: target, weights: weights, bias: bias)
    }
    let body = try base.plan(values, for: reduction.reduced, on: target, weights: weights, bias: bias)
    return CopyingBody(body, ReducedCopy(reduction, target), target)
  }
}

/// The positions of the input that are read.
private struct ReducedCopy: InputCopy {
  let reduction: StrideReduction
  let gather: MicrokernelFunction
  /// Where the pixels of a row of the reduced input stand in the original.
  let pixels: ConstantTable<Int>
  var batch: Int { reduction.problem.batch }
  var rows: Int { reduction.rows }
  var bytes: Int { reduction.bytes }

  init(_ reduction: StrideReduction, _ target: Target) {
    self.reduction = reduction
    gather = MicrokernelSet.of(target.isa).function(ATROUS_KIND_GATHER_ROWS)
    let pitch = reduction.width.divisor * reduction.problem.channels
    pixels = ConstantTable((0..<reduction.reduced.width.input).map { $0 * pitch })
  }

  func copy(_ rows: Range<Int>, image: Int, from input: UnsafePointer<Float>, to copies: UnsafeMutablePointer<Float>) {
    let (problem, reduced) = (reduction.problem, reduction.reduced)
    let channels = problem.channels
    let row = reduced.width.input * channels
    for r in rows {
      let pixel = image * problem.inputPositions + reduction.sourcePixel(ofRow: r)
      var arguments = atrous_gather_rows_args(
        source: input + pixel * channels, offsets: pixels.pointer,
        destination: copies + (image * reduction.rows + r) * row, destination_pitch: channels,
        rows: reduced.width.input, channels: channels)
      call(gather, &arguments)
    }
  }
}
