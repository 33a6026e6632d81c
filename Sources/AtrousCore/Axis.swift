/// One spatial axis of a convolution: `output` positions, each looking at `kernel` taps.
///
/// Position `o` and tap `t` meet the input at `o · stride + t · dilation − before`; a tap that falls outside
/// `0 ..< input` contributes nothing. Dilation 1 is dense. A `Problem` checks its axes; an axis by itself is unchecked.
public struct Axis: Hashable, Sendable {
  /// Positions of the input, without padding.
  public let input: Int
  /// Taps of the filter.
  public let kernel: Int
  /// Input positions from one output to the next.
  public let stride: Int
  /// Input positions from one tap to the next; 1 is dense.
  public let dilation: Int
  /// Padding before the first and after the last input position.
  public let before: Int
  public let after: Int

  public init(input: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0) {
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.before = before
    self.after = after
  }

  /// The axis a problem of fewer dimensions does not write: one input position, one tap.
  public static let absent = Axis(input: 1, kernel: 1)

  /// Input positions from the first tap to the last: `dilation · (kernel − 1) + 1`.
  public var span: Int { dilation * (kernel - 1) + 1 }

  /// Input positions with the padding of both sides.
  public var paddedInput: Int { input + before + after }

  /// Output positions; zero where the span does not fit into the padded input.
  public var output: Int {
    let room = paddedInput - span
    return room < 0 ? 0 : room / stride + 1
  }

  /// The phases of the axis, its input positions modulo `dilation`, as far as they hold a position.
  public var phases: Int { min(dilation, input) }

  /// The output positions at which `tap` meets the input.
  public func liveOutputs(ofTap tap: Int) -> Range<Int> {
    let shift = tap * dilation - before
    let first = shift >= 0 ? 0 : (-shift + stride - 1) / stride
    let last = input - 1 - shift
    let end = last < 0 ? 0 : min(output, last / stride + 1)
    return first < end ? first..<end : 0..<0
  }

  /// The taps that meet the input at output position `position`.
  public func liveTaps(at position: Int) -> Range<Int> {
    let origin = position * stride - before
    let first = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation
    let last = input - 1 - origin
    let end = last < 0 ? 0 : min(kernel, last / dilation + 1)
    return first < end ? first..<end : 0..<0
  }

  /// Pairs of an output position and a tap that meets the input there.
  public var liveTapCount: Int { pairs(below: before + input) - pairs(below: before) }

  /// Pairs of an output position and a tap with `position · stride + tap · dilation < end`, in logarithmic time.
  private func pairs(below end: Int) -> Int {
    func positions(before reach: Int) -> Int { reach <= 0 ? 0 : min(output, (reach - 1) / stride + 1) }
    // Up to `full` every tap counts, from `some` none.
    let full = positions(before: end - (kernel - 1) * dilation)
    let some = positions(before: end)
    guard full < some else { return kernel * full }
    return kernel * full
      + Self.floorSum(
        some - full, factor: stride, offset: end - (some - 1) * stride + dilation - 1, divisor: dilation)
  }

  /// Σ ⌊(factor · i + offset) / divisor⌋ over `0 ..< count`, by Euclid's algorithm: whole multiples are summed apart, then
  /// the lattice points under the line are counted along its other axis.
  private static func floorSum(_ count: Int, factor: Int, offset: Int, divisor: Int) -> Int {
    if count == 0 { return 0 }
    let (slope, factor) = factor.quotientAndRemainder(dividingBy: divisor)
    let (base, offset) = offset.quotientAndRemainder(dividingBy: divisor)
    let whole = count * (count - 1) / 2 * slope + count * base
    let (rows, rest) = (factor * count + offset).quotientAndRemainder(dividingBy: divisor)
    return rows == 0 ? whole : whole + floorSum(rows, factor: divisor, offset: rest, divisor: factor)
  }
}
