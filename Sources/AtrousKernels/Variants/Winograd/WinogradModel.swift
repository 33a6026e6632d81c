import AtrousCore

/// What a configuration does, counted: products, transforms, bytes.
struct WinogradModel {
  let tileCount: Int
  /// Bytes of U.
  let weightBytes: Int
  /// Bytes of V and M that one tile takes.
  let tileBytes: Int
  private let products: Double
  private let transforms: Double
  private let blocks: Int
  private let problem: Problem
  private let target: Target

  /// One Zen 3 core at 3 GHz: 16 FLOPs a lane pair and cycle at the peak, of which the GEMM reaches three quarters and the
  /// transforms, bound by loads and stores, a sixth. Only the order of candidates comes from these figures.
  private static let laneFLOPsPerSecond = 12e9
  private static let productEfficiency = 0.75
  private static let transformEfficiency = 1.0 / 6
  private static let l3BytesPerSecond = 50e9
  private static let memoryBytesPerSecond = 20e9

  init(_ values: WinogradVariant.Values, _ problem: Problem, _ target: Target) {
    let rows = WinogradSegment.segments(of: problem.height, tile: values.tileHeight)
    let columns = WinogradSegment.segments(of: problem.width, tile: values.tileWidth)
    let nr = values.vectors * target.isa.lanes
    let filters = Double(WinogradFilters.panels(problem, nr: nr) * nr)
    let channels = Double((problem.channelsPerGroup + 15) / 16 * 16)
    let images = Double(problem.batch * problem.groups)
    let (patchRows, patchColumns) = (rows.map { $0.size + 2 }, columns.map { $0.size + 2 })
    let points = Double(patchRows.reduce(0, +)) * Double(patchColumns.reduce(0, +))
    let largest = patchRows.max()! * patchColumns.max()!
    products = 2 * images * points * filters * Double(problem.channelsPerGroup)
    // A one-axis transform of a patch is about 3.5 operations an element, either way.
    transforms = images * points * 2 * 3.5 * (channels + filters)
    tileCount = problem.batch * rows.count * columns.count
    tileBytes = largest * 4 * Int(channels + filters)
    weightBytes = 4 * problem.groups * largest * problem.channelsPerGroup * Int(filters)
    blocks = values.blockTiles == 0 ? 1 : (tileCount + values.blockTiles - 1) / values.blockTiles
    self.problem = problem
    self.target = target
  }

  var cost: Cost {
    let blockBytes = tileBytes * ((tileCount + blocks - 1) / blocks)
    let weightTraffic = Double(weightBytes * blocks)
    // V and M are written once and read once.
    let tileTraffic = 2 * Double(tileBytes * tileCount * problem.groups)
    var l3 = blockBytes > target.l2Bytes ? tileTraffic : 0
    var memory = Double(problem.minimumBytes)
    if weightBytes > target.l3Bytes { memory += weightTraffic } else { l3 += weightTraffic }
    if blockBytes > target.l3Bytes { memory += tileTraffic }
    let peak = Self.laneFLOPsPerSecond * Double(target.isa.lanes) * Double(target.threads)
    let arithmetic = products / (peak * Self.productEfficiency) + transforms / (peak * Self.transformEfficiency)
    return Cost(
      flops: products + transforms, l2Bytes: tileTraffic, l3Bytes: l3, memoryBytes: memory,
      workspaceBytes: blockBytes * (blocks == 1 ? problem.groups : target.threads), packedWeightsBytes: weightBytes,
      seconds: max(arithmetic, l3 / Self.l3BytesPerSecond, memory / Self.memoryBytesPerSecond))
  }
}
