// y[i] = epilogue( Σ_t Σ_k x[i + tap + k] · w[tap + k] ), one output after the other, one product at a time.
// Register budget: one accumulator and one product.

import CAtrousMicrokernel

@inline(never) func scalar(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_scalar_args.self)
  var i = 0
  while i < args.pointee.count {
    let offset = args.pointee.y_offsets[i]
    var value = scalarSum(args, args.pointee.x + args.pointee.x_offsets[i])
    if let epilogue = args.pointee.epilogue {
      if let bias = epilogue.pointee.bias { value += bias[0] }
      if let residual = epilogue.pointee.residual { value += residual[offset] }
      value = activate(value, epilogue)
    }
    args.pointee.y[offset] = value
    i &+= 1
  }
}

@inline(__always) private func scalarSum(_ args: UnsafePointer<atrous_scalar_args>, _ x: Floats) -> Float {
  var sum: Float = 0
  var tap = 0
  while tap < args.pointee.tap_count {
    let offsets = args.pointee.taps[tap]
    var a = x + offsets.a
    var w = args.pointee.w + offsets.b
    var k = 0
    while k < args.pointee.k {
      sum += a.pointee * w.pointee
      a += args.pointee.x_stride
      w += args.pointee.w_stride
      k &+= 1
    }
    tap &+= 1
  }
  return sum
}
