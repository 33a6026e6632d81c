/// Everything that fixes the result of one convolution, apart from the numbers themselves.
///
/// `y[n,k,o] = epilogue( Σ x[n, c, o·stride + t·dilation − before] · w[k, c, t] )`, the sum over the channels `c` of the
/// group of `k` and the taps `t` of every axis. A value of this type is valid and normalised: the initialiser throws
/// otherwise.
public struct Problem: Hashable, Sendable {
  /// Images in a batch, N.
  public let batch: Int
  /// Parts that channels and filters are cut into, each convolved by itself; the channels make it depthwise.
  public let groups: Int
  /// Input channels over all groups, C.
  public let channels: Int
  /// Output channels over all groups, K.
  public let filters: Int
  /// `Axis.absent` in one and two dimensions.
  public let depth: Axis
  /// `Axis.absent` in one dimension.
  public let height: Axis
  public let width: Axis
  public let type: ElementType
  public let inputLayout: Layout
  public let outputLayout: Layout
  public let direction: Direction
  public let epilogue: Epilogue

  /// Normalises (the dilation of a one-tap axis is 1, the stride of an absent axis is 1) and validates.
  /// - Throws: `ProblemError` naming the value and the allowed range.
  public init(
    batch: Int = 1, groups: Int = 1, channels: Int, filters: Int,
    depth: Axis = .absent, height: Axis = .absent, width: Axis,
    type: ElementType = .f32, inputLayout: Layout, outputLayout: Layout? = nil,
    direction: Direction = .forward, epilogue: Epilogue = .none
  ) throws(ProblemError) {
    self.batch = batch
    self.groups = groups
    self.channels = channels
    self.filters = filters
    self.depth = depth.normalised
    self.height = height.normalised
    self.width = width.normalised
    self.type = type
    self.inputLayout = inputLayout
    self.outputLayout = outputLayout ?? inputLayout
    self.direction = direction
    self.epilogue = epilogue.normalised
    try validate()
  }

  /// The problem with another epilogue.
  public func with(epilogue: Epilogue) throws(ProblemError) -> Problem { try copy(epilogue: epilogue) }

  /// The problem with another batch.
  public func with(batch: Int) throws(ProblemError) -> Problem { try copy(batch: batch) }

  /// The problem with other layouts.
  public func with(inputLayout: Layout, outputLayout: Layout) throws(ProblemError) -> Problem {
    try copy(inputLayout: inputLayout, outputLayout: outputLayout)
  }

  /// The problem with other axes.
  public func with(depth: Axis, height: Axis, width: Axis) throws(ProblemError) -> Problem {
    try copy(depth: depth, height: height, width: width)
  }

  private func copy(
    batch: Int? = nil, depth: Axis? = nil, height: Axis? = nil, width: Axis? = nil, inputLayout: Layout? = nil,
    outputLayout: Layout? = nil, epilogue: Epilogue? = nil
  ) throws(ProblemError) -> Problem {
    try Problem(
      batch: batch ?? self.batch, groups: groups, channels: channels, filters: filters, depth: depth ?? self.depth,
      height: height ?? self.height, width: width ?? self.width, type: type,
      inputLayout: inputLayout ?? self.inputLayout, outputLayout: outputLayout ?? self.outputLayout,
      direction: direction, epilogue: epilogue ?? self.epilogue)
  }

  /// Spatial dimensions the text writes: 1 (w), 2 (h, w) or 3 (z, h, w).
  public var rank: Int { depth != .absent ? 3 : height != .absent ? 2 : 1 }

  public var channelsPerGroup: Int { channels / groups }
  public var filtersPerGroup: Int { filters / groups }
}

extension Problem {
  /// Taps of one filter, T·R·S.
  public var taps: Int { depth.kernel * height.kernel * width.kernel }
  /// Output positions of one image.
  public var outputPositions: Int { depth.output * height.output * width.output }
  public var inputPositions: Int { depth.input * height.input * width.input }

  /// Elements of the input tensor, as its layout stores it (blocked layouts round channels up).
  public var inputElements: Int { batch * inputPositions * Self.padded(channels, to: inputLayout.block) }
  /// Elements of the output tensor (and of the residual), as its layout stores it.
  public var outputElements: Int { batch * outputPositions * Self.padded(filters, to: outputLayout.block) }
  /// Elements of the weights, K × C/g × T × R × S.
  public var weightElements: Int { filters * channelsPerGroup * taps }

  static func padded(_ channels: Int, to block: Int) -> Int { (channels + block - 1) / block * block }

  /// FLOPs of all taps, the padded ones too (what peers quote): 2·N·K·C/g·taps·positions.
  public var nominalFLOPs: Int { 2 * batch * filters * channelsPerGroup * taps * outputPositions }

  /// FLOPs of the taps that meet the input.
  public var usefulFLOPs: Int {
    2 * batch * filters * channelsPerGroup * depth.liveTapCount * height.liveTapCount * width.liveTapCount
  }

  /// Bytes of input, weights and output.
  public var tensorBytes: Int { type.bytes * (inputElements + weightElements) + 4 * outputElements }

  /// Bytes that must move when every tensor is touched once, residual and bias too.
  public var minimumBytes: Int {
    tensorBytes + 4 * ((epilogue.add ? outputElements : 0) + (epilogue.bias ? filters : 0))
  }
}
