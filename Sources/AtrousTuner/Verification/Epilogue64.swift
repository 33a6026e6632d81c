import AtrousCore

/// An epilogue in Float64: what a raw sum should become.
struct Epilogue64 {
  let epilogue: Epilogue
  let bias: UnsafePointer<Float>
  let residual: UnsafePointer<Float>

  init(_ epilogue: Epilogue, _ data: ProblemData) {
    self.epilogue = epilogue
    bias = UnsafePointer(data.bias.floats)
    residual = UnsafePointer(data.residual.floats)
  }

  @inline(__always) func beforeActivation(_ sum: Double, filter: Int, offset: Int) -> Double {
    var value = sum
    if epilogue.bias { value += Double(bias[filter]) }
    if epilogue.add { value += Double(residual[offset]) }
    return value
  }

  @inline(__always) func activate(_ value: Double) -> Double {
    switch epilogue.activation {
    case .none: value
    case .relu: max(value, 0)
    case .relu6: min(max(value, 0), 6)
    case .leaky(let slope): value < 0 ? Double(slope) * value : value
    case .clamp(let low, let high): min(max(value, Double(low)), Double(high))
    }
  }
}
