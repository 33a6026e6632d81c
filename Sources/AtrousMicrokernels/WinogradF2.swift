// F(2,3), one axis: 2 outputs from a patch of 4 pixels. See WinogradPass.swift for the derivation.
//
// x² and x give the even and odd halves of the rows ±1; their scale is −9/4.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInputF2(_ pass: WinogradPass) {
  let s = pass.fromElement
  var line = 0
  while line < pass.lines {
    var offset = 0
    while offset < pass.width {
      let x = pass.from + (line &* pass.fromLine &+ offset)
      let x0: Vector, x1: Vector, x2: Vector, x3: Vector
      if pass.begin == 0 && pass.end == 4 {
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
      let v = pass.to + (line &* pass.toLine &+ offset)
      store(v0, v)
      store(v1, v + pass.toElement)
      store(v2, v + (2 &* pass.toElement))
      store(v3, v + (3 &* pass.toElement))
      offset &+= lanes
    }
    line &+= 1
  }
}

/// y = Aᵀ m.
@inline(never) func winogradOutputF2(_ pass: WinogradPass) {
  let s = pass.fromElement
  var line = 0
  while line < pass.lines {
    var column = 0
    while column < pass.width {
      // The last vector overlaps the one before it, so that every load and store is whole.
      let offset = min(column, pass.last)
      let m = pass.from + (line &* pass.fromLine &+ offset)
      let m0 = load(m)
      let m1 = load(m + s)
      let m2 = load(m + (2 &* s))
      let m3 = load(m + (3 &* s))
      let s1 = m2 + m3
      let d1 = m2 - m3
      let y0 = m0 + s1
      let y1 = d1 + m1
      let y = pass.to + (line &* pass.toLine &+ offset)
      store(y0, y)
      store(y1, y + pass.toElement)
      column &+= lanes
    }
    line &+= 1
  }
}
