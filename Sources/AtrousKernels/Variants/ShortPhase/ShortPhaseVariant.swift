// Y = A [ Σ_c (G w Gᵀ) ⊙ (B x Bᵀ) ] Aᵀ on whole phases of 1 to 3 pixels an axis: see ShortPhase.swift for the transforms.
//
// Where the dilation is a third of the extent or more, a phase is so short that most taps of its pixels are padding. A
// phase is a tile without a halo, with 1, 3 or 4 products an axis (5 where few phases are of 3 pixels); all else is
// Winograd's: the phases are the rows of one GEMM a ξ. An axis of one tap is not transformed.
// 33×33: d = 12 and d = 18 fall to 2.1 of the nominal 9 products an output.

import AtrousCore

/// 3×3, 3×1 and 1×3 filters, NHWC: an axis of three taps has stride 1, its dilation as padding, and phases of 1 to 3 pixels; one of
/// one tap no padding.
struct ShortPhaseVariant: KernelVariant {
  struct Values: Tunables {
    var slots = 0
    var spanChannels = 0
    var mr = 6
    var vectors = 2

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "sb", \.slots, 0...1_048_576,
          "most phases a block; fewer keep both transforms in cache, but weights are read again for every block; 0 is all"
        ),
        .spanChannels(\.spanChannels),
        .tileRows(\.mr, "phases"),
        .tileVectors(\.vectors, "output channels"),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "short-phase"
  let revision = 3
  let isTransform = true

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.transformRejection(on: target) { return rejection }
    if [problem.height, problem.width].contains(where: { $0.kernel != 3 && $0.kernel != 1 }) {
      return Rejection(.unsupported, "takes 3×3, 3×1 and 1×3 filters, not \(problem.filterText)")
    }
    for (name, axis) in [("height", problem.height), ("width", problem.width)] {
      if axis.kernel == 1 {
        if axis.before == 0 && axis.after == 0 { continue }
        return Rejection(
          .unsupported, "takes no padding of an axis of one tap, not \(axis.before) and \(axis.after) of the \(name)")
      }
      if axis.before != axis.dilation || axis.after != axis.dilation {
        return Rejection(
          .unsupported,
          "takes the dilation \(axis.dilation) as padding of the \(name), not \(axis.before) and \(axis.after)")
      }
      if axis.longestPhase > 3 {
        return Rejection(
          .unsupported,
          "takes phases of at most 3 pixels; along the \(name) dilation \(axis.dilation) leaves \(axis.longestPhase) of "
            + "\(axis.input)")
      }
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    values.tileValues.rejection(on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let plane = WinogradPlane(problem)
    let tiles = try WinogradTiles(
      plane, images: problem.batch, rows: WinogradSegment.shortPhases(of: plane.rows),
      columns: WinogradSegment.shortPhases(of: plane.columns))
    return try WinogradBody(
      tiles, blockTiles: values.slots, spanChannels: values.spanChannels, values.tileValues.tile(on: target.isa)!,
      problem, target, weights, bias)
  }
}
