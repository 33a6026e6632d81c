extension Axis {
  /// The dilation of a one-tap axis is 1; an axis of one input position, one tap and no padding is absent. Steps out of
  /// range stay, to be refused.
  var normalised: Axis {
    let steps = 1...Problem.largestNumber
    guard kernel == 1 && steps.contains(stride) && steps.contains(dilation) else { return self }
    if input == 1 && before == 0 && after == 0 { return .absent }
    return Axis(input: input, kernel: 1, stride: stride, dilation: 1, before: before, after: after)
  }

  /// - Parameter keys: the keys of the problem text for the axis.
  func validate(_ keys: AxisKeys) throws(ProblemError) {
    try Problem.check(input, keys.input, atLeast: 1)
    try Problem.check(kernel, keys.kernel, atLeast: 1)
    try Problem.check(stride, keys.stride, atLeast: 1)
    try Problem.check(dilation, keys.dilation, atLeast: 1)
    try Problem.check(before, keys.before, atLeast: 0)
    try Problem.check(after, keys.after, atLeast: 0)
    guard output >= 1 else {
      throw .emptyOutput(axis: keys.input, span: span, paddedInput: paddedInput)
    }
  }
}

extension Epilogue {
  var normalised: Epilogue { Epilogue(bias: bias, add: add, activation: activation.normalised) }
}

extension Activation {
  /// Negative zeros become zeros: equal problems have one text and one key.
  var normalised: Activation {
    switch self {
    case .none, .relu, .relu6: self
    case .leaky(let slope): .leaky(slope: slope + 0)
    case .clamp(let low, let high): .clamp(low: low + 0, high: high + 0)
    }
  }

  func validate() throws(ProblemError) {
    switch self {
    case .none, .relu, .relu6: return
    case .leaky(let slope):
      guard slope.isFinite else { throw .notFinite(activation: "leaky") }
    case .clamp(let low, let high):
      guard low.isFinite && high.isFinite else { throw .notFinite(activation: "clamp") }
      guard low <= high else { throw .clampOrder(low: low, high: high) }
    }
  }
}

extension Problem {
  /// The most any single size, step or pad may be. Sums and products of two of them fit into `Int` with room to spare,
  /// so the arithmetic of an axis cannot overflow.
  public static let largestNumber = Int(Int32.max)

  static func check(_ value: Int, _ key: String, atLeast least: Int) throws(ProblemError) {
    guard value >= least && value <= largestNumber else {
      throw .outOfRange(key: key, value: value, allowed: least...largestNumber)
    }
  }

  /// Checks every field, and that no computed property can overflow.
  func validate() throws(ProblemError) {
    try Self.check(batch, "n", atLeast: 1)
    try Self.check(groups, "g", atLeast: 1)
    try Self.check(channels, "c", atLeast: 1)
    try Self.check(filters, "k", atLeast: 1)
    guard channels % groups == 0 else { throw .indivisible(key: "c", value: channels, groups: groups) }
    guard filters % groups == 0 else { throw .indivisible(key: "k", value: filters, groups: groups) }
    try depth.validate(.depth)
    try height.validate(.height)
    try width.validate(.width)
    try epilogue.activation.validate()
    try validateProducts()
  }

  /// Bytes are counted at 4 an element whatever the type: outputs and sums are that wide.
  private func validateProducts() throws(ProblemError) {
    let paddedChannels = Self.padded(channels, to: inputLayout.block)
    let paddedFilters = Self.padded(filters, to: outputLayout.block)
    let input = try Self.product(
      [4, batch, paddedChannels, depth.paddedInput, height.paddedInput, width.paddedInput], "padded input bytes")
    let output = try Self.product(
      [4, batch, paddedFilters, depth.output, height.output, width.output], "output bytes")
    let weights = try Self.product(
      [4, filters, channelsPerGroup, depth.kernel, height.kernel, width.kernel], "weight bytes")
    _ = try Self.product(
      [
        2, batch, filters, channelsPerGroup, depth.kernel, height.kernel, width.kernel, depth.output, height.output,
        width.output,
      ], "nominal FLOPs")
    // Output and residual, and a bias of 4 bytes a filter.
    _ = try Self.sum([input, weights, output, output, 4 * filters], "bytes of all tensors")
  }

  private static func product(_ factors: [Int], _ quantity: String) throws(ProblemError) -> Int {
    var result = 1
    for factor in factors {
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw .tooLarge(quantity: quantity) }
      result = product
    }
    return result
  }

  private static func sum(_ terms: [Int], _ quantity: String) throws(ProblemError) -> Int {
    var result = 0
    for term in terms {
      let (sum, overflow) = result.addingReportingOverflow(term)
      guard !overflow else { throw .tooLarge(quantity: quantity) }
      result = sum
    }
    return result
  }
}
