// A patch of 5 pixels, one axis, over the points 0, ∞, ±1, 2: F(4,2), F(3,3), F(2,4). See WinogradPass.swift for the
// derivation.
//
// With t = the patch times (x − 2) the rows 0, ∞, ±1 are those of 4 pixels on t.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput5(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 5
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector, x4: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
        x4 = load(x + (4 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
        x4 = pass.live(x, 4)
      }
      let t0 = axpy(x1, -2, x0)
      let t1 = axpy(x2, -2, x1)
      let t2 = axpy(x3, -2, x2)
      let t3 = axpy(x4, -2, x3)
      let v0 = (t2 - t0) * (1 / 2)
      let v1 = t3 - t1
      let v2 = (t2 + t1) * (9 / 4)
      let v3 = (t2 - t1) * (3 / 4)
      let v4 = (x3 - x1) * 15
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
      store(v4, v + (4 &* step))
      offset &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

/// y = Aᵀ m, the first `outputs` rows of it.
@inline(__always) private func output(_ pass: WinogradPass, _ outputs: Int) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, last, fromLine, toLine) = (pass.lines, pass.width, pass.last, pass.fromLine, pass.toLine)
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var column = 0
    while column < width {
      // The last vector overlaps the one before it, so that every load and store is whole.
      let offset = min(column, last)
      let m = from + offset
      let m0 = load(m)
      let m1 = load(m + s)
      let m2 = load(m + (2 &* s))
      let m3 = load(m + (3 &* s))
      let m4 = load(m + (4 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let y = to + offset
      put(m0 + s1 + m4, y, step, row: 0, of: outputs, m1)
      put(axpy(d1, 2, m4), y, step, row: 1, of: outputs, m1)
      put(axpy(s1, 4, m4), y, step, row: 2, of: outputs, m1)
      put(axpy(d1, 8, m4), y, step, row: 3, of: outputs, m1)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) private func output2(_ pass: WinogradPass) { output(pass, 2) }
@inline(never) private func output3(_ pass: WinogradPass) { output(pass, 3) }
@inline(never) private func output4(_ pass: WinogradPass) { output(pass, 4) }

@inline(__always) func winogradOutput5(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 2: output2(pass)
  case 3: output3(pass)
  default: output4(pass)
  }
}
