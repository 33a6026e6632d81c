// y[i][j] = epilogue( bias + Σ_{r,s} x[i + r][j + s] · w[r][s] ), 3 × 3 taps, a vector a pixel of a block of channels.
//
// Rows are taken one after the other, all columns of each, so that input and output are read and written from beginning to
// end. With every pixel a line of each is fetched some KB ahead: the taps of a row lie in several pages, and a plane is too short
// for the hardware to learn its streams. (All lines of a row at once filled the miss buffers: 960 33×33 d2 148 → 131 µs on a Zen 5
// core. What a stride passes over is not fetched: 256 65×65 st2 d2 61 → 45 µs, but 512 112×112 st2 824 → 879.)
// Where what is read and written between a row's first and last use passes L1, rows are taken phase by phase instead,
// and the lines fetched are those of the row after the next, and of the next output.
// With AVX-512's registers an output loads one column of inputs: those of the phase's last two outputs are still there.
// Taps outside are skipped: a loop for each set of live taps. Register budget: 9 weights, the bias, a sum and those on their
// way, and with a clamp its limits; the inputs are memory operands of the FMAs, or three columns of three.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_block_args>

@inline(never) func depthwiseBlock(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_block_args.self)
  var row = 0
  while row < args.pointee.rows {
    let next = rowAfter(row, args)
    let here = rowAt(row, before: next, args)
    switch (row >= args.pointee.top, row < args.pointee.bottom) {
    case (true, true):
      across(args, here, sumsUpperLowerLeftRight, sumsUpperLowerRight, sumsUpperLowerLeft, sumsUpperLower)
    case (false, true): across(args, here, sumsLowerLeftRight, sumsLowerRight, sumsLowerLeft, sumsLower)
    case (true, false): across(args, here, sumsUpperLeftRight, sumsUpperRight, sumsUpperLeft, sumsUpper)
    case (false, false): across(args, here, sumsLeftRight, sumsRight, sumsLeft, sumsMiddle)
    }
    if let epilogue = args.pointee.epilogue, !clampsOnTheWay || !isClamp(epilogue) {
      finishRow(args, here.y, row &* args.pointee.y_row, epilogue)
    }
    row = next
  }
}

/// The row that is taken after one: of the same phase, or the next phase's first; after the last what lies behind, in a
/// whole plane the next one's first.
@inline(__always) private func rowAfter(_ row: Int, _ args: Arguments) -> Int {
  let (rows, step) = (args.pointee.rows, args.pointee.row_step)
  if row &+ step < rows || row >= rows { return row &+ step }
  let phase = row % step &+ 1
  return phase < min(step, rows) ? phase : rows
}

/// A row of inputs and of outputs, and where lines of both are fetched while it is made: from the first column on.
private typealias Row = (x: Floats, y: MutableFloats, inputAhead: Floats, outputAhead: MutableFloats)

@inline(__always) private func rowAt(_ row: Int, before next: Int, _ args: Arguments) -> Row {
  let x = args.pointee.x + row &* args.pointee.x_row
  let y = args.pointee.y + row &* args.pointee.y_row
  let ahead = args.pointee.ahead
  if ahead == 0 || args.pointee.row_step == 1 { return (x, y, x + (args.pointee.down &+ ahead), y + ahead) }
  let nextButOne = rowAfter(next, args)
  return (x, y, args.pointee.x + nextButOne &* args.pointee.x_row, args.pointee.y + next &* args.pointee.y_row)
}

private typealias Sums = (Arguments, Row, Int, Int) -> Void

/// A row by its runs of columns. Those before `left` have no left taps, those from `right` on no right ones.
@inline(__always) private func across(
  _ args: Arguments, _ row: Row, _ all: Sums, _ first: Sums, _ last: Sums, _ middle: Sums
) {
  let (left, right) = (args.pointee.left, args.pointee.right)
  let (low, high) = (min(left, right), max(left, right))
  if low > 0 { first(args, row, 0, low) }
  if low < high {
    if left < right { all(args, row, low, high) } else { middle(args, row, low, high) }
  }
  if high < args.pointee.columns { last(args, row, high, args.pointee.columns) }
}

// A function each: the optimiser stops inlining where one has many loops.
@inline(never) private func sumsMiddle(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: false, left: false, right: false)
}
@inline(never) private func sumsRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: false, left: false, right: true)
}
@inline(never) private func sumsLeft(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: false, left: true, right: false)
}
@inline(never) private func sumsLeftRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: false, left: true, right: true)
}
@inline(never) private func sumsLower(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: true, left: false, right: false)
}
@inline(never) private func sumsLowerRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: true, left: false, right: true)
}
@inline(never) private func sumsLowerLeft(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: true, left: true, right: false)
}
@inline(never) private func sumsLowerLeftRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: false, lower: true, left: true, right: true)
}
@inline(never) private func sumsUpper(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: false, left: false, right: false)
}
@inline(never) private func sumsUpperRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: false, left: false, right: true)
}
@inline(never) private func sumsUpperLeft(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: false, left: true, right: false)
}
@inline(never) private func sumsUpperLeftRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: false, left: true, right: true)
}
@inline(never) private func sumsUpperLower(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: true, left: false, right: false)
}
@inline(never) private func sumsUpperLowerRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: true, left: false, right: true)
}
@inline(never) private func sumsUpperLowerLeft(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: true, left: true, right: false)
}
@inline(never) private func sumsUpperLowerLeftRight(_ a: Arguments, _ r: Row, _ from: Int, _ to: Int) {
  sums(a, r, from, to, upper: true, lower: true, left: true, right: true)
}

@inline(__always) private func sums(
  _ args: Arguments, _ row: Row, _ from: Int, _ to: Int,
  upper: Bool, lower: Bool, left: Bool, right: Bool
) {
  #if ATROUS_LANES_16
    let phases = args.pointee.column_step
    if left && right && phases > 0 && to &- from >= shortestPhase &* phases {
      return phaseSums(args, row, from, to, phases, upper, lower)
    }
  #endif
  if clampsOnTheWay, let epilogue = args.pointee.epilogue, isClamp(epilogue) {
    return sums(args, row, from, to, upper, lower, left, right, clamps: true)
  }
  sums(args, row, from, to, upper, lower, left, right, clamps: false)
}

@inline(__always) private func sums(
  _ args: Arguments, _ row: Row, _ from: Int, _ to: Int,
  _ upper: Bool, _ lower: Bool, _ left: Bool, _ right: Bool, clamps: Bool
) {
  let w = args.pointee.w!
  let (w0, w1, w2) = (load(w), load(w + lanes), load(w + 2 &* lanes))
  let (w3, w4, w5) = (load(w + 3 &* lanes), load(w + 4 &* lanes), load(w + 5 &* lanes))
  let (w6, w7, w8) = (load(w + 6 &* lanes), load(w + 7 &* lanes), load(w + 8 &* lanes))
  let start = load(args.pointee.bias)
  let low = Vector(repeating: clamps ? args.pointee.epilogue.pointee.low : 0)
  let high = Vector(repeating: clamps ? args.pointee.epilogue.pointee.high : 0)
  let (x, y) = (row.x, row.y)
  let (above, below) = (x - args.pointee.down, x + args.pointee.down)
  let (side, xStep, yStep) = (args.pointee.across, args.pointee.x_step, args.pointee.y_step)
  var i = from &* xStep
  var j = from &* yStep
  let end = to &* yStep
  while j < end {
    atrous_prefetch_near(row.inputAhead + i)
    atrous_prefetch_near(row.outputAhead + j)
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

#if ATROUS_LANES_16
  /// Columns a phase has at least where they are taken phase by phase: what a run begins with costs more than shorter
  /// ones spare (384 80×28 d6, of 2 and 3 columns: 106 → 112 µs on a Zen 5 core).
  @inline(__always) private var shortestPhase: Int { 4 }

  /// All taps of a row meet the input left and right: `phases` runs of columns, each of which keeps its last two
  /// columns of inputs.
  @inline(__always) private func phaseSums(
    _ args: Arguments, _ row: Row, _ from: Int, _ to: Int, _ phases: Int,
    _ upper: Bool, _ lower: Bool
  ) {
    let w = args.pointee.w!
    let (w0, w1, w2) = (load(w), load(w + lanes), load(w + 2 &* lanes))
    let (w3, w4, w5) = (load(w + 3 &* lanes), load(w + 4 &* lanes), load(w + 5 &* lanes))
    let (w6, w7, w8) = (load(w + 6 &* lanes), load(w + 7 &* lanes), load(w + 8 &* lanes))
    let start = load(args.pointee.bias)
    let (x, y) = (row.x, row.y)
    let (above, below) = (x - args.pointee.down, x + args.pointee.down)
    let (side, yStep) = (args.pointee.across, args.pointee.y_step)
    let (outputSide, end) = (phases &* yStep, to &* yStep)
    var first = from
    while first < from &+ phases {
      var i = first &* args.pointee.x_step
      var j = first &* yStep
      var (a0, a1) = upper ? (load(above + (i &- side)), load(above + i)) : (.zero, .zero)
      var (m0, m1) = (load(x + (i &- side)), load(x + i))
      var (b0, b1) = lower ? (load(below + (i &- side)), load(below + i)) : (.zero, .zero)
      while j < end {
        atrous_prefetch_near(row.inputAhead + i)
        atrous_prefetch_near(row.outputAhead + j)
        let a2 = upper ? load(above + (i &+ side)) : .zero
        let m2 = load(x + (i &+ side))
        let b2 = lower ? load(below + (i &+ side)) : .zero
        // Three sums, so that few outputs on their way fill the FMA units.
        var sum = multiplyAdd(multiplyAdd(multiplyAdd(start, m0, w3), m1, w4), m2, w5)
        if upper { sum += multiplyAdd(multiplyAdd(a0 * w0, a1, w1), a2, w2) }
        if lower { sum += multiplyAdd(multiplyAdd(b0 * w6, b1, w7), b2, w8) }
        store(sum, y + j)
        (a0, a1, m0, m1, b0, b1) = (a1, a2, m1, m2, b1, b2)
        i &+= side
        j &+= outputSide
      }
      first &+= 1
    }
  }
#endif

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
