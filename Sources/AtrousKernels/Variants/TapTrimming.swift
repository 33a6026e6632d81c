// w'[k][c][t, r, s] = w[k][c][t + t₀, r + r₀, s + s₀]: the taps that meet the input at some output; then the wrapped variant.
//
// At a rate as large as the image only the centre tap of 3×3 is left: a 1×1 problem, which `pointwise` takes, and whose
// weights are a ninth. Register budget: no loop but the copy of the weights, once a plan.

import AtrousCore

/// A variant made to leave out the outer taps that only ever meet padding, where it takes what is left of the filter.
struct TapTrimming<Base: KernelVariant>: RewritingVariant {
  let base: Base

  init(_ base: Base) { self.base = base }

  /// Nil where all taps are live, or the base does not take what is left.
  private func trimming(of problem: Problem, on target: Target) -> LiveFilter? {
    guard let trimming = LiveFilter(problem), base.rejection(of: trimming.inner, on: target) == nil else { return nil }
    return trimming
  }

  func inner(_ problem: Problem, on target: Target) -> Problem {
    trimming(of: problem, on: target)?.inner ?? problem
  }

  /// That of all taps: dead ones only add zeros.
  func errorBound(of values: Base.Values, for problem: Problem) -> Double { base.errorBound(of: values, for: problem) }

  func cost(of values: Base.Values, for problem: Problem, on target: Target) -> Cost {
    base.cost(of: values, for: inner(problem, on: target), on: target)
  }

  func plan(
    _ values: Base.Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    guard let trimming = trimming(of: problem, on: target) else {
      return try base.plan(values, for: problem, on: target, weights: weights, bias: bias)
    }
    let live = trimming.weights(weights)
    return try base.plan(values, for: trimming.inner, on: target, weights: live.span.bytes, bias: bias)
  }
}

/// The part of a filter that meets the input.
private struct LiveFilter {
  let problem: Problem
  /// With the live taps alone.
  let inner: Problem
  private let first: (depth: Int, height: Int, width: Int)

  /// Nil where all taps are live, or none is.
  init?(_ problem: Problem) {
    let axes = [problem.depth, problem.height, problem.width].map(\.trimmed)
    guard axes.contains(where: { $0 != nil }) else { return nil }
    let (depth, height, width) = (
      axes[0] ?? (problem.depth, 0), axes[1] ?? (problem.height, 0), axes[2] ?? (problem.width, 0)
    )
    do throws(ProblemError) {
      inner = try problem.with(depth: depth.axis, height: height.axis, width: width.axis)
    } catch {
      return nil
    }
    self.problem = problem
    first = (depth.first, height.first, width.first)
  }

  /// The live taps of K × C/g × T × R × S.
  func weights(_ all: RawSpan) -> [Float] {
    let (rows, columns) = (problem.height.kernel, problem.width.kernel)
    return all.withUnsafeBytes { all in
      let all = all.bindMemory(to: Float.self)
      var live: [Float] = []
      live.reserveCapacity(inner.weightElements)
      for filter in 0..<problem.filters * problem.channelsPerGroup {
        for t in 0..<inner.depth.kernel {
          for r in 0..<inner.height.kernel {
            let row = (filter * problem.depth.kernel + t + first.depth) * rows + r + first.height
            live += all[(row * columns + first.width)...].prefix(inner.width.kernel)
          }
        }
      }
      return live
    }
  }
}

extension Axis {
  /// The axis without the outer taps that meet no input at any output, and the first tap it keeps. Nil where there are
  /// none, or the outputs that are left do not begin inside the padding.
  fileprivate var trimmed: (axis: Axis, first: Int)? {
    guard kernel > 1, let first = (0..<kernel).first(where: { !liveOutputs(ofTap: $0).isEmpty }),
      let last = (first..<kernel).last(where: { !liveOutputs(ofTap: $0).isEmpty }), last - first + 1 < kernel
    else { return nil }
    let (taps, before) = (last - first + 1, self.before - first * dilation)
    let spacing = taps == 1 ? 1 : dilation
    let after = (output - 1) * stride + spacing * (taps - 1) + 1 - input - before
    let axis = Axis(
      input: input, kernel: taps, stride: stride, dilation: spacing, before: before, after: max(after, 0))
    return before >= 0 && axis.output == output ? (axis, first) : nil
  }
}
