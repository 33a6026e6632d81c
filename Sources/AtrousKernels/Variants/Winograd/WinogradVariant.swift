// y = Aᵀ [ Σ_c (G w Gᵀ) ⊙ (Bᵀ x B) ] A on the phases of a dilated problem: see WinogradPass.swift for the transforms.
//
// A problem of dilation d is d·d dense ones. Their tiles, over all phases and images, are one list; the transforms read
// and write the image where it lies, and the sums over the channels are one GEMM a ξ, its rows the tiles.

import AtrousCore

/// Winograd's minimal filtering, NHWC, of filters of 2…7 taps on both axes, or on one of them and one tap on the other:
/// stride 1 where an axis has several taps, any dilation and padding, patches of at most 8 pixels an axis, of 10 along
/// the only one. An axis of short phases beside one of longer ones is cut into whole phases, as `short-phase` cuts
/// both.
struct WinogradVariant: KernelVariant {
  struct Values: Tunables {
    var tileHeight = 4
    var tileWidth = 4
    var blockTiles = 0
    var spanChannels = 0
    var mr = 6
    var vectors = 2

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "th", \.tileHeight, 1...9,
          "largest output tile along the height, 1 where it has one tap; larger multiplies less, but transforms more and "
            + "rounds worse; no difference where phases of 3 pixels and fewer are taken whole"),
        Parameter("tw", \.tileWidth, 1...9, "the same along the width"),
        Parameter(
          "tb", \.blockTiles, 0...1_048_576,
          "most tiles a block; fewer keep both transforms in cache, but weights are read again for every block; 0 is all"
        ),
        .spanChannels(\.spanChannels),
        .tileRows(\.mr, "tiles"),
        .tileVectors(\.vectors, "output channels"),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "winograd"
  let revision = 4
  let isTransform = true

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.transformRejection(on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    let hasOneAxis = WinogradPlane(problem).hasOneAxis
    for (key, tile, axis) in [("th", values.tileHeight, problem.height), ("tw", values.tileWidth, problem.width)] {
      let sizes = WinogradSegment.sizes(of: axis, isOnly: hasOneAxis)
      if !sizes.contains(tile) {
        let allowed = sizes.count == 1 ? "1" : "\(sizes.lowerBound)…\(sizes.upperBound)"
        return Rejection(.configuration, "an axis of \(axis.kernel) taps takes \(key) \(allowed), not \(tile)")
      }
    }
    return values.tileValues.rejection(on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try plan(values, for: problem, on: target, weights: weights, bias: bias, lastTaps: nil)
  }

  /// Tiles, but for an axis of short phases beside one of longer phases, which is cut into whole ones whatever its
  /// tile: they take fewer products (`short-phase` has those problems that have such phases alone). Channels without a
  /// last tap spare products in tiles only.
  static func cuts(_ values: Values, _ problem: Problem, _ lastTaps: LastTaps?) -> (height: AxisCut, width: AxisCut) {
    let all = 0..<problem.channelsPerGroup
    let isShort = (height: problem.height.hasShortPhases, width: problem.width.hasShortPhases)
    let mixes = isShort.height != isShort.width && !WinogradPlane(problem).hasOneAxis
    let hasLast = (height: (lastTaps?.row ?? all) == all, width: (lastTaps?.column ?? all) == all)
    return (
      mixes && isShort.height && hasLast.height ? .shortPhases : .tiles(values.tileHeight),
      mixes && isShort.width && hasLast.width ? .shortPhases : .tiles(values.tileWidth)
    )
  }

  /// - Parameter lastTaps: the channels that have last taps; nil where all have.
  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?, lastTaps: LastTaps?
  ) throws(PlanError) -> any PlanBody {
    let plane = WinogradPlane(problem)
    let cuts = Self.cuts(values, problem, lastTaps)
    let (rows, columns) = plane.isTransposed ? (cuts.width, cuts.height) : (cuts.height, cuts.width)
    let tiles = try WinogradTiles(
      plane, images: problem.batch, rows: WinogradSegment.segments(of: plane.rows, rows),
      columns: WinogradSegment.segments(of: plane.columns, columns))
    return try WinogradBody(
      tiles, blockTiles: values.blockTiles, spanChannels: values.spanChannels, values.tileValues.tile(on: target.isa)!,
      problem, target, weights, bias, lastTaps: lastTaps)
  }
}

extension Problem {
  /// Why the transforms do not apply.
  func transformRejection(on target: Target) -> Rejection? {
    if let rejection = typeRejection ?? layoutRejection(.nhwc) { return rejection }
    let axes = [height, width]
    if depth != .absent || axes.contains(where: { $0.kernel > 7 }) || axes.allSatisfy({ $0.kernel == 1 }) {
      return Rejection(.unsupported, "takes filters of 2…7 taps on one axis or two, not \(filterText)")
    }
    return dividedRejection(on: target)
  }

  /// Why the phases of the problem are no dense ones, or its groups too small to fill vectors.
  func dividedRejection(on target: Target) -> Rejection? {
    if [height, width].contains(where: { $0.stride != 1 && $0.kernel > 1 }) {
      return Rejection(
        .unsupported, "takes stride 1 where an axis has several taps, not \(height.stride)×\(width.stride)")
    }
    if groups > 1 && min(channelsPerGroup, filtersPerGroup) < target.isa.lanes {
      return Rejection(
        .unsupported,
        "groups of \(channelsPerGroup) channels and \(filtersPerGroup) filters do not fill a vector of "
          + "\(target.isa.lanes)")
    }
    return nil
  }

  var filterText: String {
    let plane = "\(height.kernel)×\(width.kernel)"
    return depth == .absent ? plane : "\(depth.kernel)×" + plane
  }
}
