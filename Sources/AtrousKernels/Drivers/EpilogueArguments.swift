import AtrousCore
import CAtrousMicrokernel

extension Epilogue {
  /// The epilogue as the microkernels take it, bias and residual to be pointed at what a call needs.
  var arguments: atrous_epilogue {
    var arguments = atrous_epilogue()
    arguments.activation = Int32(ATROUS_ACTIVATION_CLAMP)
    switch activation {
    case .none: arguments.activation = Int32(ATROUS_ACTIVATION_NONE)
    case .relu: (arguments.low, arguments.high) = (0, .infinity)
    case .relu6: (arguments.low, arguments.high) = (0, 6)
    case .clamp(let low, let high): (arguments.low, arguments.high) = (low, high)
    case .leaky(let slope):
      arguments.activation = Int32(ATROUS_ACTIVATION_LEAKY)
      arguments.slope = slope
    }
    return arguments
  }
}

/// A plan's bias, padded with zeros so that a tile may read its full width.
func packBias(_ bias: RawSpan?, filters: Int, slack: Int) throws(PlanError) -> PackedBuffer? {
  guard let bias else { return nil }
  let packed = try PackedBuffer(Float.self, count: filters + slack)
  bias.withUnsafeBytes { packed.base.copyMemory(from: $0.baseAddress!, byteCount: filters * 4) }
  return packed
}
