// A patch of 4 pixels, one axis, over the points 0, ∞, ±1: F(3,2) and F(2,3). See WinogradPass.swift for the
// derivation.
//
// x² and x give the even and odd halves of the rows ±1; their scale is −9/4.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput4(_ pass: WinogradPass) {
  let s = pass.fromElement
  let step = pass.toElement
  let (lines, width, fromLine, toLine) = (pass.lines, pass.width, pass.fromLine, pass.toLine)
  let isWhole = pass.begin == 0 && pass.end == 4
  var (from, to) = (pass.from!, pass.to!)
  var line = 0
  while line < lines {
    var offset = 0
    while offset < width {
      let x = from + offset
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector
      if isWhole {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
        x3 = load(x + (3 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
        x3 = pass.live(x, 3)
      }
      let v0 = x0 - x2
      let v1 = x3 - x1
      let v2 = (x2 + x1) * (-9 / 4)
      let v3 = (x2 - x1) * (-9 / 4)
      let v = to + offset
      store(v0, v)
      store(v1, v + step)
      store(v2, v + (2 &* step))
      store(v3, v + (3 &* step))
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
      let s1 = m2 + m3
      let d1 = m2 - m3
      let y = to + offset
      put(m0 + s1, y, step, row: 0, of: outputs, m1)
      put(d1, y, step, row: 1, of: outputs, m1)
      put(s1, y, step, row: 2, of: outputs, m1)
      column &+= lanes
    }
    from += fromLine
    to += toLine
    line &+= 1
  }
}

@inline(never) private func output2(_ pass: WinogradPass) { output(pass, 2) }
@inline(never) private func output3(_ pass: WinogradPass) { output(pass, 3) }

@inline(__always) func winogradOutput4(_ outputs: Int, _ pass: WinogradPass) {
  switch outputs {
  case 2: output2(pass)
  default: output3(pass)
  }
}
