/// Why a problem cannot be: names the value and the allowed range.
public enum ProblemError: Error, Hashable, Sendable {
  case outOfRange(key: String, value: Int, allowed: ClosedRange<Int>)
}

extension Axis {
  /// The dilation of a one-tap axis is 1; an axis of one input position, one tap and no padding is absent.
  var normalised: Axis {
    let plain = Axis(
      input: input, kernel: kernel, stride: stride, dilation: kernel == 1 ? 1 : dilation, before: before, after: after)
    return plain.input == 1 && plain.kernel == 1 && plain.before == 0 && plain.after == 0 ? .absent : plain
  }
}

extension Problem {
  func validate() throws(ProblemError) {}
}
