// y[i] = epilogue( Σ_t Σ_k x[i + tap + k] · w[tap + k] ), one output after the other, one product at a time.
// Register budget: one accumulator and one product.

import CAtrousMicrokernel

@inline(never) func scalar(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_scalar_args.self)
  var i = 0
  while i < args.pointee.count {
    let offset = args.pointee.y_offsets[i]
    let sum = scalarSum(args, args.pointee.x + args.pointee.x_offsets[i])
    args.pointee.y[offset] = finished(sum, args.pointee.epilogue, bias: 0, residual: offset)
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
