import AtrousCore

/// The largest error of an output, and the largest magnitude it is divided by.
struct Comparison {
  private(set) var difference = 0.0
  private(set) var scale = 0.0
  private var got: Float = 0
  private var expected = 0.0
  private var place = (image: 0, filter: 0, position: 0)

  var error: Double { difference == 0 ? 0 : difference / scale }

  @inline(__always) mutating func add(
    _ value: Float, _ reference: Double, beforeActivation: Double, image: Int, filter: Int, position: Int
  ) {
    scale = max(scale, beforeActivation.magnitude)
    let apart = (Double(value) - reference).magnitude
    if apart > difference {
      difference = apart
      (got, expected, place) = (value, reference, (image, filter, position))
    }
  }

  func failure(over bound: Double, _ problem: Problem) -> VerificationFailure? {
    guard !(error <= bound) else { return nil }
    let at = OutputIndex(image: place.image, filter: place.filter, position: place.position, of: problem)
    return .error(at: at, got: got, expected: expected, error: error, bound: bound, epilogue: problem.epilogue)
  }
}

/// The first output that was not written or is not finite, or lane past the last filter that is not zero.
func firstUnusable(
  _ output: UnsafePointer<Float>, _ problem: Problem, expected: (Int) -> Double?
) -> VerificationFailure? {
  let order = ActivationOrder.output(of: problem)
  let isPadded = order.paddedChannels != order.channels
  for offset in 0..<order.elements where isPadded || !output[offset].isFinite {
    let place = order.place(ofElement: offset)
    let at = OutputIndex(image: place.image, filter: place.channel, position: place.position, of: problem)
    if place.channel >= problem.filters {
      if output[offset] == 0 { continue }
      return .padding(at: at, got: output[offset], epilogue: problem.epilogue)
    }
    if output[offset].isFinite { continue }
    if output[offset].bitPattern == GuardedBuffer.pattern {
      return .notWritten(at: at, expected: expected(offset), epilogue: problem.epilogue)
    }
    return .notFinite(at: at, got: output[offset], expected: expected(offset), epilogue: problem.epilogue)
  }
  return nil
}
