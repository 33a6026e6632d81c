// A patch of 6 pixels, one axis, over the points 0, ∞, ±1, ±2: F(5,2), F(4,3) … F(2,5). See WinogradPass.swift for the
// derivation.
//
// Rows ±1 share x⁴ − 4x² and x³ − 4x, rows ±2 share x⁴ − x² and 2(x³ − x); scales ¼, 1, ¾, ¾, 15/4, 15/4.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput6(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 6
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector, x4: Vector, x5: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
        x4 = load(x + (4 &* s))
        x5 = load(x + (5 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
        x4 = pass.live(x, 4)
        x5 = pass.live(x, 5)
      }
      let e1 = axpy(x4 * (3 / 4), -3, x2)
      let o1 = axpy(x3 * (3 / 4), -3, x1)
      let e2 = x4 - x2
      let o2 = (x3 - x1) * 2
      let v0 = axpy(axpy(x0, 1 / 4, x4), -5 / 4, x2)
      let v1 = axpy(axpy(x5, -5, x3), 4, x1)
      let v2 = e1 + o1
      let v3 = e1 - o1
      let v4 = (e2 + o2) * (15 / 4)
      let v5 = (e2 - o2) * (15 / 4)
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
      store(v4, v + (4 &* step))
      store(v5, v + (5 &* step))
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
      let m5 = load(m + (5 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let s2 = m4 + m5
      let d2 = m4 - m5
      let y = to + offset
      put(m0 + s1 + s2, y, step, row: 0, of: outputs, m1)
      put(axpy(d1, 2, d2), y, step, row: 1, of: outputs, m1)
      put(axpy(s1, 4, s2), y, step, row: 2, of: outputs, m1)
      put(axpy(d1, 8, d2), y, step, row: 3, of: outputs, m1)
      put(axpy(s1, 16, s2), y, step, row: 4, of: outputs, m1)
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
@inline(never) private func output5(_ pass: WinogradPass) { output(pass, 5) }

@inline(__always) func winogradOutput6(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 2: output2(pass)
  case 3: output3(pass)
  case 4: output4(pass)
  default: output5(pass)
  }
}
