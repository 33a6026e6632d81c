// y = activation( sum + bias + residual ), the order every kernel keeps.
// Register budget: the sum, what is added, and two limits or a slope.

import CAtrousMicrokernel

/// min(max(value, low), high); comparisons written so that a NaN passes through.
@inline(__always) func clamped(_ value: Vector, _ low: Vector, _ high: Vector) -> Vector {
  let raised = value.replacing(with: low, where: value .< low)
  return raised.replacing(with: high, where: raised .> high)
}

@inline(__always) func leaked(_ value: Vector, _ slope: Vector) -> Vector {
  value.replacing(with: value * slope, where: value .< Vector.zero)
}

@inline(__always) func activate(_ value: Vector, _ epilogue: UnsafePointer<atrous_epilogue>) -> Vector {
  switch Int(epilogue.pointee.activation) {
  case ATROUS_ACTIVATION_CLAMP:
    clamped(value, Vector(repeating: epilogue.pointee.low), Vector(repeating: epilogue.pointee.high))
  case ATROUS_ACTIVATION_LEAKY:
    leaked(value, Vector(repeating: epilogue.pointee.slope))
  default:
    value
  }
}

@inline(__always) func activate(_ value: Float, _ epilogue: UnsafePointer<atrous_epilogue>) -> Float {
  switch Int(epilogue.pointee.activation) {
  case ATROUS_ACTIVATION_CLAMP:
    let raised = value < epilogue.pointee.low ? epilogue.pointee.low : value
    return raised > epilogue.pointee.high ? epilogue.pointee.high : raised
  case ATROUS_ACTIVATION_LEAKY:
    return value < 0 ? value * epilogue.pointee.slope : value
  default:
    return value
  }
}

@inline(__always) func activate(_ value: Double, _ epilogue: UnsafePointer<atrous_epilogue>) -> Double {
  switch Int(epilogue.pointee.activation) {
  case ATROUS_ACTIVATION_CLAMP:
    let raised = value < Double(epilogue.pointee.low) ? Double(epilogue.pointee.low) : value
    return raised > Double(epilogue.pointee.high) ? Double(epilogue.pointee.high) : raised
  case ATROUS_ACTIVATION_LEAKY:
    return value < 0 ? value * Double(epilogue.pointee.slope) : value
  default:
    return value
  }
}

/// The epilogue of one output: bias[bias] and residual[residual], then the activation; the sum itself without one.
@inline(__always) func finished(
  _ sum: Float, _ epilogue: UnsafePointer<atrous_epilogue>?, bias: Int, residual: Int
) -> Float {
  guard let epilogue else { return sum }
  var value = sum
  if let values = epilogue.pointee.bias { value += values[bias] }
  if let values = epilogue.pointee.residual { value += values[residual] }
  return activate(value, epilogue)
}

/// The same of neighbouring channels, a vector from `bias` and `residual` on.
@inline(__always) func finished(
  _ sums: Vector, _ epilogue: UnsafePointer<atrous_epilogue>?, bias: Int, residual: Int
) -> Vector {
  guard let epilogue else { return sums }
  var value = sums
  if let values = epilogue.pointee.bias { value += load(values + bias) }
  if let values = epilogue.pointee.residual { value += load(values + residual) }
  return activate(value, epilogue)
}

/// The epilogue of neighbouring channels of one pixel: y[offset + c] from sums[c], c < count, which may be the same memory.
/// What it needs is read once: a store might change it, for all the compiler knows. No activation is a clamp to everything.
@inline(__always) func finishChannels(
  _ sums: Floats, _ count: Int, _ y: MutableFloats, _ offset: Int, _ epilogue: UnsafePointer<atrous_epilogue>?,
  bias first: Int
) {
  let bias = epilogue?.pointee.bias.map { $0 + first }
  let residual = epilogue?.pointee.residual.map { $0 + offset }
  let kind = epilogue.map { Int($0.pointee.activation) } ?? ATROUS_ACTIVATION_NONE
  let isClamp = kind == ATROUS_ACTIVATION_CLAMP
  let low = Vector(repeating: isClamp ? epilogue!.pointee.low : -.infinity)
  let high = Vector(repeating: isClamp ? epilogue!.pointee.high : .infinity)
  let isLeaky = kind == ATROUS_ACTIVATION_LEAKY
  let slope = Vector(repeating: isLeaky ? epilogue!.pointee.slope : 1)
  var c = 0
  while c &+ lanes <= count {
    var value = load(sums + c)
    if let bias { value += load(bias + c) }
    if let residual { value += load(residual + c) }
    store(isLeaky ? leaked(value, slope) : clamped(value, low, high), y + (offset &+ c))
    c &+= lanes
  }
  while c < count {
    y[offset &+ c] = finished(sums[c], epilogue, bias: first &+ c, residual: offset &+ c)
    c &+= 1
  }
}
