// A patch of 10 pixels, one axis alone, over the points 0, ∞, ±1, ±2, ±½, ±¾: F(9,2), F(8,3) … F(4,7).
// See WinogradPass.swift for the derivation.
//
// With Q(a) = Π (x² − b²) over the other three pairs ±b, rows ±a are (x²·Q ± a·x·Q) / (a² − 9/16), those of ±¾ whole:
// ±1: x⁶ − 77/16x⁴ + 217/64x² − 9/16;  ±2: x⁶ − 29/16x⁴ + 61/64x² − 9/64;  ±½: x⁶ − 89/16x⁴ + 109/16x² − 9/4;
// ±¾: x⁶ − 21/4x⁴ + 21/4x² − 1.  Some coefficients are rounded, unlike all that smaller patches have. Of eleven pairs
// from ¼ to 4, ¾ and 5/4 have the smallest error: F(8,3) three times F(6,3)'s, with ¼ or 4 fifteen times.

/// Even and odd half of ±a: q6·x⁶ + q4·x⁴ + q2·x² + q0 on the pixels of even and odd places.
@inline(__always) private func half(
  _ q6: Float, _ q4: Float, _ q2: Float, _ q0: Float, _ high: Vector, _ upper: Vector, _ lower: Vector, _ low: Vector
) -> Vector {
  axpy(axpy(axpy(high * q6, q4, upper), q2, lower), q0, low)
}

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput10(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 10
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector, x4: Vector, x5: Vector, x6: Vector, x7: Vector
      let x8: Vector, x9: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
        x4 = load(x + (4 &* s))
        x5 = load(x + (5 &* s))
        x6 = load(x + (6 &* s))
        x7 = load(x + (7 &* s))
        x8 = load(x + (8 &* s))
        x9 = load(x + (9 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
        x4 = pass.live(x, 4)
        x5 = pass.live(x, 5)
        x6 = pass.live(x, 6)
        x7 = pass.live(x, 7)
        x8 = pass.live(x, 8)
        x9 = pass.live(x, 9)
      }
      let e1 = half(16 / 7, -11, 31 / 4, -9 / 7, x8, x6, x4, x2)
      let o1 = half(16 / 7, -11, 31 / 4, -9 / 7, x7, x5, x3, x1)
      let e2 = half(16 / 55, -29 / 55, 61 / 220, -9 / 220, x8, x6, x4, x2)
      let o2 = half(32 / 55, -58 / 55, 61 / 110, -9 / 110, x7, x5, x3, x1)
      let e3 = half(-16 / 5, 89 / 5, -109 / 5, 36 / 5, x8, x6, x4, x2)
      let o3 = half(-8 / 5, 89 / 10, -109 / 10, 18 / 5, x7, x5, x3, x1)
      let e4 = axpy(x8 - x2, 21 / 4, x4 - x6)
      let o4 = axpy(x7 - x1, 21 / 4, x3 - x5) * (3 / 4)
      let v0 = x0 + half(16 / 9, -31 / 3, 175 / 12, -253 / 36, x8, x6, x4, x2)
      let v1 = x9 + half(-93 / 16, 525 / 64, -253 / 64, 9 / 16, x7, x5, x3, x1)
      let v2 = e1 + o1
      let v3 = e1 - o1
      let v4 = e2 + o2
      let v5 = e2 - o2
      let v6 = e3 + o3
      let v7 = e3 - o3
      let v8 = e4 + o4
      let v9 = e4 - o4
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
      store(v4, v + (4 &* step))
      store(v5, v + (5 &* step))
      store(v6, v + (6 &* step))
      store(v7, v + (7 &* step))
      store(v8, v + (8 &* step))
      store(v9, v + (9 &* step))
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
      let m8 = load(m + (8 &* s))
      let m9 = load(m + (9 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let s2 = m4 + m5
      let d2 = m4 - m5
      let s3 = m6 + m7
      let d3 = m6 - m7
      let s4 = m8 + m9
      let d4 = m8 - m9
      let y = to + offset
      put(m0 + s1 + s2 + s3 + s4, y, step, row: 0, of: outputs, m1)
      put(axpy(axpy(axpy(d1, 2, d2), 1 / 2, d3), 3 / 4, d4), y, step, row: 1, of: outputs, m1)
      put(axpy(axpy(axpy(s1, 4, s2), 1 / 4, s3), 9 / 16, s4), y, step, row: 2, of: outputs, m1)
      put(axpy(axpy(axpy(d1, 8, d2), 1 / 8, d3), 27 / 64, d4), y, step, row: 3, of: outputs, m1)
      put(axpy(axpy(axpy(s1, 16, s2), 1 / 16, s3), 81 / 256, s4), y, step, row: 4, of: outputs, m1)
      put(axpy(axpy(axpy(d1, 32, d2), 1 / 32, d3), 243 / 1024, d4), y, step, row: 5, of: outputs, m1)
      put(axpy(axpy(axpy(s1, 64, s2), 1 / 64, s3), 729 / 4096, s4), y, step, row: 6, of: outputs, m1)
      put(axpy(axpy(axpy(d1, 128, d2), 1 / 128, d3), 2187 / 16384, d4), y, step, row: 7, of: outputs, m1)
      put(axpy(axpy(axpy(s1, 256, s2), 1 / 256, s3), 6561 / 65536, s4), y, step, row: 8, of: outputs, m1)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) private func output4(_ pass: WinogradPass) { output(pass, 4) }
@inline(never) private func output5(_ pass: WinogradPass) { output(pass, 5) }
@inline(never) private func output6(_ pass: WinogradPass) { output(pass, 6) }
@inline(never) private func output7(_ pass: WinogradPass) { output(pass, 7) }
@inline(never) private func output8(_ pass: WinogradPass) { output(pass, 8) }
@inline(never) private func output9(_ pass: WinogradPass) { output(pass, 9) }

@inline(__always) func winogradOutput10(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 4: output4(pass)
  case 5: output5(pass)
  case 6: output6(pass)
  case 7: output7(pass)
  case 8: output8(pass)
  default: output9(pass)
  }
}
