// y[k][p][q] = Aᵀ [ Σ_s Σ_c (G w)[k][c][s] ⊙ (Bᵀ x)[c][q + s·dw − left] ] along the height, direct along the width: see
// WinogradPass.swift for the transforms.
//
// Rows of the register tile are filters, columns neighbouring pixels of a row, so that few or odd channels leave no lane
// idle, and a dilation along the width is an offset. Register budget: see Tile.swift.

import AtrousCore

/// Winograd's minimal filtering along the height, NCHW, of filters of 2…7 rows and any columns: stride 1, any dilation,
/// padding and groups of several filters.
struct WinogradRowsVariant: KernelVariant {
  struct Values: Tunables {
    var tileHeight = 4
    var columns = 0
    var mr = 6
    var vectors = 2
    var sharing = Sharing()

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "th", \.tileHeight, 2...9, "largest output tile along the height; larger multiplies less, but rounds worse"),
        Parameter(
          "wb", \.columns, 0...1_048_576,
          "output columns a block; fewer keep both transforms near, but the halo is transformed more often; 0 is all"),
        .tileRows(\.mr, "output channels", reusing: "input"),
        .tileVectors(\.vectors, "output columns", reusing: "weight"),
        .sharedParts(\.sharing.parts),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }

    /// Products of the largest patch of an axis.
    func points(of axis: Axis) -> Int { AxisAlgorithm.minimalFiltering(tileHeight, taps: axis.kernel).points }
  }

  let id: VariantID = "winograd-rows"
  let revision = 3
  let isTransform = true

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nchw) { return rejection }
    if problem.depth != .absent || !(2...7).contains(problem.height.kernel) {
      return Rejection(.unsupported, "takes filters of 2…7 rows, not \(problem.filterText)")
    }
    if problem.height.stride != 1 || problem.width.stride != 1 {
      return Rejection(.unsupported, "takes stride 1, not \(problem.height.stride)×\(problem.width.stride)")
    }
    if problem.groups > 1 && problem.filtersPerGroup == 1 {
      return Rejection(.unsupported, "one filter a group would leave all rows of the register tile but one idle")
    }
    return rejection(of: initial(for: problem, on: target), for: problem, on: target)
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    let sizes = WinogradSegment.sizes(of: problem.height, isOnly: true)
    if !sizes.contains(values.tileHeight) {
      return Rejection(
        .configuration,
        "\(problem.height.kernel) rows take th \(sizes.lowerBound)…\(sizes.upperBound), not \(values.tileHeight)")
    }
    if let rejection = values.tileValues.rejection(on: target) { return rejection }
    let columns = values.columns == 0 ? problem.width.output : min(values.columns, problem.width.output)
    let floats = Double(columns) + Double(problem.width.span) + 256
    return Problem.memoryRejection(
      "the transforms", 40 * floats * Double(problem.channelsPerGroup + problem.filtersPerGroup + 1))
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let tile = MicrokernelSet.tiles(of: target.isa).min { waste($0, problem) < waste($1, problem) }!
    var values = Values(mr: tile.mr, vectors: tile.vectors)
    values.tileHeight = WinogradSegment.tile(of: problem.height, isOnly: true, limit: 8)
    values.columns = columnBlocks(values, problem, target).first!
    return values
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    let heights = WinogradSegment.tiles(of: problem.height, isOnly: true)
    let tiles = MicrokernelSet.tiles(of: target.isa).sorted { waste($0, problem) < waste($1, problem) }.prefix(3)
    for height in heights {
      for tile in tiles {
        var values = Values(tileHeight: height, mr: tile.mr, vectors: tile.vectors)
        for columns in columnBlocks(values, problem, target) {
          values.columns = columns
          for sharing in Sharing.all(on: target, axes: 0...0) {
            values.sharing = sharing
            if !space.contains(values) { space.append(values) }
          }
        }
      }
    }
    return space.filter { rejection(of: $0, for: problem, on: target) == nil }
  }

  /// Products computed for one that is asked for, weighted by how far the tile's shape is from the ideal.
  private func waste(_ tile: TileShape, _ problem: Problem) -> Double {
    func rounded(_ count: Int, _ size: Int) -> Double { Double(roundedUp(count, to: size)) / Double(count) }
    let loads = Double(tile.mr + tile.vectors) / Double(tile.mr * tile.vectors)
    return rounded(problem.filtersPerGroup, tile.mr) * rounded(problem.width.output, tile.nr) * max(1, 1.5 * loads)
  }

  /// Blocks of columns whose transforms fit half of L2, and an eighth; all columns where they fit.
  private func columnBlocks(_ values: Values, _ problem: Problem, _ target: Target) -> [Int] {
    let column = 4 * values.points(of: problem.height) * (problem.channelsPerGroup + problem.filtersPerGroup)
    let nr = values.tileValues.tile(on: target.isa)!.nr
    return Set(
      [2, 8].map { part in
        let fitting = max(4, target.l2Bytes / part / column / nr) * nr
        return fitting >= problem.width.output ? 0 : fitting
      }
    ).sorted()
  }

  /// Of the FMA peak, for the products and for the transforms.
  private static let efficiency = 0.75
  private static let transformEfficiency = 1.0 / 3

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let axis = problem.height
    let points = Double(WinogradTotals(of: axis, tile: values.tileHeight).points)
    let width = Double(problem.width.output)
    let tile = values.tileValues.tile(on: target.isa)!
    let channels = Double(problem.channelsPerGroup)
    let images = Double(problem.batch * problem.groups)
    let filters = Double(problem.filtersPerGroup)
    let products =
      2 * images * points * width * filters * channels * Double(problem.width.kernel) * waste(tile, problem)
    let transforms = images * points * width * 6 * (channels + filters)
    let columns = values.columns == 0 ? problem.width.output : values.columns
    let bytes = 4 * values.points(of: axis) * (problem.channelsPerGroup + problem.filtersPerGroup)
    return Cost.roofline(
      flops: products / Self.efficiency + transforms / Self.transformEfficiency, efficiency: 1,
      bytes: Double(problem.minimumBytes), workspaceBytes: target.threads * bytes * (columns + problem.width.span),
      packedWeightsBytes: 4 * values.points(of: axis) * problem.filters * problem.channelsPerGroup
        * problem.width.kernel, on: target)
  }

  /// Twice that of `winograd` along one axis: the sums over the taps of the other come on top.
  func errorBound(of values: Values, for problem: Problem) -> Double {
    let seen = WinogradVariant.errorsAlongOneAxis
    var bound = 6e-6 * seen[min(max(values.points(of: problem.height), 3), 10) - 3]
    var terms = 64
    while terms < problem.channelsPerGroup * problem.width.kernel {
      terms *= 16
      bound *= 2
    }
    return min(1e-4, bound)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try WinogradRowsBody(values, problem, target, weights, bias)
  }
}
