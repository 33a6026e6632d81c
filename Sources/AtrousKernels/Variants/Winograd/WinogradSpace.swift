// Output tiles m×n and blocks of y = Aᵀ [ Σ_c (G w Gᵀ) ⊙ (Bᵀ x B) ] A. Register budget: see Tile.swift.

import AtrousCore

/// Which tiles and blocks are worth trying.
extension WinogradVariant {
  func initial(for problem: Problem, on target: Target) -> Values {
    let channels = min(problem.channelsPerGroup, problem.filtersPerGroup)
    // With few channels the transforms weigh more than the products; along one axis they never weigh enough.
    let hasOneAxis = WinogradPlane(problem).hasOneAxis
    let patch = hasOneAxis ? 10 : channels < 48 ? 6 : 8
    var values = Values()
    values.tileHeight = WinogradSegment.tile(
      of: problem.height, isOnly: hasOneAxis, limit: patch + 1 - problem.height.kernel)
    values.tileWidth = WinogradSegment.tile(
      of: problem.width, isOnly: hasOneAxis, limit: patch + 1 - problem.width.kernel)
    let shape = WinogradFilters.shapes(problem, target).first!
    values.mr = shape.mr
    values.vectors = shape.vectors
    values.blockTiles = Self.block(values, problem, target)
    values.spanChannels = Self.spans(values.blockTiles, problem).contains(256) ? 256 : 0
    return values
  }

  /// Tiles up to 6×3: between 6×6 and 3×3 they save memory at less cost (2048→256 33×33 d6, phases of 6 pixels, on a Zen 5 core:
  /// 6×6 11.0 ms, 6×3 12.8, 3×3 15.7).
  func space(for problem: Problem, on target: Target) -> [Values] {
    let shapes = WinogradFilters.shapes(problem, target)
    let both = space(for: problem, on: target, shapes: shapes.prefix(2))
    // Strides folded into channels have smaller filters, and so more sizes of tiles, than were raced before.
    return both.count <= Self.spaceLimit ? both : space(for: problem, on: target, shapes: shapes.prefix(1))
  }

  private static let spaceLimit = 256

  private func space(for problem: Problem, on target: Target, shapes: ArraySlice<TileShape>) -> [Values] {
    var space = [initial(for: problem, on: target)]
    let cuts = Self.cuts(space[0], problem, nil)
    for tileHeight in Self.tiles(of: problem.height, cuts.height, problem) {
      for tileWidth in Self.tiles(of: problem.width, cuts.width, problem)
      where min(tileHeight, tileWidth) == 1 || cuts.height == .shortPhases || cuts.width == .shortPhases
        || abs(tileHeight - tileWidth) <= 3
      {
        for shape in shapes {
          var values = Values()
          values.tileHeight = tileHeight
          values.tileWidth = tileWidth
          values.mr = shape.mr
          values.vectors = shape.vectors
          for blockTiles in Self.blocks(values, problem, target) {
            values.blockTiles = blockTiles
            for spanChannels in Self.spans(blockTiles, problem) {
              values.spanChannels = spanChannels
              if !space.contains(values) { space.append(values) }
            }
          }
        }
      }
    }
    return space
  }

  /// The tile sizes that cut an axis differently; of whole phases the largest, which makes no difference.
  private static func tiles(of axis: Axis, _ cut: AxisCut, _ problem: Problem) -> [Int] {
    let tiles = WinogradSegment.tiles(of: axis, isOnly: WinogradPlane(problem).hasOneAxis)
    return cut == .shortPhases ? [tiles.last!] : tiles
  }

  /// Channels at a time: all, or of very many in one block of tiles the few whose V stays in L3 (2048→256 on a Zen 5
  /// core with all, 512, 256 and 128: 33×33 d6 15.7, 14.5, 14.1, 15.6 ms, 65×65 d12 48.3, 44.2, 43.7, 41.8).
  private static func spans(_ blockTiles: Int, _ problem: Problem) -> [Int] {
    blockTiles == 0 && problem.channelsPerGroup >= 1024 ? [0, 512, 256, 128] : [0]
  }

  /// Block sizes: V and M within half of L2, within L2, within a thread's half of L3, as many tiles as keep weights from
  /// being re-read too often, and each thread's share of all.
  private static func blocks(_ values: Values, _ problem: Problem, _ target: Target) -> [Int] {
    let model = model(values, problem, target)
    let rooms = [target.l2Bytes / 2, target.l2Bytes, target.l3Bytes / 2 / target.threads]
    let sizes = (rooms.map { $0 / model.tileBytes } + [36, 96]).map { max(2, $0 / values.mr) * values.mr }
    let areShared = model.share < model.tileCount
    let most = areShared ? 2 * model.share / 3 : model.tileCount / 2
    return [0]
      + sizes.filter { $0 <= most }.sorted().reduce(into: []) { apart, size in
        // Blocks of nearly one size take the same time: a race between them finds now the one, now the other.
        if 2 * size >= 3 * (apart.last ?? 0) { apart.append(size) }
      } + (areShared ? [model.share] : [])
  }

  /// All tiles where the weights and few tiles exceed L3, so that weights are read once (336→672 64×64 d16 on a Zen 5
  /// core, 36 tiles 27.3 ms, all 20.8); else V and M within L2 (along one axis half of it: 128→128 64×128 3×1 d8, 48
  /// tiles 154 GFLOP/s nominal, 96 147, on a Zen 3 core), but at most 96 tiles, and at least 36 where the weights exceed
  /// L2 by far (256→256 33×33 d2, also there: all 36 tiles 286, 18 a block 237).
  private static func block(_ values: Values, _ problem: Problem, _ target: Target) -> Int {
    let model = model(values, problem, target)
    if model.weightBytes + 36 * model.tileBytes > target.l3Bytes { return 0 }
    let least = model.weightBytes > 4 * target.l2Bytes ? 36 : 2 * values.mr
    let room = WinogradPlane(problem).hasOneAxis ? target.l2Bytes / 2 : target.l2Bytes
    let wanted = max(36, min(96, room / model.tileBytes))
    return blocks(values, problem, target).last { (least...wanted).contains($0) } ?? 0
  }
}

extension WinogradVariant {
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    cost(of: values, for: problem, on: target, lastTaps: nil)
  }

  /// - Parameter lastTaps: the channels that have last taps; nil where all have.
  func cost(of values: Values, for problem: Problem, on target: Target, lastTaps: LastTaps?) -> Cost {
    Self.model(values, problem, target, lastTaps).cost
  }

  private static func model(
    _ values: Values, _ problem: Problem, _ target: Target, _ lastTaps: LastTaps? = nil
  ) -> WinogradModel {
    let cuts = cuts(values, problem, lastTaps)
    return WinogradModel(
      rows: WinogradTotals(of: problem.height, cuts.height), columns: WinogradTotals(of: problem.width, cuts.width),
      mr: values.mr, vectors: values.vectors, blockTiles: values.blockTiles,
      spanChannels: values.spanChannels, problem, target, lastTaps)
  }

  /// Millionths seen at 64 channels along the only axis, of patches of 3 to 10 pixels, 9 being 10. (10 with 3 to 7 taps: 4.1 to
  /// 7.1, with 2 taps 9.8, also within the bound.)
  static let errorsAlongOneAxis = [0.4, 0.5, 1.0, 1.8, 1.9, 2.3, 7, 7]

  /// Measured against Float64 on random data: errors grow with the patch, whatever the taps, and slowly with the
  /// channels. The bound is three times what was seen at 64 channels (28×28 d2 and 600 d2, 2 to 7 taps), doubled for
  /// every sixteenfold: at 2048 channels 15 · 10⁻⁶ were seen for 8 pixels on both axes, at 1024 channels 2.7 · 10⁻⁶ on
  /// one.
  func errorBound(of values: Values, for problem: Problem) -> Double {
    errorBound(of: values, for: problem, lastTaps: nil)
  }

  /// - Parameter lastTaps: the channels that have last taps; nil where all have.
  func errorBound(of values: Values, for problem: Problem, lastTaps: LastTaps?) -> Double {
    let cuts = Self.cuts(values, problem, lastTaps)
    let patches = [(cuts.height, problem.height), (cuts.width, problem.width)].filter { $0.1.kernel > 1 }.map {
      cut, axis in
      // Whole phases have the errors of a patch of 4 (3.0 · 10⁻⁷ beside one of 4, 64→64 33×65 dh12 dw2; 1024→64 4.5).
      if case .tiles(let tile) = cut { tile + axis.kernel - 1 } else { 4 }
    }
    let seen = patches.count == 1 ? Self.errorsAlongOneAxis : [0.6, 0.6, 2.5, 8.6, 9.9, 10.1]
    let patch = patches.max() ?? 8
    var bound = 3e-6 * seen[min(max(patch, 3), seen.count + 2) - 3]
    var channels = 64
    while channels < problem.channelsPerGroup {
      channels *= 16
      bound *= 2
    }
    return min(1e-4, bound)
  }
}
