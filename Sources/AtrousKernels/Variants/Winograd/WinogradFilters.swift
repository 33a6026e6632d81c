import AtrousCore
import CAtrousMicrokernel

/// The transformed weights, U[group][ξ][chunk][panel][channel of the chunk][nr]: the order in which the GEMM reads.
struct WinogradFilters: Sendable {
  /// Channels of one group, at most 256 of them: a panel of a chunk stays in L1 (6×16 by depth: 16 → 88,
  /// 64 → 98, 256 → 102 GFLOP/s on a Zen 3 core).
  struct Chunk {
    let first: Int
    let depth: Int
  }

  private static let chunkLimit = 256

  let nr: Int
  let panels: Int
  let chunks: [Chunk]
  private let pointElements: Int
  private let groupElements: Int
  let buffer: PackedBuffer

  static func panels(_ problem: Problem, nr: Int) -> Int { (problem.filtersPerGroup + nr - 1) / nr }

  /// Chunks of nearly equal numbers of whole channel blocks.
  private static func chunks(of channels: Int, block: Int) -> [Chunk] {
    let blocks = (channels + block - 1) / block
    let count = (blocks * block + chunkLimit - 1) / chunkLimit
    return (0..<count).map {
      let range = piece($0, of: count, count: blocks)
      let first = range.lowerBound * block
      return Chunk(first: first, depth: min(range.upperBound * block, channels) - first)
    }
  }

  init(
    _ weights: RawSpan, _ problem: Problem, points: WinogradPoints, channelBlock: Int, nr: Int, _ set: MicrokernelSet
  ) throws(PlanError) {
    self.nr = nr
    panels = Self.panels(problem, nr: nr)
    chunks = Self.chunks(of: problem.channelsPerGroup, block: channelBlock)
    pointElements = panels * nr * problem.channelsPerGroup
    groupElements = pointElements * points.count
    buffer = try PackedBuffer(Float.self, count: groupElements * problem.groups)
    let transform = set.function(ATROUS_KIND_WINOGRAD_WEIGHTS)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      let filterStride = problem.channelsPerGroup * problem.taps
      for group in 0..<problem.groups {
        for chunk in chunks {
          var arguments = atrous_winograd_weights_args(
            w: w + group * problem.filtersPerGroup * filterStride + chunk.first * problem.taps,
            filters: problem.filtersPerGroup, filter_stride: filterStride, channels: chunk.depth,
            row_taps: points.rowTaps, column_taps: points.columnTaps, xi_rows: points.rows, xi_columns: points.columns,
            u: buffer.floats + group * groupElements + chunk.first * panels * nr, xi_stride: pointElements,
            panel_stride: chunk.depth * nr, nr: nr)
          call(transform, &arguments)
        }
      }
    }
  }

  /// The panels of one chunk, one after the other, each `depth · nr` floats.
  func panels(group: Int, point: Int, chunk: Chunk) -> UnsafePointer<Float> {
    UnsafePointer(buffer.floats + group * groupElements + point * pointElements + chunk.first * panels * nr)
  }
}
