// A phase of L pixels between zeros, L = 1, 2, 3: all L outputs of 3 taps w with 2·L − 1 products,
// y = A [ (G w) ⊙ (B x) ]; in two dimensions Y = A [ (G w Gᵀ) ⊙ (B x Bᵀ) ] Aᵀ, one pass along each axis, as in WinogradPass.swift.
//
// Such a product is a small Toeplitz matrix. On an axis whose longest phase is 2 pixels:
//   G w = w1; w2 − w1; w0 − w1
//   L = 2   v = x0 + x1; x1; x0                         y0 = m0 + m1;  y1 = m0 + m2
//   L = 1   v = x0                                      y0 = m0
// On an axis whose longest phase is 3 pixels (found by search over products with coefficients −1, 0, 1; F(2,3)'s points ±1
// appear in it for the even and the odd half of x):
//   G w = (w1 + w2)/2; (w1 − w2)/2; w0 − w2; w1; w0
//   L = 3   v = x0+x2 + x1; x0+x2 − x1; x0; x2; x1      y0 = m0 + m1 − m3;  y1 = m0 − m1 + m2;  y2 = m3 + m4
//   L = 2   v = x0 + x1; x0 − x1; x0                    y0 = m0 + m1;       y1 = m0 − m1 + m2
// The shorter phase uses the first products of the longer one, so that one set of transformed weights serves both: d = 12 of
// 33 pixels, phases of 3 and 2, reads 25·C·K weights, where an algorithm of its own for each pair of lengths reads 64·C·K.
// (No set was found that serves phases of 1, 2 and 3; phases of one axis differ by one at most.)
//
// Every pixel of a phase is inside the input, so nothing here asks which are live.
// Register budget of a pass: at most 5 values and 5 results.

/// v = x, of a phase of one pixel.
@inline(never) func shortCopy(_ pass: WinogradPass) {
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      store(load(from + offset), to + offset)
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortInput2of2(_ pass: WinogradPass) {
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0 = load(x)
      let x1 = load(x + s)
      let v = to + offset
      store(x0 + x1, v)
      store(x1, v + t)
      store(x0, v + (2 &* t))
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortInput2of3(_ pass: WinogradPass) {
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0 = load(x)
      let x1 = load(x + s)
      let v = to + offset
      store(x0 + x1, v)
      store(x0 - x1, v + t)
      store(x0, v + (2 &* t))
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortInput3of3(_ pass: WinogradPass) {
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0 = load(x)
      let x1 = load(x + s)
      let x2 = load(x + (2 &* s))
      let even = x0 + x2
      let v = to + offset
      store(even + x1, v)
      store(even - x1, v + t)
      store(x0, v + (2 &* t))
      store(x2, v + (3 &* t))
      store(x1, v + (4 &* t))
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

/// y = m, of a phase of one pixel.
@inline(never) func shortOutput1of2(_ pass: WinogradPass) {
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      // The last vector overlaps the one before it, so that every load and store is whole.
      let offset = min(column, last)
      store(load(from + offset), to + offset)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortOutput2of2(_ pass: WinogradPass) {
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      let offset = min(column, last)
      let m = from + offset
      let m0 = load(m)
      let m1 = load(m + s)
      let m2 = load(m + (2 &* s))
      let y = to + offset
      store(m0 + m1, y)
      store(m0 + m2, y + t)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortOutput2of3(_ pass: WinogradPass) {
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      let offset = min(column, last)
      let m = from + offset
      let m0 = load(m)
      let m1 = load(m + s)
      let m2 = load(m + (2 &* s))
      let y = to + offset
      store(m0 + m1, y)
      store(m0 - m1 + m2, y + t)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) func shortOutput3of3(_ pass: WinogradPass) {
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  let (s, t) = (pass.fromElement, pass.toElement)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      let offset = min(column, last)
      let m = from + offset
      let m0 = load(m)
      let m1 = load(m + s)
      let m2 = load(m + (2 &* s))
      let m3 = load(m + (3 &* s))
      let m4 = load(m + (4 &* s))
      let y = to + offset
      store(m0 + m1 - m3, y)
      store(m0 - m1 + m2, y + t)
      store(m3 + m4, y + (2 &* t))
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
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

/// Row `point` of G on an axis of phases of 2 and 3 pixels.
@inline(__always) func shortWeightsOf3(_ point: Int, _ w0: Vector64, _ w1: Vector64, _ w2: Vector64) -> Vector64 {
  switch point {
  case 0: (w1 + w2) * 0.5
  case 1: (w1 - w2) * 0.5
  case 2: w0 - w2
  case 3: w1
  default: w0
  }
}
