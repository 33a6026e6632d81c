// What no algorithm here can do without, whatever its tiles and blocking: the bound beside a measured time.

import AtrousCore

extension Problem {
  /// Multiplications of the algorithm that needs fewest, over all channels and filters: live taps directly, Winograd's tiles,
  /// short phases, or Fourier's tiles. Each takes an FMA of its own; transforms, packing and memory come on top, so that
  /// peak / (2 · multiplications) bounds the speed (512→512 33×33 d2: 4.8 times the peak in nominal FLOPs).
  package var fewestMultiplications: Int {
    let problem = StrideReduction(self)?.reduced ?? self
    let direct = usefulFLOPs / 2
    guard problem.isTransformable,
      let plane = [problem.axisProducts, problem.fourierProducts].compactMap({ $0 }).min()
    else { return direct }
    return min(direct, batch * filters * channelsPerGroup * plane)
  }

  /// Whether transforms of the plane are shared by enough channels and filters to count for nothing.
  private var isTransformable: Bool {
    let axes = [height, width]
    return depth == .absent && min(channelsPerGroup, filtersPerGroup) >= 4
      && axes.allSatisfy { $0.stride == 1 || $0.kernel == 1 }
  }

  /// Products of one channel and filter by bilinear algorithms along each axis; nil where an axis is too long for them.
  private var axisProducts: Int? {
    let hasOneAxis = WinogradPlane(self).hasOneAxis
    guard let rows = height.fewestProducts(isOnly: hasOneAxis), let columns = width.fewestProducts(isOnly: hasOneAxis)
    else { return nil }
    return rows * columns
  }

  /// Products of one channel and filter by the best Fourier tile, two real ones a pixel of it; nil where none takes the filter.
  private var fourierProducts: Int? {
    let variant = FourierVariant()
    guard variant.takesTaps(of: self) else { return nil }
    return variant.pixels(self).map {
      2 * $0.rows * $0.columns * variant.tiles(self, rows: $0.rows, columns: $0.columns)
    }
    .min()
  }
}

extension Axis {
  /// The fewest products that make a row of outputs: tiles of the best size, or whole phases of at most three pixels.
  fileprivate func fewestProducts(isOnly: Bool) -> Int? {
    guard kernel > 1 else { return output }
    guard kernel <= 7 else { return nil }
    let tiles = WinogradSegment.sizes(of: self, isOnly: isOnly).map { WinogradTotals(of: self, tile: $0).points }.min()!
    let isShort = kernel == 3 && before == dilation && after == dilation && longestPhase <= 3
    return isShort ? min(tiles, WinogradTotals(ofShortPhases: self).points) : tiles
  }
}
