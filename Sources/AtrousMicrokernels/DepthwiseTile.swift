// y[i][j][c] = epilogue( Σ_{r,s} x[i + r][j + s][c] · w[r][s][c] ), up to 2 × 3 pixels of one phase, channels last.
//
// The nine weights of a vector of channels stay in registers; outputs follow each other, each an FMA a tap with the pixel as
// memory operand, from L1 after the first: 64 loads for 54 FMAs. (A pixel loaded once for all its outputs would be 29, but
// the compiler then finishes one sum after the other all the same and spills 26 registers.) Register budget: 9 weights, the
// bias, a sum, and those of the outputs before that are still on their way; a pixel's address is one of four rows and one of
// five columns. Every number of columns, with and without those that lie outside, is a loop of its own: pixels of zeros would
// cost as much as others, a table of addresses as many loads as the pixels.
//
// A sum begins with the bias. Residual and activation are a pass of their own, while sums are in L1: a branch between FMAs and
// store lets the compiler sink the FMAs into it, in halves of vectors.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_tile_args>

@inline(never) func depthwiseTile(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_tile_args.self)
  switch (args.pointee.rows, args.pointee.columns) {
  case (2, 3): edges(args, inner2x3, first2x3, last2x3, whole2x3)
  case (2, 2): edges(args, inner2x2, first2x2, last2x2, whole2x2)
  case (2, _): edges(args, inner2x1, first2x1, last2x1, whole2x1)
  case (_, 3): edges(args, inner1x3, first1x3, last1x3, whole1x3)
  case (_, 2): edges(args, inner1x2, first1x2, last1x2, whole1x2)
  default: edges(args, inner1x1, first1x1, last1x1, whole1x1)
  }
  guard let epilogue = args.pointee.epilogue else { return }
  var j = 0
  while j < args.pointee.columns {
    finish(args, epilogue, args.pointee.y_row0 &+ j &* args.pointee.y_step)
    if args.pointee.rows > 1 { finish(args, epilogue, args.pointee.y_row1 &+ j &* args.pointee.y_step) }
    j &+= 1
  }
}

/// The epilogue of one output pixel, in place.
@inline(never) private func finish(_ args: Arguments, _ epilogue: UnsafePointer<atrous_epilogue>, _ offset: Int) {
  let y = args.pointee.y!
  finishChannels(Floats(y + offset), args.pointee.channels, y, offset, epilogue, bias: 0)
}

@inline(__always) private func edges(
  _ args: Arguments, _ inner: (Arguments) -> Void, _ first: (Arguments) -> Void, _ last: (Arguments) -> Void,
  _ whole: (Arguments) -> Void
) {
  switch Int(args.pointee.missing) {
  case 0: inner(args)
  case ATROUS_NO_FIRST_COLUMN: first(args)
  case ATROUS_NO_LAST_COLUMN: last(args)
  default: whole(args)
  }
}

// A function each: the optimiser stops inlining where one has many loops.
@inline(never) private func inner2x3(_ a: Arguments) { sum(a, rows: 2, columns: 3, first: true, last: true) }
@inline(never) private func first2x3(_ a: Arguments) { sum(a, rows: 2, columns: 3, first: false, last: true) }
@inline(never) private func last2x3(_ a: Arguments) { sum(a, rows: 2, columns: 3, first: true, last: false) }
@inline(never) private func whole2x3(_ a: Arguments) { sum(a, rows: 2, columns: 3, first: false, last: false) }
@inline(never) private func inner2x2(_ a: Arguments) { sum(a, rows: 2, columns: 2, first: true, last: true) }
@inline(never) private func first2x2(_ a: Arguments) { sum(a, rows: 2, columns: 2, first: false, last: true) }
@inline(never) private func last2x2(_ a: Arguments) { sum(a, rows: 2, columns: 2, first: true, last: false) }
@inline(never) private func whole2x2(_ a: Arguments) { sum(a, rows: 2, columns: 2, first: false, last: false) }
@inline(never) private func inner2x1(_ a: Arguments) { sum(a, rows: 2, columns: 1, first: true, last: true) }
@inline(never) private func first2x1(_ a: Arguments) { sum(a, rows: 2, columns: 1, first: false, last: true) }
@inline(never) private func last2x1(_ a: Arguments) { sum(a, rows: 2, columns: 1, first: true, last: false) }
@inline(never) private func whole2x1(_ a: Arguments) { sum(a, rows: 2, columns: 1, first: false, last: false) }
@inline(never) private func inner1x3(_ a: Arguments) { sum(a, rows: 1, columns: 3, first: true, last: true) }
@inline(never) private func first1x3(_ a: Arguments) { sum(a, rows: 1, columns: 3, first: false, last: true) }
@inline(never) private func last1x3(_ a: Arguments) { sum(a, rows: 1, columns: 3, first: true, last: false) }
@inline(never) private func whole1x3(_ a: Arguments) { sum(a, rows: 1, columns: 3, first: false, last: false) }
@inline(never) private func inner1x2(_ a: Arguments) { sum(a, rows: 1, columns: 2, first: true, last: true) }
@inline(never) private func first1x2(_ a: Arguments) { sum(a, rows: 1, columns: 2, first: false, last: true) }
@inline(never) private func last1x2(_ a: Arguments) { sum(a, rows: 1, columns: 2, first: true, last: false) }
@inline(never) private func whole1x2(_ a: Arguments) { sum(a, rows: 1, columns: 2, first: false, last: false) }
@inline(never) private func inner1x1(_ a: Arguments) { sum(a, rows: 1, columns: 1, first: true, last: true) }
@inline(never) private func first1x1(_ a: Arguments) { sum(a, rows: 1, columns: 1, first: false, last: true) }
@inline(never) private func last1x1(_ a: Arguments) { sum(a, rows: 1, columns: 1, first: true, last: false) }
@inline(never) private func whole1x1(_ a: Arguments) { sum(a, rows: 1, columns: 1, first: false, last: false) }

/// All channels of a tile; the last ones that do not fill a vector are computed again with their neighbours.
@inline(__always) private func sum(_ args: Arguments, rows: Int, columns: Int, first: Bool, last: Bool) {
  let (x0, x1, x2, x3) = (args.pointee.x0!, args.pointee.x1!, args.pointee.x2!, args.pointee.x3)
  let (step, channels, bias) = (args.pointee.x_step, args.pointee.channels, args.pointee.bias!)
  let y0 = args.pointee.y! + args.pointee.y_row0
  let y1 = args.pointee.y! + args.pointee.y_row1
  let yStep = args.pointee.y_step
  var w = args.pointee.w!
  var next = 0
  while next < channels {
    let c = next &+ lanes <= channels ? next : channels &- lanes
    let (w0, w1, w2) = (load(w), load(w + lanes), load(w + 2 &* lanes))
    let (w3, w4, w5) = (load(w + 3 &* lanes), load(w + 4 &* lanes), load(w + 5 &* lanes))
    let (w6, w7, w8) = (load(w + 6 &* lanes), load(w + 7 &* lanes), load(w + 8 &* lanes))
    let start = load(bias + c)
    var i = 0
    while i < rows {
      let (r0, r1, r2) = i == 0 ? (x0 + c, x1 + c, x2 + c) : (x1 + c, x2 + c, x3! + c)
      let y = (i == 0 ? y0 : y1) + c
      var j = 0
      while j < columns {
        var sum = start
        if first || j > 0 {
          sum = multiplyAdd(sum, load(r0 + j &* step), w0)
          sum = multiplyAdd(sum, load(r1 + j &* step), w3)
          sum = multiplyAdd(sum, load(r2 + j &* step), w6)
        }
        sum = multiplyAdd(sum, load(r0 + (j &+ 1) &* step), w1)
        sum = multiplyAdd(sum, load(r1 + (j &+ 1) &* step), w4)
        sum = multiplyAdd(sum, load(r2 + (j &+ 1) &* step), w7)
        if last || j < columns &- 1 {
          sum = multiplyAdd(sum, load(r0 + (j &+ 2) &* step), w2)
          sum = multiplyAdd(sum, load(r1 + (j &+ 2) &* step), w5)
          sum = multiplyAdd(sum, load(r2 + (j &+ 2) &* step), w8)
        }
        store(sum, y + j &* yStep)
        j &+= 1
      }
      i &+= 1
    }
    w += 9 &* lanes
    next &+= lanes
  }
}
