// y[i] = epilogue( Σ_t Σ_k x[i + tap + k] · w[tap + k] ), one product at a time; four outputs by turns, because a sum
// waits four cycles for its last product. Register budget: four accumulators and a weight.

import CAtrousMicrokernel

@inline(never) func scalar(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_scalar_args.self)
  let count = args.pointee.count
  var i = 0
  while i &+ 4 <= count {
    let (sum0, sum1, sum2, sum3) = scalarSums(args, i)
    store(sum0, args, i)
    store(sum1, args, i &+ 1)
    store(sum2, args, i &+ 2)
    store(sum3, args, i &+ 3)
    i &+= 4
  }
  while i < count {
    store(scalarSum(args, i), args, i)
    i &+= 1
  }
}

@inline(__always) private func store(_ sum: Float, _ args: UnsafePointer<atrous_scalar_args>, _ i: Int) {
  let offset = args.pointee.y_offsets[i]
  args.pointee.y[offset] = finished(sum, args.pointee.epilogue, bias: 0, residual: offset)
}

/// The sums of outputs i to i + 3, each added up in the order of `scalarSum`.
@inline(__always) private func scalarSums(
  _ args: UnsafePointer<atrous_scalar_args>, _ i: Int
) -> (Float, Float, Float, Float) {
  let (x, offsets) = (args.pointee.x!, args.pointee.x_offsets + i)
  let (step, wStep, depth) = (args.pointee.x_stride, args.pointee.w_stride, args.pointee.k)
  var (sum0, sum1, sum2, sum3): (Float, Float, Float, Float) = (0, 0, 0, 0)
  var tap = 0
  while tap < args.pointee.tap_count {
    let taps = args.pointee.taps[tap]
    var (a0, a1) = (x + (offsets[0] &+ taps.a), x + (offsets[1] &+ taps.a))
    var (a2, a3) = (x + (offsets[2] &+ taps.a), x + (offsets[3] &+ taps.a))
    var w = args.pointee.w + taps.b
    var k = 0
    while k < depth {
      sum0 += a0.pointee * w.pointee
      sum1 += a1.pointee * w.pointee
      sum2 += a2.pointee * w.pointee
      sum3 += a3.pointee * w.pointee
      a0 += step
      a1 += step
      a2 += step
      a3 += step
      w += wStep
      k &+= 1
    }
    tap &+= 1
  }
  return (sum0, sum1, sum2, sum3)
}

@inline(__always) private func scalarSum(_ args: UnsafePointer<atrous_scalar_args>, _ i: Int) -> Float {
  let x = args.pointee.x + args.pointee.x_offsets[i]
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
