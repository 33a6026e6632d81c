// A patch of 8 pixels, one axis, over the points 0, ∞, ±1, ±2, ±½: F(7,2), F(6,3) … F(2,7). See WinogradPass.swift for
// the derivation.
//
// Pairs of rows share their even and odd halves; no scale is left:
// ±1: x⁶ − 17/4x⁴ + x², x⁵ − 17/4x³ + x;  ±2: x⁶ − 5/4x⁴ + ¼x², 2x⁵ − 5/2x³ + ½x;  ±½: x⁶ − 5x⁴ + 4x², ½x⁵ − 5/2x³ + 2x.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput8(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 8
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector, x4: Vector, x5: Vector, x6: Vector, x7: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
        x4 = load(x + (4 &* s))
        x5 = load(x + (5 &* s))
        x6 = load(x + (6 &* s))
        x7 = load(x + (7 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
        x4 = pass.live(x, 4)
        x5 = pass.live(x, 5)
        x6 = pass.live(x, 6)
        x7 = pass.live(x, 7)
      }
      let e1 = axpy(x6 + x2, -17 / 4, x4)
      let o1 = axpy(x5 + x1, -17 / 4, x3)
      let e2 = axpy(axpy(x6, -5 / 4, x4), 1 / 4, x2)
      let o2 = axpy(axpy(x5 * 2, -5 / 2, x3), 1 / 2, x1)
      let e3 = axpy(axpy(x6, -5, x4), 4, x2)
      let o3 = axpy(axpy(x1 * 2, -5 / 2, x3), 1 / 2, x5)
      let v0 = axpy(x0 - x6, 21 / 4, x4 - x2)
      let v1 = axpy(x7 - x1, 21 / 4, x3 - x5)
      let v2 = e1 + o1
      let v3 = e1 - o1
      let v4 = e2 + o2
      let v5 = e2 - o2
      let v6 = e3 + o3
      let v7 = e3 - o3
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
      store(v4, v + (4 &* step))
      store(v5, v + (5 &* step))
      store(v6, v + (6 &* step))
      store(v7, v + (7 &* step))
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
      let m7 = load(m + (7 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let s2 = m4 + m5
      let d2 = m4 - m5
      let s3 = m6 + m7
      let d3 = m6 - m7
      let y = to + offset
      put(m0 + s1 + s2 + s3, y, step, row: 0, of: outputs, m1)
      put(axpy(axpy(d1, 2, d2), 1 / 2, d3), y, step, row: 1, of: outputs, m1)
      put(axpy(axpy(s1, 4, s2), 1 / 4, s3), y, step, row: 2, of: outputs, m1)
      put(axpy(axpy(d1, 8, d2), 1 / 8, d3), y, step, row: 3, of: outputs, m1)
      put(axpy(axpy(s1, 16, s2), 1 / 16, s3), y, step, row: 4, of: outputs, m1)
      put(axpy(axpy(d1, 32, d2), 1 / 32, d3), y, step, row: 5, of: outputs, m1)
      put(axpy(axpy(s1, 64, s2), 1 / 64, s3), y, step, row: 6, of: outputs, m1)
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
@inline(never) private func output7(_ pass: WinogradPass) { output(pass, 7) }

@inline(__always) func winogradOutput8(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 2: output2(pass)
  case 3: output3(pass)
  case 4: output4(pass)
  case 5: output5(pass)
  case 6: output6(pass)
  default: output7(pass)
  }
}
