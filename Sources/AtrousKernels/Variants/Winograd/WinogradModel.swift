// Seconds of Σ products / peak + Σ transforms + bytes / bandwidth, counted tile by tile. Register budget: no loop here, see
// Tile.swift.

import AtrousCore

/// What a configuration does, counted: products, transforms, bytes.
struct WinogradModel {
  let tileCount: Int
  /// The size of a block that gives each thread one, whole register tiles; all tiles for one thread, and where threads share
  /// the groups.
  let share: Int
  /// Bytes of U.
  let weightBytes: Int
  /// Bytes that one tile of a block takes: V of a span and M, or the larger of the two where M lies in V's place.
  let tileBytes: Int
  /// The same where threads share the one block of all tiles: both.
  private let wholeTileBytes: Int
  private let products: Double
  private let productSeconds: Double
  private let transforms: Double
  /// Spans that M is summed over.
  private let spans: Int
  private let blocks: Int
  private let problem: Problem
  private let target: Target

  /// What one Zen 3 core at 3 GHz does: the GEMM nine tenths of the FMA peak, the transforms, bound by loads and stores, a
  /// third. Only the order of candidates comes from these figures.
  private static let laneFLOPsPerSecond = 12e9
  private static let productEfficiency = 0.9
  private static let transformEfficiency = 1.0 / 3
  private static let l2BytesPerSecond = 100e9
  private static let l3BytesPerSecond = 50e9
  private static let memoryBytesPerSecond = 20e9

  init(
    rows: WinogradTotals, columns: WinogradTotals, mr: Int, vectors: Int, blockTiles: Int, spanChannels: Int,
    _ problem: Problem, _ target: Target, _ lastTaps: LastTaps? = nil
  ) {
    let nr = vectors * target.isa.lanes
    let filters = Double(WinogradFilters.panels(problem, nr: nr) * nr)
    let channels = Double((problem.channelsPerGroup + 15) / 16 * 16)
    let images = Double(problem.batch * problem.groups)
    let hasOneAxis = WinogradPlane(problem).hasOneAxis
    let points = Double(rows.points) * Double(columns.points)
    let largest = rows.largest * columns.largest
    // Two loads a cycle like the FMAs: a tile that loads more than it multiplies waits for them.
    let loads = Double(mr + vectors) / Double(mr * vectors)
    products = 2 * images * filters * Self.channelPoints(rows, columns, problem.channelsPerGroup, lastTaps)
    productSeconds =
      products * max(1, 1.2 * loads) / (Self.laneFLOPsPerSecond * Double(target.isa.lanes) * Self.productEfficiency)
    // Either way, a pass is about 3.5 operations an element; a pass alone moves as much memory as two do.
    transforms = images * points * (hasOneAxis ? 6 : 7) * (channels + filters)
    tileCount = problem.batch * rows.count * columns.count
    let sharers = problem.groups == 1 ? target.threads : 1
    share = roundedUp((tileCount + sharers - 1) / sharers, to: mr)
    spans = spanChannels == 0 ? 1 : (Int(channels) + spanChannels - 1) / spanChannels
    let (input, output) = (largest * 4 * Int(channels) / spans, largest * 4 * Int(filters))
    wholeTileBytes = input + output
    tileBytes = spans == 1 ? max(input, output) : wholeTileBytes
    weightBytes = 4 * problem.groups * largest * problem.channelsPerGroup * Int(filters)
    blocks = WinogradBlocks.count(of: tileCount, most: blockTiles, problem, on: target)
    self.problem = problem
    self.target = target
  }

  /// Points of all tiles and channels. Each axis of a tile has one at ∞, where only the share of channels with a last tap has
  /// products; the shares of rows and of columns multiply, as every plane of rows has all planes of columns.
  private static func channelPoints(
    _ rows: WinogradTotals, _ columns: WinogradTotals, _ channels: Int, _ lastTaps: LastTaps?
  ) -> Double {
    func points(_ axis: WinogradTotals, _ last: Range<Int>?) -> Double {
      let share = Double(last?.count ?? channels) / Double(channels)
      return Double(axis.points - axis.count) + Double(axis.count) * share
    }
    return points(rows, lastTaps?.row) * points(columns, lastTaps?.column) * Double(channels)
  }

  var cost: Cost {
    let sharesPoints = WinogradBlocks.sharesPoints(blocks, on: target)
    let blockBytes = Double(sharesPoints ? wholeTileBytes : tileBytes) * Double((tileCount + blocks - 1) / blocks)
    let weightTraffic = Double(weightBytes) * Double(blocks)
    // V is written once and read once, M once a span.
    let tileTraffic = 2 * Double(wholeTileBytes) * Double(spans) * Double(tileCount) * Double(problem.groups)
    let tensors = Double(problem.minimumBytes)
    let tilesStream = blockBytes > Double(target.l3Bytes)
    let weightsStream = Double(weightBytes) + blockBytes > Double(target.l3Bytes)
    let peak = Self.laneFLOPsPerSecond * Double(target.isa.lanes)
    // Weights are fetched ahead while the GEMM runs; transforms and products take turns.
    let weights = weightTraffic / (weightsStream ? Self.memoryBytesPerSecond : Self.l3BytesPerSecond)
    let tiles = tileTraffic / bandwidth(of: blockBytes)
    let product = max(productSeconds, weights)
    let workspaceBytes = blockBytes * Double(sharesPoints ? problem.groups : target.threads)
    let seconds =
      product + transforms / (peak * Self.transformEfficiency) + tiles + tensors / Self.memoryBytesPerSecond
    return Cost(
      flops: products + transforms, l2Bytes: tileTraffic,
      l3Bytes: (blockBytes > Double(target.l2Bytes) ? tileTraffic : 0) + (weightsStream ? 0 : weightTraffic),
      memoryBytes: tensors + (tilesStream ? tileTraffic : 0) + (weightsStream ? weightTraffic : 0),
      workspaceBytes: Int(min(workspaceBytes, 0x1p62)), packedWeightsBytes: weightBytes,
      seconds: seconds / Double(target.threads))
  }

  private func bandwidth(of bytes: Double) -> Double {
    if bytes <= Double(target.l2Bytes) { return Self.l2BytesPerSecond }
    return bytes <= Double(target.l3Bytes) ? Self.l3BytesPerSecond : Self.memoryBytesPerSecond
  }
}
