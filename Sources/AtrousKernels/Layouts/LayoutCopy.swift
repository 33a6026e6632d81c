import AtrousCore
import CAtrousMicrokernel

/// A tensor's copy into another layout, image by image and in ranges of positions: runs of channels that lie together on
/// both sides are copied row by row, runs that lie together on one side are transposed.
struct LayoutCopy: Sendable {
  private let source: ActivationOrder
  private let destination: ActivationOrder
  private let transpose: MicrokernelFunction
  private let copyRows: MicrokernelFunction

  /// Positions copied at a time, all channels: what is touched of a wide tensor stays in L2, so that lines that two runs
  /// share are read once.
  private static let positionsAtATime = 64

  init(_ source: ActivationOrder, to destination: ActivationOrder, _ set: MicrokernelSet) {
    self.source = source
    self.destination = destination
    transpose = set.function(ATROUS_KIND_TRANSPOSE)
    copyRows = set.function(ATROUS_KIND_COPY_ROWS)
  }

  /// Lanes of the destination past the last channel, which are written as zero.
  private var zeros: Int { destination.paddedChannels - destination.channels }

  /// Channels that lie together: in the smaller of both blocks, or in the larger where the smaller is a single channel.
  private var run: Int {
    let smaller = min(source.block, destination.block)
    return smaller > 1 ? smaller : max(source.block, destination.block)
  }

  func copy(image: Int, positions: Range<Int>, from: UnsafeRawPointer, to: UnsafeMutableRawPointer) {
    let (from, to) = (from.assumingMemoryBound(to: Float.self), to.assumingMemoryBound(to: Float.self))
    for first in stride(from: positions.lowerBound, to: positions.upperBound, by: Self.positionsAtATime) {
      let positions = first..<min(first + Self.positionsAtATime, positions.upperBound)
      for channel in stride(from: 0, to: source.channels, by: run) {
        let channels = channel..<min(channel + run, source.channels)
        if min(source.block, destination.block) == 1 {
          transpose(channels, positions, image, from, to)
        } else {
          copyRows(channels, positions, image, from, to)
        }
      }
      if zeros > 0 && source.block == 1 {
        copyRows(source.channels..<source.channels, positions, image, from, to)
      }
    }
  }

  private func transpose(
    _ channels: Range<Int>, _ positions: Range<Int>, _ image: Int, _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>
  ) {
    let isGathering = source.block == 1
    var arguments = atrous_transpose_args(
      source: from + source.offset(image: image, channel: channels.lowerBound, position: positions.lowerBound),
      source_pitch: isGathering ? source.positions : source.block,
      destination: to
        + destination.offset(image: image, channel: channels.lowerBound, position: positions.lowerBound),
      destination_pitch: isGathering ? destination.block : destination.positions,
      rows: isGathering ? channels.count : positions.count, columns: isGathering ? positions.count : channels.count)
    call(transpose, &arguments)
  }

  /// The lanes past the last channel go with the last run.
  private func copyRows(
    _ channels: Range<Int>, _ positions: Range<Int>, _ image: Int, _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>
  ) {
    var arguments = atrous_copy_rows_args(
      source: channels.isEmpty
        ? from : from + source.offset(image: image, channel: channels.lowerBound, position: positions.lowerBound),
      source_pitch: source.block,
      destination: to
        + destination.offset(image: image, channel: channels.lowerBound, position: positions.lowerBound),
      destination_pitch: destination.block, rows: positions.count, columns: channels.count,
      zeros: channels.upperBound == source.channels ? zeros : 0)
    call(copyRows, &arguments)
  }
}
