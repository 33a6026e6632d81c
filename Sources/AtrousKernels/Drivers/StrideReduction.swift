import AtrousCore

extension Axis {
  /// The greatest common divisor of stride and dilation.
  package var commonDivisor: Int {
    var (a, b) = (dilation, stride)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}

/// An axis without the input positions that no tap ever meets.
///
/// With g = gcd(stride, dilation) every tap of every output lies at −before modulo g: on x'[j] = x[g·j + offset] the axis
/// has stride and dilation divided by g. The dilation of one tap is free, so there g is the stride.
struct AxisReduction: Sendable {
  let divisor: Int
  /// The first input position that is kept.
  let offset: Int
  let axis: Axis

  /// The whole axis. Nil where no tap meets the input.
  init?(_ original: Axis) {
    self.init(
      original, step: original.stride, first: 0, outputs: original.output,
      divisor: original.kernel == 1 ? original.stride : original.commonDivisor)
  }

  /// Of an axis of stride 1 the outputs `first`, `first + dilation`, …, all of one phase. Nil where no tap meets the input.
  init?(phaseOf original: Axis, first: Int, outputs: Int) {
    self.init(original, step: original.dilation, first: first, outputs: outputs, divisor: original.dilation)
  }

  /// - Parameter step: input positions from one of the outputs to the next, a multiple of `divisor`, as the dilation is.
  private init?(_ original: Axis, step: Int, first: Int, outputs: Int, divisor: Int) {
    // Tap 0 of the first output, then the first position from there on, or from 0 on, that a tap meets.
    let start = first * original.stride - original.before
    let offset = start >= 0 ? start : (divisor - -start % divisor) % divisor
    let before = (offset - start) / divisor
    let stride = step / divisor
    let dilation = original.kernel == 1 ? 1 : original.dilation / divisor
    // The least padded input with the same outputs: what lies after it is not read.
    let needed = (outputs - 1) * stride + dilation * (original.kernel - 1) + 1 - before
    let kept = (original.input - offset + divisor - 1) / divisor
    guard needed > 0 && original.input > offset else { return nil }
    axis = Axis(
      input: min(kept, needed), kernel: original.kernel, stride: stride, dilation: dilation, before: before,
      after: max(0, needed - kept))
    (self.divisor, self.offset) = (divisor, offset)
  }
}

/// A problem whose strides share factors with its dilations, as one on the part of the input that is read.
struct StrideReduction: Sendable {
  let problem: Problem
  let reduced: Problem
  let depth: AxisReduction
  let height: AxisReduction
  let width: AxisReduction

  /// Nil where there is nothing to divide by, or nothing is read.
  init?(_ problem: Problem) {
    guard let depth = AxisReduction(problem.depth), let height = AxisReduction(problem.height),
      let width = AxisReduction(problem.width), max(depth.divisor, height.divisor, width.divisor) > 1
    else { return nil }
    do throws(ProblemError) {
      reduced = try problem.with(depth: depth.axis, height: height.axis, width: width.axis)
    } catch {
      return nil
    }
    (self.problem, self.depth, self.height, self.width) = (problem, depth, height, width)
  }

  /// Rows of the reduced input, over depth and height, of one image.
  var rows: Int { reduced.depth.input * reduced.height.input }
  var bytes: Int { roundedToLine(reduced.inputElements * 4) }

  /// The first pixel of the original that a row of the reduced input is made of.
  func sourcePixel(ofRow row: Int) -> Int {
    let (z, h) = row.quotientAndRemainder(dividingBy: reduced.height.input)
    let plane = z * depth.divisor + depth.offset
    let line = h * height.divisor + height.offset
    return (plane * problem.height.input + line) * problem.width.input + width.offset
  }
}
