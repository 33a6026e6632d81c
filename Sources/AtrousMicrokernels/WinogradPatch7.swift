// A patch of 7 pixels, one axis, over the points 0, ∞, ±1, ±2, ½: F(6,2), F(5,3) … F(2,6). See WinogradPass.swift for
// the derivation.
//
// With t = the patch times (x − ½) all rows but the last are those of 6 pixels on t; scales −½, 1, 3/2, −½, 5/2, −3/2, 1.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput7(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 7
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector, x4: Vector, x5: Vector, x6: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
        x4 = load(x + (4 &* s))
        x5 = load(x + (5 &* s))
        x6 = load(x + (6 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
        x4 = pass.live(x, 4)
        x5 = pass.live(x, 5)
        x6 = pass.live(x, 6)
      }
      let t0 = axpy(x1, -1 / 2, x0)
      let t1 = axpy(x2, -1 / 2, x1)
      let t2 = axpy(x3, -1 / 2, x2)
      let t3 = axpy(x4, -1 / 2, x3)
      let t4 = axpy(x5, -1 / 2, x4)
      let t5 = axpy(x6, -1 / 2, x5)
      let e1 = axpy(t4, -4, t2)
      let o1 = axpy(t3, -4, t1)
      let e2 = t4 - t2
      let o2 = (t3 - t1) * 2
      let v0 = axpy(axpy(t4, -5, t2), 4, t0) * (-1 / 2)
      let v1 = axpy(axpy(t5, -5, t3), 4, t1)
      let v2 = (e1 + o1) * (3 / 2)
      let v3 = (e1 - o1) * (-1 / 2)
      let v4 = (e2 + o2) * (5 / 2)
      let v5 = (e2 - o2) * (-3 / 2)
      let v6 = axpy(axpy(x5, -5, x3), 4, x1)
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
      store(v4, v + (4 &* step))
      store(v5, v + (5 &* step))
      store(v6, v + (6 &* step))
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
      let m6 = load(m + (6 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let s2 = m4 + m5
      let d2 = m4 - m5
      let y = to + offset
      put(m0 + s1 + s2 + m6, y, step, row: 0, of: outputs, m1)
      put(axpy(axpy(d1, 2, d2), 1 / 2, m6), y, step, row: 1, of: outputs, m1)
      put(axpy(axpy(s1, 4, s2), 1 / 4, m6), y, step, row: 2, of: outputs, m1)
      put(axpy(axpy(d1, 8, d2), 1 / 8, m6), y, step, row: 3, of: outputs, m1)
      put(axpy(axpy(s1, 16, s2), 1 / 16, m6), y, step, row: 4, of: outputs, m1)
      put(axpy(axpy(d1, 32, d2), 1 / 32, m6), y, step, row: 5, of: outputs, m1)
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
@inline(never) private func output6(_ pass: WinogradPass) { output(pass, 6) }

@inline(__always) func winogradOutput7(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 2: output2(pass)
  case 3: output3(pass)
  case 4: output4(pass)
  case 5: output5(pass)
  default: output6(pass)
  }
}
