/// How an activation tensor lies in memory: channels in blocks, the positions of a block one after the other.
///
/// NCHW has blocks of one channel, NHWC one block of all.
public struct ActivationOrder: Hashable, Sendable {
  public let batch: Int
  public let channels: Int
  /// Spatial positions of one image.
  public let positions: Int
  /// Channels side by side, and so the distance of two positions.
  public let block: Int

  public init(batch: Int, channels: Int, positions: Int, layout: Layout) {
    self.batch = batch
    self.channels = channels
    self.positions = positions
    block = layout == .nhwc ? channels : layout.block
  }

  /// The input of a problem.
  public static func input(of problem: Problem) -> ActivationOrder {
    ActivationOrder(
      batch: problem.batch, channels: problem.channels, positions: problem.inputPositions, layout: problem.inputLayout)
  }

  /// The output of a problem, and its residual.
  public static func output(of problem: Problem) -> ActivationOrder {
    ActivationOrder(
      batch: problem.batch, channels: problem.filters, positions: problem.outputPositions, layout: problem.outputLayout)
  }

  @inlinable public var paddedChannels: Int { (channels + block - 1) / block * block }
  public var elements: Int { batch * paddedChannels * positions }

  /// Whether every element lies where the other order has it: nothing has to be copied between the two.
  public func isSameMemory(as other: ActivationOrder) -> Bool {
    block == other.block || (positions == 1 && paddedChannels == other.paddedChannels)
  }

  @inlinable public func offset(image: Int, channel: Int, position: Int) -> Int {
    (image * paddedChannels + channel / block * block) * positions + position * block + channel % block
  }

  /// The logical place of an element: image, channel (past `channels` where a blocked layout pads), position.
  public func place(ofElement offset: Int) -> (image: Int, channel: Int, position: Int) {
    let image = offset / (paddedChannels * positions)
    let rest = offset % (paddedChannels * positions)
    let inBlock = rest % (positions * block)
    return (image, rest / (positions * block) * block + inBlock % block, inBlock / block)
  }
}
