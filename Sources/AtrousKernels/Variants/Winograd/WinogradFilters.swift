// U = G w Gᵀ, once a plan. Register budget: see WinogradWeights.swift.

import AtrousCore
import CAtrousMicrokernel

/// The transformed weights, U[group][span][ξ][chunk][panel][channel of the chunk][nr]: the order in which the GEMM reads.
struct WinogradFilters: Sendable {
  /// Channels of one group whose V exists at a time, all or whole channel blocks.
  struct Span {
    let first: Int
    let depth: Int
    let chunks: [Chunk]
  }

  /// Channels of one group, at most 256 of them: a panel of a chunk stays in L1 (6×16 by depth: 16 → 88,
  /// 64 → 98, 256 → 102 GFLOP/s on a Zen 3 core).
  struct Chunk {
    let first: Int
    let depth: Int
  }

  /// The channels of a chunk that have products at one ξ.
  struct Product {
    let depth: Int
    /// Their channel blocks, the first one counted from the span's.
    let firstBlock: Int
    let blocks: Int
    /// Channels of the last block.
    let lastDepth: Int
    /// Where their weights of the first panel are in a group's U.
    let weights: Int
    /// Floats from one panel to the next.
    let panelStride: Int
    /// Whether an earlier span, or chunk of this one, has products at ξ too.
    let accumulates: Bool
  }

  private static let chunkLimit = 256

  let nr: Int
  let panels: Int
  let spans: [Span]
  private let points: Int
  private let groupElements: Int
  /// By span, by ξ; and where those of a span and ξ begin.
  private let products: ConstantTable<Product>
  private let firstProducts: ConstantTable<Int>
  let buffer: PackedBuffer

  static func panels(_ problem: Problem, nr: Int) -> Int { (problem.filtersPerGroup + nr - 1) / nr }

  /// The register tiles of several rows, those that leave the fewest lanes idle and load the least first; of equals the
  /// one with more registers (6×4 against 6×2 on a Zen 5 core: 256→256 of eight images 33×33 d2 11.2 → 10.7 ms, 50×84 d3 5.87 → 5.71).
  static func shapes(_ problem: Problem, _ target: Target) -> [TileShape] {
    MicrokernelSet.tiles(of: target.isa).filter { $0.mr > 1 && $0.nr <= 64 }
      .map { (shape: $0, work: work($0, problem), registers: $0.mr * $0.vectors) }
      .sorted { ($0.work, -$0.registers) < ($1.work, -$1.registers) }.map(\.shape)
  }

  private static func work(_ shape: TileShape, _ problem: Problem) -> Double {
    let lanes = Double(panels(problem, nr: shape.nr) * shape.nr)
    let loads = Double(shape.mr + shape.vectors) / Double(shape.mr * shape.vectors)
    return lanes * max(1, 1.5 * loads)
  }

  /// `channels` cut into chunks of nearly equal numbers of whole blocks, at most `limit` channels or one block.
  private static func chunks(of channels: Range<Int>, block: Int, limit: Int) -> [Chunk] {
    let blocks = (channels.count + block - 1) / block
    let count = min(blocks, (blocks * block + limit - 1) / limit)
    return (0..<count).map {
      let range = piece($0, of: count, count: blocks)
      let first = channels.lowerBound + range.lowerBound * block
      return Chunk(
        first: first, depth: min(channels.lowerBound + range.upperBound * block, channels.upperBound) - first)
    }
  }

  /// - Parameters:
  ///   - spanChannels: most channels of a span; 0 for all.
  ///   - lastTaps: the channels that have last taps, as the points see rows and columns; nil where all have.
  init(
    _ weights: RawSpan, _ problem: Problem, points: WinogradPoints, channelBlock: Int, spanChannels: Int, nr: Int,
    lastTaps: LastTaps?, _ set: MicrokernelSet
  ) throws(PlanError) {
    self.nr = nr
    self.points = points.count
    panels = Self.panels(problem, nr: nr)
    let channels = problem.channelsPerGroup
    let liveChannels = (0..<points.count).map { point in
      // At ∞, the second point, the last tap alone counts.
      let (i, j) = point.quotientAndRemainder(dividingBy: points.columns)
      var live = 0..<channels
      if let lastTaps, i == 1 { live = live.clamped(to: lastTaps.row) }
      if let lastTaps, j == 1 { live = live.clamped(to: lastTaps.column) }
      return live.lowerBound / channelBlock * channelBlock..<live.upperBound
    }
    spans = Self.chunks(
      of: 0..<channels, block: channelBlock, limit: spanChannels == 0 ? channels + channelBlock : spanChannels
    ).map {
      let range = $0.first..<$0.first + $0.depth
      return Span(
        first: $0.first, depth: $0.depth, chunks: Self.chunks(of: range, block: channelBlock, limit: Self.chunkLimit))
    }
    var products: [Product] = []
    var firstProducts = [0]
    for span in spans {
      for (point, live) in liveChannels.enumerated() {
        for chunk in span.chunks {
          let depths = (chunk.first..<chunk.first + chunk.depth).clamped(to: live)
          if depths.isEmpty { continue }
          let blocks = (depths.count + channelBlock - 1) / channelBlock
          products.append(
            Product(
              depth: depths.count, firstBlock: (depths.lowerBound - span.first) / channelBlock, blocks: blocks,
              lastDepth: depths.count - (blocks - 1) * channelBlock,
              weights: Self.offset(points.count, span, point, chunk, width: panels * nr)
                + (depths.lowerBound - chunk.first) * nr,
              panelStride: chunk.depth * nr, accumulates: depths.lowerBound > live.lowerBound))
        }
        firstProducts.append(products.count)
      }
    }
    self.products = ConstantTable(products)
    self.firstProducts = ConstantTable(firstProducts)
    groupElements = panels * nr * channels * points.count
    buffer = try PackedBuffer(Float.self, count: groupElements * problem.groups)
    let transform = set.function(ATROUS_KIND_WINOGRAD_WEIGHTS)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      let filterStride = problem.channelsPerGroup * problem.taps
      for group in 0..<problem.groups {
        for span in spans {
          for chunk in span.chunks {
            var arguments = atrous_winograd_weights_args(
              w: w + group * problem.filtersPerGroup * filterStride + chunk.first * problem.taps,
              filters: problem.filtersPerGroup, filter_stride: filterStride, channels: chunk.depth,
              row_algorithm: points.height.id, column_algorithm: points.width.id,
              row_taps: points.rowTaps, column_taps: points.columnTaps,
              xi_rows: points.rows, xi_columns: points.columns,
              u: buffer.floats + group * groupElements + Self.offset(points.count, span, 0, chunk, width: panels * nr),
              xi_stride: span.depth * panels * nr, panel_stride: chunk.depth * nr, nr: nr)
            call(transform, &arguments)
          }
        }
      }
    }
  }

  /// What a span's channels multiply at ξ, chunk by chunk.
  func products(span: Int, point: Int) -> UnsafeBufferPointer<Product> {
    let index = firstProducts.pointer + span * points + point
    return UnsafeBufferPointer(start: products.pointer + index[0], count: index[1] - index[0])
  }

  /// U of a group.
  func weights(group: Int) -> UnsafePointer<Float> { UnsafePointer(buffer.floats + group * groupElements) }

  /// The panels of one chunk, `width` filters in all, from a group's U: one after the other, each `depth · nr` floats.
  private static func offset(_ points: Int, _ span: Span, _ point: Int, _ chunk: Chunk, width: Int) -> Int {
    (points * span.first + point * span.depth + chunk.first - span.first) * width
  }
}
