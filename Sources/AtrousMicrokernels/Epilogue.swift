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
