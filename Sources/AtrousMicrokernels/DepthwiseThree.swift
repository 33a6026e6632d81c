// y[i][j] = epilogue( bias + Σ_{r,s} x[i + r][j + s] · w[r][s] ), 3 × 3 taps that all meet the input, a vector each.
//
// Two rows of one phase share the two input rows between them: 12 loads for 18 FMAs. The taps stay in registers for all rows.
// Register budget: 9 weights, the bias, two sums, and an input.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_plane_args>

@inline(never) func depthwiseThree(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_plane_args.self)
  if let epilogue = args.pointee.epilogue, clampsOnTheWay, isClamp(epilogue) {
    clampedPairs(args)
    return clampedSingles(args)
  }
  pairs(args)
  singles(args)
  finishPlane(args, clamps: !clampsOnTheWay)
}

// A function each: the optimiser stops inlining where one has many loops.
@inline(never) private func pairs(_ args: Arguments) { pairs(args, clamps: false) }
@inline(never) private func clampedPairs(_ args: Arguments) { pairs(args, clamps: true) }
@inline(never) private func singles(_ args: Arguments) { singles(args, clamps: false) }
@inline(never) private func clampedSingles(_ args: Arguments) { singles(args, clamps: true) }

/// Rows i and i + phase_step of every two phase_steps of rows, as far as there are both.
@inline(__always) private func pairs(_ args: Arguments, clamps: Bool) {
  let taps = args.pointee.taps!
  let first = taps.pointee.a
  let (d1, d2) = (taps[1].a &- first, taps[2].a &- first)
  let down = taps[3].a &- first
  let (step, last, rows) = (args.pointee.y_step, args.pointee.x_last, args.pointee.rows)
  let phaseStep = args.pointee.phase_step
  let (w0, w1, w2) = (tap(args, 0), tap(args, 1), tap(args, 2))
  let (w3, w4, w5) = (tap(args, 3), tap(args, 4), tap(args, 5))
  let (w6, w7, w8) = (tap(args, 6), tap(args, 7), tap(args, 8))
  let start = weight(args, args.pointee.bias)
  let end = args.pointee.columns &* step
  var row = 0
  var inPhases = 0
  while row &+ phaseStep < rows {
    let x0 = args.pointee.x + (first &+ row &* args.pointee.x_row)
    let (x1, x2, x3) = (x0 + down, x0 + 2 &* down, x0 + 3 &* down)
    let y0 = args.pointee.y + row &* args.pointee.y_row
    let y1 = y0 + phaseStep &* args.pointee.y_row
    var next = 0
    while next < end {
      let j = min(next, last)
      var a = multiplyAdd(start, load(x0 + j), w0)
      a = multiplyAdd(a, load(x0 + (j &+ d1)), w1)
      a = multiplyAdd(a, load(x0 + (j &+ d2)), w2)
      var v = load(x1 + j)
      a = multiplyAdd(a, v, w3)
      var b = multiplyAdd(start, v, w0)
      v = load(x1 + (j &+ d1))
      a = multiplyAdd(a, v, w4)
      b = multiplyAdd(b, v, w1)
      v = load(x1 + (j &+ d2))
      a = multiplyAdd(a, v, w5)
      b = multiplyAdd(b, v, w2)
      v = load(x2 + j)
      a = multiplyAdd(a, v, w6)
      b = multiplyAdd(b, v, w3)
      v = load(x2 + (j &+ d1))
      a = multiplyAdd(a, v, w7)
      b = multiplyAdd(b, v, w4)
      v = load(x2 + (j &+ d2))
      a = multiplyAdd(a, v, w8)
      b = multiplyAdd(b, v, w5)
      b = multiplyAdd(b, load(x3 + j), w6)
      b = multiplyAdd(b, load(x3 + (j &+ d1)), w7)
      b = multiplyAdd(b, load(x3 + (j &+ d2)), w8)
      store(clamps ? limited(args, a) : a, y0 + j)
      store(clamps ? limited(args, b) : b, y1 + j)
      next &+= step
    }
    row &+= 1
    inPhases &+= 1
    if inPhases == phaseStep { (row, inPhases) = (row &+ phaseStep, 0) }
  }
}

/// The rows `pairs` leaves: those of the last two phase_steps that have nothing below them.
@inline(__always) private func singles(_ args: Arguments, clamps: Bool) {
  let taps = args.pointee.taps!
  let first = taps.pointee.a
  let (d1, d2) = (taps[1].a &- first, taps[2].a &- first)
  let down = taps[3].a &- first
  let (step, last, rows) = (args.pointee.y_step, args.pointee.x_last, args.pointee.rows)
  let phaseStep = args.pointee.phase_step
  let (w0, w1, w2) = (tap(args, 0), tap(args, 1), tap(args, 2))
  let (w3, w4, w5) = (tap(args, 3), tap(args, 4), tap(args, 5))
  let (w6, w7, w8) = (tap(args, 6), tap(args, 7), tap(args, 8))
  let start = weight(args, args.pointee.bias)
  let end = args.pointee.columns &* step
  let whole = rows &- rows % (2 &* phaseStep)
  let beyond = whole &+ min(rows &- whole, phaseStep)
  var row = max(whole, rows &- phaseStep)
  if row >= beyond { return }
  while row < beyond {
    let x0 = args.pointee.x + (first &+ row &* args.pointee.x_row)
    let (x1, x2) = (x0 + down, x0 + 2 &* down)
    let y0 = args.pointee.y + row &* args.pointee.y_row
    var next = 0
    while next < end {
      let j = min(next, last)
      var a = multiplyAdd(start, load(x0 + j), w0)
      a = multiplyAdd(a, load(x0 + (j &+ d1)), w1)
      a = multiplyAdd(a, load(x0 + (j &+ d2)), w2)
      a = multiplyAdd(a, load(x1 + j), w3)
      a = multiplyAdd(a, load(x1 + (j &+ d1)), w4)
      a = multiplyAdd(a, load(x1 + (j &+ d2)), w5)
      a = multiplyAdd(a, load(x2 + j), w6)
      a = multiplyAdd(a, load(x2 + (j &+ d1)), w7)
      a = multiplyAdd(a, load(x2 + (j &+ d2)), w8)
      store(clamps ? limited(args, a) : a, y0 + j)
      next &+= step
    }
    row &+= 1
  }
}

@inline(__always) private func tap(_ args: Arguments, _ index: Int) -> Vector {
  weight(args, args.pointee.w + args.pointee.taps[index].b)
}

/// The clamp. Its limits are read again for every vector: kept in registers, they push the weights out.
@inline(__always) private func limited(_ args: Arguments, _ sum: Vector) -> Vector {
  let epilogue = args.pointee.epilogue!
  return clamped(sum, Vector(repeating: epilogue.pointee.low), Vector(repeating: epilogue.pointee.high))
}
