// y[k][p][q] = epilogue( Σ_{r,s} w[k][r,s] · x[k / m][p·sh + r·dh − top][q·sw + s·dw − left] ), along the width.
//
// Rows of stride 1 are read where they lie: see DepthwisePlanes.swift. Rows of other strides, and rows shorter than a vector,
// are packed first: see DepthwisePackedRows.swift.

import AtrousCore
import CAtrousMicrokernel

/// Depthwise convolution along the width: NCHW, one and two dimensions, any filter, stride, dilation and multiplier.
struct DepthwiseNCHWVariant: KernelVariant {
  struct Values: Tunables {
    var rows = 0
    var columns = 0

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "rb", \.rows, 0...1_048_576,
          "output rows a block, where rows are packed; fewer keep its packed input near, but pack the halo more often; 0 is all"
        ),
        Parameter(
          "wb", \.columns, 0...134_217_728,
          "output columns a block, where rows are packed; fewer keep its packed input near, but pack the halo more often; 0 is all"
        ),
      ]
    }
  }

  let id: VariantID = "depthwise-nchw"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nchw) { return rejection }
    if problem.depth != .absent { return Rejection(.unsupported, "takes one and two dimensions, not three") }
    if problem.channelsPerGroup != 1 {
      return Rejection(.unsupported, "takes one channel a group, not \(problem.channelsPerGroup)")
    }
    return rejection(of: initial(for: problem, on: target), for: problem, on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    isInPlace(problem, target)
      ? nil : Problem.memoryRejection("the packed rows", PlaneBlock(problem, values, target).expectedBytes)
  }

  /// Whether rows are read where they lie.
  private func isInPlace(_ problem: Problem, _ target: Target) -> Bool {
    problem.width.stride == 1 && problem.width.output >= target.isa.lanes
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    if isInPlace(problem, target) { return Values() }
    let room = target.l2Bytes / 2
    let columns = PlaneBlock(problem, Values(rows: 1), target).expectedBytes <= Double(room) ? 0 : Self.fewColumns
    return Values(rows: fittingRows(problem, columns, room, target), columns: columns)
  }

  /// Columns a block where whole rows are too long for the caches.
  private static let fewColumns = 4096

  /// Output rows a block whose packed input takes at most `bytes`, or one; 0 where all do.
  private func fittingRows(_ problem: Problem, _ columns: Int, _ bytes: Int, _ target: Target) -> Int {
    if PlaneBlock(problem, Values(rows: 0, columns: columns), target).expectedBytes <= Double(bytes) { return 0 }
    let one = PlaneBlock(problem, Values(rows: 1, columns: columns), target)
    let more = (Double(bytes) - one.expectedBytes) / (4 * Double(one.rowElements) * Double(problem.height.stride))
    return max(1, min(problem.height.output, 1 + Int(max(0, more))))
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    if isInPlace(problem, target) { return space }
    for columns in [0, Self.fewColumns, 1024] where columns < problem.width.output {
      for bytes in [target.l2Bytes / 2, target.l1Bytes / 2] {
        let values = Values(rows: fittingRows(problem, columns, bytes, target), columns: columns)
        if !space.contains(values) && rejection(of: values, for: problem, on: target) == nil { space.append(values) }
      }
    }
    return space
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    if isInPlace(problem, target) { return Cost.ofDepthwisePlanes(problem, target) }
    let block = PlaneBlock(problem, values, target)
    let live = problem.height.liveTapCount * problem.width.kernel * problem.width.output
    let packed =
      Double(problem.inputElements) * block.expectedBytes * Double(block.count) / Double(4 * problem.inputPositions)
    return Cost.roofline(
      flops: 2 * Double(problem.batch * problem.filters) * Double(live) + 2 * packed, efficiency: 0.5,
      bytes: Double(problem.minimumBytes), workspaceBytes: block.bytes * target.threads,
      packedWeightsBytes: 4 * problem.weightElements, on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    if isInPlace(problem, target) {
      return try DepthwisePlanesBody(DepthwisePlanes(rowsOf: problem, target), target, weights, bias)
    }
    return try DepthwisePackedRowsBody(PlaneBlock(problem, values, target), target, weights, bias)
  }
}
