// U = conj F[w], once a plan. Register budget: see FourierWeights.swift.

import AtrousCore
import CAtrousMicrokernel

/// The transformed weights, U[group][frequency][chunk][panel][real, imaginary][channel of the chunk][nr]: the order in which
/// the products read them.
struct FourierFilters: Sendable {
  /// Channels of one group; `depth` is what the products read, rounded up where a chunk is cut into taps.
  struct Chunk: Sendable {
    let first: Int
    let channels: Int
    let depth: Int
  }

  /// The real and the imaginary panel of 128 channels by 16 filters are 16 KiB, half of a usual L1.
  private static let chunkLimit = 128
  /// Channels of a tap where there are several chunks, and weights worth prefetching.
  static let tapDepth = 16

  let nr: Int
  let panels: Int
  let chunks: [Chunk]
  let buffer: PackedBuffer
  private let frequencyElements: Int
  private let groupElements: Int

  /// Channels as the products read them.
  static func depth(_ problem: Problem) -> Int {
    let channels = problem.channelsPerGroup
    return channels <= chunkLimit ? channels : roundedUp(channels, to: tapDepth)
  }

  static func elements(_ problem: Problem, frequencies: Int, nr: Int) -> Double {
    Double(problem.groups * frequencies) * 2 * Double(depth(problem))
      * Double(roundedUp(problem.filtersPerGroup, to: nr))
  }

  init(_ weights: RawSpan, _ problem: Problem, _ grid: FourierGrid, nr: Int, _ set: MicrokernelSet) throws(PlanError) {
    self.nr = nr
    panels = roundedUp(problem.filtersPerGroup, to: nr) / nr
    let channels = problem.channelsPerGroup
    let depth = Self.depth(problem)
    let count = (depth + Self.chunkLimit - 1) / Self.chunkLimit
    let unit = count == 1 ? depth : Self.tapDepth
    chunks = (0..<count).map {
      let range = piece($0, of: count, count: depth / unit)
      let (first, end) = (range.lowerBound * unit, range.upperBound * unit)
      return Chunk(first: first, channels: min(end, channels) - first, depth: end - first)
    }
    frequencyElements = 2 * panels * nr * depth
    groupElements = grid.frequencies * frequencyElements
    buffer = try PackedBuffer(Float.self, count: problem.groups * groupElements)
    let scratch = try PackedBuffer(Double.self, count: 16 * problem.height.kernel * problem.width.kernel * grid.columns)
    let plane = WinogradPlane(problem)
    let transform = set.function(ATROUS_KIND_FOURIER_WEIGHTS)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      let filterStride = channels * problem.taps
      for group in 0..<problem.groups {
        for chunk in chunks {
          var arguments = atrous_fourier_weights_args(
            grid: grid.grid.pointer, waves: grid.waves.pointer, row_roots: grid.rowRoots.pointer,
            column_roots: grid.columnRoots.pointer,
            w: w + group * problem.filtersPerGroup * filterStride + chunk.first * problem.taps,
            filters: problem.filtersPerGroup, filter_stride: filterStride, channels: chunk.channels,
            row_taps: plane.rows.kernel, column_taps: plane.columns.kernel,
            u: buffer.floats + offset(group: group, frequency: 0, chunk),
            frequency_stride: frequencyElements, panel_stride: 2 * chunk.depth * nr, imaginary: chunk.depth * nr,
            nr: nr,
            scratch: scratch.doubles)
          call(transform, &arguments)
        }
      }
    }
  }

  /// The panels of one chunk, one after the other, each 2 · depth · nr floats.
  func panels(group: Int, frequency: Int, _ chunk: Chunk) -> UnsafePointer<Float> {
    UnsafePointer(buffer.floats + offset(group: group, frequency: frequency, chunk))
  }

  private func offset(group: Int, frequency: Int, _ chunk: Chunk) -> Int {
    group * groupElements + frequency * frequencyElements + 2 * panels * nr * chunk.first
  }
}
