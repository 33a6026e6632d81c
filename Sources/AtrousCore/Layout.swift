/// The order of an activation tensor's elements in memory. Tensors are dense.
///
/// A blocked layout rounds the channels up to whole blocks. What an input or a residual holds in the lanes past its last
/// channel is never used, not even where it is no number; an output's lanes past its last channel are written as zero.
public enum Layout: String, Hashable, Sendable, CaseIterable {
  /// Batch, channel, (depth,) height, width.
  case nchw
  /// Batch, (depth,) height, width, channel.
  case nhwc
  /// Batch, channel block, (depth,) height, width, 8 channels.
  case nchw8c
  /// Batch, channel block, (depth,) height, width, 16 channels.
  case nchw16c

  /// Channels stored side by side in a block; 1 where the layout is not blocked.
  public var block: Int {
    switch self {
    case .nchw, .nhwc: 1
    case .nchw8c: 8
    case .nchw16c: 16
    }
  }
}

/// The type of the elements of input, weights and output.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  case f32, f16, bf16, u8s8, s8s8

  /// Bytes of one input or weight element.
  public var bytes: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .u8s8, .s8s8: 1
    }
  }
}

/// What is computed: the output, or a gradient.
public enum Direction: String, Hashable, Sendable, CaseIterable {
  /// Output from input and weights.
  case forward = "fwd"
  /// Gradient of the input.
  case backwardData = "bwdd"
  /// Gradient of the weights.
  case backwardWeights = "bwdw"
}
