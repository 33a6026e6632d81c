// y[i][j] = epilogue( bias + Σ_{r,s} x[i + r][j + s] · w[r][s] ), 3 × 3 taps, a vector a pixel of a block of channels.
//
// Rows are taken one after the other, all columns of each, so that input and output are read and written from beginning to
// end. With every pixel a line of each is fetched some KB ahead: the taps of a row lie in several pages, and a plane is too short
// for the hardware to learn its streams. (All lines of a row at once filled the miss buffers: 960 33×33 d2 148 → 131 µs on a Zen 5
// core. What a stride passes over is not fetched: 256 65×65 st2 d2 61 → 45 µs, but 512 112×112 st2 824 → 879.)
// (Two rows of a phase that share loads, as in DepthwiseThree.swift, gain nothing on the whole from L3 on.)
// Taps outside are skipped: a loop for each set of live taps. Register budget: 9 weights, the bias, a sum and those on their
// way, and with a clamp its limits; the inputs are memory operands of the FMAs.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_block_args>

@inline(never) func depthwiseBlock(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_block_args.self)
  var row = 0
  while row < args.pointee.rows {
    let x = args.pointee.x + row &* args.pointee.x_row
    let y = args.pointee.y + row &* args.pointee.y_row
    switch (row >= args.pointee.top, row < args.pointee.bottom) {
    case (true, true):
      across(args, x, y, sumsUpperLowerLeftRight, sumsUpperLowerRight, sumsUpperLowerLeft, sumsUpperLower)
    case (false, true): across(args, x, y, sumsLowerLeftRight, sumsLowerRight, sumsLowerLeft, sumsLower)
    case (true, false): across(args, x, y, sumsUpperLeftRight, sumsUpperRight, sumsUpperLeft, sumsUpper)
    case (false, false): across(args, x, y, sumsLeftRight, sumsRight, sumsLeft, sumsMiddle)
    }
    if let epilogue = args.pointee.epilogue, !clampsOnTheWay || !isClamp(epilogue) {
      finishRow(args, y, row &* args.pointee.y_row, epilogue)
    }
    row &+= 1
  }
}

private typealias Sums = (Arguments, Floats, MutableFloats, Int, Int) -> Void

/// A row by its runs of columns. Those before `left` have no left taps, those from `right` on no right ones.
@inline(__always) private func across(
  _ args: Arguments, _ x: Floats, _ y: MutableFloats, _ all: Sums, _ first: Sums, _ last: Sums, _ middle: Sums
) {
  let (left, right) = (args.pointee.left, args.pointee.right)
  let (low, high) = (min(left, right), max(left, right))
  if low > 0 { first(args, x, y, 0, low) }
  if low < high {
    if left < right { all(args, x, y, low, high) } else { middle(args, x, y, low, high) }
  }
  if high < args.pointee.columns { last(args, x, y, high, args.pointee.columns) }
}

// A function each: the optimiser stops inlining where one has many loops.
@inline(never) private func sumsMiddle(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: false, left: false, right: false)
}
@inline(never) private func sumsRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: false, left: false, right: true)
}
@inline(never) private func sumsLeft(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: false, left: true, right: false)
}
@inline(never) private func sumsLeftRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: false, left: true, right: true)
}
@inline(never) private func sumsLower(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: true, left: false, right: false)
}
@inline(never) private func sumsLowerRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: true, left: false, right: true)
}
@inline(never) private func sumsLowerLeft(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: false, lower: true, left: true, right: false)
}
@inline(never) private func sumsLowerLeftRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int)
{
  sums(a, x, y, from, to, upper: false, lower: true, left: true, right: true)
}
@inline(never) private func sumsUpper(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: true, lower: false, left: false, right: false)
}
@inline(never) private func sumsUpperRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: true, lower: false, left: false, right: true)
}
@inline(never) private func sumsUpperLeft(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: true, lower: false, left: true, right: false)
}
@inline(never) private func sumsUpperLeftRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int)
{
  sums(a, x, y, from, to, upper: true, lower: false, left: true, right: true)
}
@inline(never) private func sumsUpperLower(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int) {
  sums(a, x, y, from, to, upper: true, lower: true, left: false, right: false)
}
@inline(never) private func sumsUpperLowerRight(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int)
{
  sums(a, x, y, from, to, upper: true, lower: true, left: false, right: true)
}
@inline(never) private func sumsUpperLowerLeft(_ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int)
{
  sums(a, x, y, from, to, upper: true, lower: true, left: true, right: false)
}
@inline(never) private func sumsUpperLowerLeftRight(
  _ a: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int
) {
  sums(a, x, y, from, to, upper: true, lower: true, left: true, right: true)
}

@inline(__always) private func sums(
  _ args: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int,
  upper: Bool, lower: Bool, left: Bool, right: Bool
) {
  if clampsOnTheWay, let epilogue = args.pointee.epilogue, isClamp(epilogue) {
    return sums(args, x, y, from, to, upper, lower, left, right, clamps: true)
  }
  sums(args, x, y, from, to, upper, lower, left, right, clamps: false)
}

@inline(__always) private func sums(
  _ args: Arguments, _ x: Floats, _ y: MutableFloats, _ from: Int, _ to: Int,
  _ upper: Bool, _ lower: Bool, _ left: Bool, _ right: Bool, clamps: Bool
) {
  let w = args.pointee.w!
  let (w0, w1, w2) = (load(w), load(w + lanes), load(w + 2 &* lanes))
  let (w3, w4, w5) = (load(w + 3 &* lanes), load(w + 4 &* lanes), load(w + 5 &* lanes))
  let (w6, w7, w8) = (load(w + 6 &* lanes), load(w + 7 &* lanes), load(w + 8 &* lanes))
  let start = load(args.pointee.bias)
  let low = Vector(repeating: clamps ? args.pointee.epilogue.pointee.low : 0)
  let high = Vector(repeating: clamps ? args.pointee.epilogue.pointee.high : 0)
  let (above, below) = (x - args.pointee.down, x + args.pointee.down)
  let (side, xStep, yStep) = (args.pointee.across, args.pointee.x_step, args.pointee.y_step)
  let (inputAhead, outputAhead) = (below + args.pointee.ahead, y + args.pointee.ahead)
  var i = from &* xStep
  var j = from &* yStep
  let end = to &* yStep
  while j < end {
    atrous_prefetch_near(inputAhead + i)
    atrous_prefetch_near(outputAhead + j)
    var sum = start
    if upper {
      if left { sum = multiplyAdd(sum, load(above + (i &- side)), w0) }
      sum = multiplyAdd(sum, load(above + i), w1)
      if right { sum = multiplyAdd(sum, load(above + (i &+ side)), w2) }
    }
    if left { sum = multiplyAdd(sum, load(x + (i &- side)), w3) }
    sum = multiplyAdd(sum, load(x + i), w4)
    if right { sum = multiplyAdd(sum, load(x + (i &+ side)), w5) }
    if lower {
      if left { sum = multiplyAdd(sum, load(below + (i &- side)), w6) }
      sum = multiplyAdd(sum, load(below + i), w7)
      if right { sum = multiplyAdd(sum, load(below + (i &+ side)), w8) }
    }
    store(clamps ? clamped(sum, low, high) : sum, y + j)
    i &+= xStep
    j &+= yStep
  }
}

/// Residual and activation of a row in place, while it is near.
@inline(never) private func finishRow(
  _ args: Arguments, _ y: MutableFloats, _ offset: Int, _ epilogue: UnsafePointer<atrous_epilogue>
) {
  let residual = epilogue.pointee.residual.map { $0 + offset }
  let step = args.pointee.y_step
  let end = args.pointee.columns &* step
  var j = 0
  while j < end {
    var value = load(y + j)
    if let residual { value += load(residual + j) }
    store(activate(value, epilogue), y + j)
    j &+= step
  }
}
