// y[i][j][c] = epilogue( Σ_{r,s} x[i + r][j + s][c] · w[r][s][c] ), 2 × 3 pixels of one phase, channels last.
//
// The nine weights of a vector of channels stay in registers and each of the 20 input pixels is loaded once for all
// outputs it is part of: 29 loads for 54 FMAs, so the FMAs bound it. Register budget: 9 weights + 6 sums + 1 input; the
// offsets of the pixels are read from their table (without FMA: a product too, which makes one weight a memory operand).
// The sums are stored without a condition, and finished in a pass of their own while they are in L1: a branch between
// FMAs and store lets the compiler sink the FMAs into it, in halves of vectors.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_tile_args>

@inline(never) func depthwiseTile(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_tile_args.self)
  sum(
    args.pointee.x, args.pointee.pixels, args.pointee.w, args.pointee.y, args.pointee.y_pixels, args.pointee.channels)
  guard let epilogue = args.pointee.epilogue else { return }
  var i = 0
  while i < args.pointee.rows {
    var j = 0
    while j < args.pointee.columns {
      finish(args, epilogue, args.pointee.y_pixels[3 &* i &+ j])
      j &+= 1
    }
    i &+= 1
  }
}

@inline(never) private func sum(
  _ x: Floats, _ pixels: UnsafePointer<Int>, _ w: Floats, _ y: MutableFloats, _ outputs: UnsafePointer<Int>,
  _ channels: Int
) {
  var w = w
  var c = 0
  while c &+ lanes <= channels {
    outputs_2x3(x + c, pixels, w, y + c, outputs)
    w += 9 &* lanes
    c &+= lanes
  }
  // What is left is computed again with its neighbours.
  if c < channels { outputs_2x3(x + (channels &- lanes), pixels, w, y + (channels &- lanes), outputs) }
}

@inline(__always) private func outputs_2x3(
  _ x: Floats, _ pixels: UnsafePointer<Int>, _ w: Floats, _ y: MutableFloats, _ outputs: UnsafePointer<Int>
) {
  let (w0, w1, w2) = (load(w), load(w + lanes), load(w + 2 &* lanes))
  let (w3, w4, w5) = (load(w + 3 &* lanes), load(w + 4 &* lanes), load(w + 5 &* lanes))
  let (w6, w7, w8) = (load(w + 6 &* lanes), load(w + 7 &* lanes), load(w + 8 &* lanes))
  var (a0, a1, a2) = (Vector.zero, Vector.zero, Vector.zero)
  var (b0, b1, b2) = (Vector.zero, Vector.zero, Vector.zero)
  oneRow(x, pixels, &a0, &a1, &a2, w0, w1, w2)
  twoRows(x, pixels + 5, &a0, &a1, &a2, w3, w4, w5, &b0, &b1, &b2, w0, w1, w2)
  twoRows(x, pixels + 10, &a0, &a1, &a2, w6, w7, w8, &b0, &b1, &b2, w3, w4, w5)
  store(a0, y + outputs[0])
  store(a1, y + outputs[1])
  store(a2, y + outputs[2])
  oneRow(x, pixels + 15, &b0, &b1, &b2, w6, w7, w8)
  store(b0, y + outputs[3])
  store(b1, y + outputs[4])
  store(b2, y + outputs[5])
}

/// Five pixels of an input row for one output row.
@inline(__always) private func oneRow(
  _ x: Floats, _ pixels: UnsafePointer<Int>, _ a0: inout Vector, _ a1: inout Vector, _ a2: inout Vector,
  _ u0: Vector, _ u1: Vector, _ u2: Vector
) {
  var value = load(x + pixels[0])
  a0 = multiplyAdd(a0, value, u0)
  value = load(x + pixels[1])
  a0 = multiplyAdd(a0, value, u1)
  a1 = multiplyAdd(a1, value, u0)
  value = load(x + pixels[2])
  a0 = multiplyAdd(a0, value, u2)
  a1 = multiplyAdd(a1, value, u1)
  a2 = multiplyAdd(a2, value, u0)
  value = load(x + pixels[3])
  a1 = multiplyAdd(a1, value, u2)
  a2 = multiplyAdd(a2, value, u1)
  value = load(x + pixels[4])
  a2 = multiplyAdd(a2, value, u2)
}

/// Five pixels of an input row for both output rows.
@inline(__always) private func twoRows(
  _ x: Floats, _ pixels: UnsafePointer<Int>, _ a0: inout Vector, _ a1: inout Vector, _ a2: inout Vector,
  _ u0: Vector, _ u1: Vector, _ u2: Vector, _ b0: inout Vector, _ b1: inout Vector, _ b2: inout Vector,
  _ v0: Vector, _ v1: Vector, _ v2: Vector
) {
  var value = load(x + pixels[0])
  a0 = multiplyAdd(a0, value, u0)
  b0 = multiplyAdd(b0, value, v0)
  value = load(x + pixels[1])
  a0 = multiplyAdd(a0, value, u1)
  b0 = multiplyAdd(b0, value, v1)
  a1 = multiplyAdd(a1, value, u0)
  b1 = multiplyAdd(b1, value, v0)
  value = load(x + pixels[2])
  a0 = multiplyAdd(a0, value, u2)
  b0 = multiplyAdd(b0, value, v2)
  a1 = multiplyAdd(a1, value, u1)
  b1 = multiplyAdd(b1, value, v1)
  a2 = multiplyAdd(a2, value, u0)
  b2 = multiplyAdd(b2, value, v0)
  value = load(x + pixels[3])
  a1 = multiplyAdd(a1, value, u2)
  b1 = multiplyAdd(b1, value, v2)
  a2 = multiplyAdd(a2, value, u1)
  b2 = multiplyAdd(b2, value, v1)
  value = load(x + pixels[4])
  a2 = multiplyAdd(a2, value, u2)
  b2 = multiplyAdd(b2, value, v2)
}

/// The epilogue of one output pixel, in place.
@inline(never) private func finish(_ args: Arguments, _ epilogue: UnsafePointer<atrous_epilogue>, _ offset: Int) {
  let y = args.pointee.y!
  finishChannels(Floats(y + offset), args.pointee.channels, y, offset, epilogue, bias: 0)
}
