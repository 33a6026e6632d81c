// A phase of L pixels between zeros, L = 1, 2, 3: all L outputs of 3 taps w with 1, 3 and 4 or 5 products,
// y = A [ (G w) ⊙ (B x) ]; in two dimensions Y = A [ (G w Gᵀ) ⊙ (B x Bᵀ) ] Aᵀ, one pass along each axis, as in WinogradPass.swift.
//
// Such a product is a small Toeplitz matrix. On an axis whose longest phase is 2 pixels:
//   G w = w1; w2 − w1; w0 − w1
//   L = 2   v = x0 + x1; x1; x0                         y0 = m0 + m1;  y1 = m0 + m2
//   L = 1   v = x0                                      y0 = m0
// On an axis whose longest phase is 3 pixels, 4 products of each phase:
//   G w = (w1 ± ⅔(w0 + w2))/4; (w1 ± 2(w0 − w2))/4
//   L = 3   v = x0+x2 ± 3/2·x1; x0−x2 ∓ ½·x1            y0, y2 = m0 + m1 ± (m2 + m3);  y1 = 3/2·(m0 − m1) + ½·(m2 − m3)
//   L = 2   the same without x2 and y2
// With e, o = x0 ± x2 and p, q = w0 ± w2, the outputs are y0 + y2 = w1·e + p·x1, y0 − y2 = w1·o − q·x1 and
// 2·y1 = p·e + q·o + 2·w1·x1. Of (w1 ± p/β)·(e ± β·x1) the mean is the first, and half the difference p·e/β + β·w1·x1;
// of (w1 ± q/α)·(o ∓ α·x1) they are the second, and q·o/α − α·w1·x1. β and α times these halves add up to 2·y1 where β²
// − α² = 2, and 3/2 and ½ are exact. (Four are the rank of this tensor of 3 × 3 × 3: as F(3,3) or as a cyclic
// convolution, mod x⁴ − 1, it would take five. Searched for in vain: 5 products of a phase of 4 pixels and 6 of 5, 15
// of a plane of 3 × 3.) Where phases of 2 pixels are most of such an axis, 5 products of 3 pixels and 3 of 2 are fewer
// (found by search over products with coefficients −1, 0, 1; F(2,3)'s points ±1 appear in it for the even and the odd
// half of x):
//   G w = (w1 + w2)/2; (w1 − w2)/2; w0 − w2; w1; w0
//   L = 3   v = x0+x2 + x1; x0+x2 − x1; x0; x2; x1      y0 = m0 + m1 − m3;  y1 = m0 − m1 + m2;  y2 = m3 + m4
//   L = 2   v = x0 + x1; x0 − x1; x0                    y0 = m0 + m1;       y1 = m0 − m1 + m2
// All phases of an axis use the first products of its longest, so that one set of transformed weights serves them: d =
// 12 of 33 pixels, phases of 3 and 2, reads 16·C·K weights, where an algorithm of its own for each pair of lengths
// reads 49·C·K. (No set was found that serves phases of 1, 2 and 3; phases of one axis differ by one at most.)
//
// Every pixel of a phase is inside the input, so nothing here asks which are live.
// Register budget of a pass: at most 5 values and 5 results. Each algorithm has loops of its own: asked inside them, it
// is a constant.

import CAtrousMicrokernel

/// v = B x of one vector: s lies between two pixels, t between two products.
@inline(__always) private func inputVector(_ algorithm: Int, _ x: Floats, _ s: Int, _ v: MutableFloats, _ t: Int) {
  switch algorithm {
  case ATROUS_AXIS_1_OF_2:
    store(load(x), v)
  case ATROUS_AXIS_2_OF_2:
    let x0 = load(x)
    let x1 = load(x + s)
    store(x0 + x1, v)
    store(x1, v + t)
    store(x0, v + (2 &* t))
  case ATROUS_AXIS_2_OF_3:
    let x0 = load(x)
    let x1 = load(x + s)
    store(x0 + x1, v)
    store(x0 - x1, v + t)
    store(x0, v + (2 &* t))
  case ATROUS_AXIS_3_OF_3:
    let x0 = load(x)
    let x1 = load(x + s)
    let x2 = load(x + (2 &* s))
    let even = x0 + x2
    store(even + x1, v)
    store(even - x1, v + t)
    store(x0, v + (2 &* t))
    store(x2, v + (3 &* t))
    store(x1, v + (4 &* t))
  case ATROUS_AXIS_2_IN_4:
    let x0 = load(x)
    let x1 = load(x + s)
    store(axpy(x0, 1.5, x1), v)
    store(axpy(x0, -1.5, x1), v + t)
    store(axpy(x0, -0.5, x1), v + (2 &* t))
    store(axpy(x0, 0.5, x1), v + (3 &* t))
  default:
    let x0 = load(x)
    let x1 = load(x + s)
    let x2 = load(x + (2 &* s))
    let even = x0 + x2
    let odd = x0 - x2
    store(axpy(even, 1.5, x1), v)
    store(axpy(even, -1.5, x1), v + t)
    store(axpy(odd, -0.5, x1), v + (2 &* t))
    store(axpy(odd, 0.5, x1), v + (3 &* t))
  }
}

@inline(__always) private func inputs(_ algorithm: Int, _ pass: WinogradPass) {
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      inputVector(algorithm, from + offset, s, to + offset, t)
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortInput(_ algorithm: Int, _ pass: WinogradPass) {
  switch algorithm {
  case ATROUS_AXIS_1_OF_2: inputs(ATROUS_AXIS_1_OF_2, pass)
  case ATROUS_AXIS_2_OF_2: inputs(ATROUS_AXIS_2_OF_2, pass)
  case ATROUS_AXIS_2_OF_3: inputs(ATROUS_AXIS_2_OF_3, pass)
  case ATROUS_AXIS_3_OF_3: inputs(ATROUS_AXIS_3_OF_3, pass)
  case ATROUS_AXIS_2_IN_4: inputs(ATROUS_AXIS_2_IN_4, pass)
  default: inputs(ATROUS_AXIS_3_IN_4, pass)
  }
}

/// y = A m of one vector: s lies between two products, t between two pixels.
@inline(__always) private func outputVector(_ algorithm: Int, _ m: Floats, _ s: Int, _ y: MutableFloats, _ t: Int) {
  switch algorithm {
  case ATROUS_AXIS_1_OF_2:
    store(load(m), y)
  case ATROUS_AXIS_2_OF_2:
    let m0 = load(m)
    let m1 = load(m + s)
    let m2 = load(m + (2 &* s))
    store(m0 + m1, y)
    store(m0 + m2, y + t)
  case ATROUS_AXIS_2_OF_3:
    let m0 = load(m)
    let m1 = load(m + s)
    let m2 = load(m + (2 &* s))
    store(m0 + m1, y)
    store(m0 - m1 + m2, y + t)
  case ATROUS_AXIS_3_OF_3:
    let m0 = load(m)
    let m1 = load(m + s)
    let m2 = load(m + (2 &* s))
    let m3 = load(m + (3 &* s))
    let m4 = load(m + (4 &* s))
    store(m0 + m1 - m3, y)
    store(m0 - m1 + m2, y + t)
    store(m3 + m4, y + (2 &* t))
  case ATROUS_AXIS_2_IN_4:
    let m0 = load(m)
    let m1 = load(m + s)
    let m2 = load(m + (2 &* s))
    let m3 = load(m + (3 &* s))
    store((m0 + m1) + (m2 + m3), y)
    store(axpy(1.5 * (m0 - m1), 0.5, m2 - m3), y + t)
  default:
    let m0 = load(m)
    let m1 = load(m + s)
    let m2 = load(m + (2 &* s))
    let m3 = load(m + (3 &* s))
    let even = m0 + m1
    let odd = m2 + m3
    store(even + odd, y)
    store(axpy(1.5 * (m0 - m1), 0.5, m2 - m3), y + t)
    store(even - odd, y + (2 &* t))
  }
}

@inline(__always) private func outputs(_ algorithm: Int, _ pass: WinogradPass) {
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      // The last vector overlaps the one before it, so that every load and store is whole.
      let offset = min(column, last)
      outputVector(algorithm, from + offset, s, to + offset, t)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortOutput(_ algorithm: Int, _ pass: WinogradPass) {
  switch algorithm {
  case ATROUS_AXIS_1_OF_2: outputs(ATROUS_AXIS_1_OF_2, pass)
  case ATROUS_AXIS_2_OF_2: outputs(ATROUS_AXIS_2_OF_2, pass)
  case ATROUS_AXIS_2_OF_3: outputs(ATROUS_AXIS_2_OF_3, pass)
  case ATROUS_AXIS_3_OF_3: outputs(ATROUS_AXIS_3_OF_3, pass)
  case ATROUS_AXIS_2_IN_4: outputs(ATROUS_AXIS_2_IN_4, pass)
  default: outputs(ATROUS_AXIS_3_IN_4, pass)
  }
}

/// Row `point` of G on an axis of phases of 1 and 2 pixels.
@inline(__always) func shortWeightsOf2(_ point: Int, _ w0: Vector64, _ w1: Vector64, _ w2: Vector64) -> Vector64 {
  switch point {
  case 0: w1
  case 1: w2 - w1
  default: w0 - w1
  }
}

/// Row `point` of G on an axis of phases of 2 and 3 pixels, most of them of 2.
@inline(__always) func shortWeightsOf3(_ point: Int, _ w0: Vector64, _ w1: Vector64, _ w2: Vector64) -> Vector64 {
  switch point {
  case 0: (w1 + w2) * 0.5
  case 1: (w1 - w2) * 0.5
  case 2: w0 - w2
  case 3: w1
  default: w0
  }
}

/// Row `point` of G on an axis of phases of 2 and 3 pixels, at least half of them of 3.
@inline(__always) func shortWeightsIn4(_ point: Int, _ w0: Vector64, _ w1: Vector64, _ w2: Vector64) -> Vector64 {
  switch point {
  case 0: w1 * 0.25 + (w0 + w2) / 6
  case 1: w1 * 0.25 - (w0 + w2) / 6
  case 2: w1 * 0.25 + (w0 - w2) * 0.5
  default: w1 * 0.25 - (w0 - w2) * 0.5
  }
}
