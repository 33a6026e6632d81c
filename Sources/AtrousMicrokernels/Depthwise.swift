// y[pixel][c] = epilogue( Σ_t x[pixel + t][c] · w[t][c] ), channels last, one filter a channel.
//
// Six pixels share each weight; the channels run outermost, so that every pixel is a stream of whole cache lines and what
// the taps share is in L1. Register budget: 6·2 accumulators + 2 of w; the inputs are memory operands of the FMAs.
// Load-bound: 14 loads for 12 FMAs.

import CAtrousMicrokernel

@inline(never) func depthwise_6x2(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_args.self)
  let channels = args.pointee.channels
  var c = 0
  while c &+ 2 &* lanes <= channels {
    two(args, c)
    c &+= 2 &* lanes
  }
  if c == channels { return }
  // What is left is computed again with its neighbours, where there are enough of them.
  if channels >= 2 &* lanes { return two(args, channels &- 2 &* lanes) }
  if channels >= lanes {
    one(args, 0)
    return one(args, channels &- lanes)
  }
  while c < channels {
    single(args, c)
    c &+= 1
  }
}

@inline(never) private func two(_ args: UnsafePointer<atrous_depthwise_args>, _ c: Int) {
  let sums: InlineArray<6, InlineArray<2, Vector>> = accumulate(args, c)
  storeChannels(args, c, sums)
}

@inline(never) private func one(_ args: UnsafePointer<atrous_depthwise_args>, _ c: Int) {
  let sums: InlineArray<6, InlineArray<1, Vector>> = accumulate(args, c)
  storeChannels(args, c, sums)
}

@inline(__always) private func accumulate<let vectors: Int>(
  _ args: UnsafePointer<atrous_depthwise_args>, _ c: Int
) -> InlineArray<6, InlineArray<vectors, Vector>> {
  var sums = InlineArray<6, InlineArray<vectors, Vector>>(repeating: InlineArray<vectors, Vector>(repeating: .zero))
  var x = InlineArray<6, Floats>(repeating: args.pointee.x + c)
  var row = 0
  while row < 6 {
    x[unchecked: row] += args.pointee.x_rows[row]
    row &+= 1
  }
  let w = args.pointee.w + c
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  while tap < end {
    let (a, b) = (tap.pointee.a, tap.pointee.b)
    var weights = InlineArray<vectors, Vector>(repeating: .zero)
    var v = 0
    while v < vectors {
      weights[unchecked: v] = load(w + (b &+ v &* lanes))
      v &+= 1
    }
    row = 0
    while row < 6 {
      v = 0
      while v < vectors {
        sums[unchecked: row][unchecked: v] = multiplyAdd(
          sums[unchecked: row][unchecked: v], load(x[unchecked: row] + (a &+ v &* lanes)), weights[unchecked: v])
        v &+= 1
      }
      row &+= 1
    }
    tap += 1
  }
  return sums
}

@inline(__always) private func storeChannels<let vectors: Int>(
  _ args: UnsafePointer<atrous_depthwise_args>, _ c: Int, _ sums: InlineArray<6, InlineArray<vectors, Vector>>
) {
  var values = sums
  if let epilogue = args.pointee.epilogue { finish(args, epilogue, c, &values) }
  var row = 0
  while row < 6 {
    let y = args.pointee.y + args.pointee.y_rows[row]
    var v = 0
    while v < vectors {
      store(values[unchecked: row][unchecked: v], y + (c &+ v &* lanes))
      v &+= 1
    }
    row &+= 1
  }
}

@inline(__always) private func finish<let vectors: Int>(
  _ args: UnsafePointer<atrous_depthwise_args>, _ epilogue: UnsafePointer<atrous_epilogue>, _ c: Int,
  _ values: inout InlineArray<6, InlineArray<vectors, Vector>>
) {
  var row = 0
  while row < 6 {
    var v = 0
    while v < vectors {
      let channel = c &+ v &* lanes
      values[unchecked: row][unchecked: v] = finished(
        values[unchecked: row][unchecked: v], epilogue, bias: channel, residual: args.pointee.y_rows[row] &+ channel)
      v &+= 1
    }
    row &+= 1
  }
}

/// One channel, for tensors narrower than a vector.
@inline(never) private func single(_ args: UnsafePointer<atrous_depthwise_args>, _ c: Int) {
  var row = 0
  while row < 6 {
    let x = args.pointee.x + (args.pointee.x_rows[row] &+ c)
    let offset = args.pointee.y_rows[row] &+ c
    var value: Float = 0
    var tap = 0
    while tap < args.pointee.tap_count {
      value += x[args.pointee.taps[tap].a] * args.pointee.w[args.pointee.taps[tap].b &+ c]
      tap &+= 1
    }
    args.pointee.y[offset] = finished(value, args.pointee.epilogue, bias: c, residual: offset)
    row &+= 1
  }
}
