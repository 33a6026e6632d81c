// What no algorithm here can do without, whatever its tiles and blocking: the bound beside a measured time.

import AtrousCore

extension Problem {
  /// Multiplications of the algorithm that needs fewest, over all channels and filters: live taps directly, Winograd's tiles,
  /// strides folded into channels, short phases, or Fourier's tiles. Each takes an FMA of its own; transforms, packing and
  /// memory come on top, so that peak / (2 · multiplications) bounds the speed (512→512 33×33 d2: 4.8 times the peak in
  /// nominal FLOPs).
  package var fewestMultiplications: Int {
    let problem = StrideReduction(self)?.reduced ?? self
    let direct = usefulFLOPs / 2
    guard let plane = [problem.axisProducts, problem.fourierProducts].compactMap({ $0 }).min() else { return direct }
    return min(direct, batch * filters * channelsPerGroup * plane)
  }

  /// Whether transforms of the plane are shared by enough channels and filters to count for nothing.
  private var isTransformable: Bool { depth == .absent && min(channelsPerGroup, filtersPerGroup) >= 4 }

  /// Products of one channel and filter by bilinear algorithms along each axis; nil where an axis is too long for them.
  private var axisProducts: Int? {
    let fold = StrideFold(self)
    let problem = fold?.folded ?? self
    let hasOneAxis = WinogradPlane(problem).hasOneAxis
    guard problem.isTransformable,
      let rows = problem.height.fewestProducts(isOnly: hasOneAxis, planes: fold?.height),
      let columns = problem.width.fewestProducts(isOnly: hasOneAxis, planes: fold?.width)
    else { return nil }
    return rows * columns
  }

  /// Products of one channel and filter by the best Fourier tile, two real ones a pixel of it; nil where none takes the filter.
  private var fourierProducts: Int? {
    let variant = FourierVariant()
    guard isTransformable, [height, width].allSatisfy({ $0.stride == 1 || $0.kernel == 1 }), variant.takesTaps(of: self)
    else { return nil }
    return variant.pixels(self).map {
      2 * $0.rows * $0.columns * variant.tiles(self, rows: $0.rows, columns: $0.columns)
    }
    .min()
  }
}

extension Axis {
  /// The fewest products that make a row of outputs: tiles of the best size, or whole phases of at most three pixels.
  /// - Parameter planes: what folded a stride into planes, of which those without a last tap have no product at ∞.
  fileprivate func fewestProducts(isOnly: Bool, planes: AxisFold?) -> Int? {
    let count = planes?.planes ?? 1
    guard kernel > 1 else { return count * output }
    guard kernel <= 7 else { return nil }
    let short = count - (planes?.fullPlanes ?? 1)
    let tiles = WinogradSegment.sizes(of: self, isOnly: isOnly).map { tile in
      let totals = WinogradTotals(of: self, tile: tile)
      return count * totals.points - short * totals.count
    }.min()!
    return short == 0 && hasShortPhases ? min(tiles, count * WinogradTotals(ofShortPhases: self).points) : tiles
  }
}
