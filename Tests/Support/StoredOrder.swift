import AtrousCore

/// Where a layout stores the elements of a tensor: from the logical order (batch, channel, position) to offsets.
public struct StoredOrder {
  public let layout: Layout
  public let channels: Int
  public let positions: Int

  public init(_ layout: Layout, channels: Int, positions: Int) {
    self.layout = layout
    self.channels = channels
    self.positions = positions
  }

  /// Elements of one image; blocked layouts round the channels up.
  public var elements: Int { (channels + layout.block - 1) / layout.block * layout.block * positions }

  public func offset(image: Int, channel: Int, position: Int) -> Int {
    if layout == .nhwc { return image * elements + position * channels + channel }
    let (block, lane) = channel.quotientAndRemainder(dividingBy: layout.block)
    return image * elements + (block * positions + position) * layout.block + lane
  }

  /// The offsets of `batch` images in logical order.
  public func offsets(batch: Int) -> [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(batch * channels * positions)
    for image in 0..<batch {
      for channel in 0..<channels {
        for position in 0..<positions { offsets.append(offset(image: image, channel: channel, position: position)) }
      }
    }
    return offsets
  }

  /// A tensor in this order; the channels a blocked layout adds are no numbers, which must not matter.
  public func stored(_ logical: [Float], batch: Int) -> [Float] {
    if layout == .nchw { return logical }
    var stored = [Float](repeating: .nan, count: batch * elements)
    for (offset, value) in zip(offsets(batch: batch), logical) { stored[offset] = value }
    return stored
  }

  /// Whether the channels a blocked layout adds are zero.
  public func isPaddedWithZeros(_ stored: [Float], batch: Int) -> Bool {
    var padding = stored
    for offset in offsets(batch: batch) { padding[offset] = 0 }
    return padding.allSatisfy { $0 == 0 }
  }

  /// A tensor of this order in logical order.
  public func logical(_ stored: [Float], batch: Int) -> [Float] {
    layout == .nchw ? stored : offsets(batch: batch).map { stored[$0] }
  }
}

extension Problem {
  public var inputOrder: StoredOrder { StoredOrder(inputLayout, channels: channels, positions: inputPositions) }
  public var outputOrder: StoredOrder { StoredOrder(outputLayout, channels: filters, positions: outputPositions) }
}
