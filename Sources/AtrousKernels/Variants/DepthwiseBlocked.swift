// y[c][p][q] = epilogue( Σ_{r,s} w[c][r,s] · x[c][p·sh + r·dh − top][q·sw + s·dw − left] ), channels c in blocks.
//
// A block of channels is a plane whose pixels are vectors: taps that miss the image are skipped, rows are contiguous, and no
// pitch is a power of two of all channels. See DepthwisePlanes.swift.

import AtrousCore

/// Depthwise convolution on blocks of channels: NCHW8c and NCHW16c, one and two dimensions, any filter, stride and dilation.
struct DepthwiseBlockedVariant: KernelVariant {
  let id: VariantID = "depthwise-blocked"
  let revision = 3

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection { return rejection }
    let block = problem.inputLayout.block
    if block == 1 || problem.outputLayout != problem.inputLayout {
      return Rejection(.unsupported, "takes nchw8c or nchw16c in and out, not \(problem.layoutText)")
    }
    if problem.depth != .absent { return Rejection(.unsupported, "takes one and two dimensions, not three") }
    if problem.channelsPerGroup != 1 || problem.filtersPerGroup != 1 {
      return Rejection(
        .unsupported,
        "takes one channel and one filter a group, not \(problem.channelsPerGroup) and \(problem.filtersPerGroup)")
    }
    return block % target.isa.lanes == 0
      ? nil
      : Rejection(.unsupported, "vectors of \(target.isa.lanes) lanes do not fit blocks of \(block) channels")
  }

  func rejection(of values: NoTunables, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> NoTunables { NoTunables() }
  func space(for problem: Problem, on target: Target) -> [NoTunables] { [NoTunables()] }

  func cost(of values: NoTunables, for problem: Problem, on target: Target) -> Cost {
    Cost.ofDepthwisePlanes(problem, target)
  }

  func plan(
    _ values: NoTunables, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try DepthwisePlanesBody(DepthwisePlanes(blocksOf: problem, target), target, weights, bias)
  }
}
