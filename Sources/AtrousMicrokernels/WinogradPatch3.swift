// A patch of 3 pixels, one axis, over the points 0, ∞, 1: F(2,2). See WinogradPass.swift for the derivation.

/// v = Bᵀ x, rows in the points' order.
@inline(never) func winogradInput3(_ pass: WinogradPass) {
  let s = pass.fromElement
  var line = 0
  while line < pass.lines {
    var offset = 0
    while offset < pass.width {
      let x = pass.from + (line &* pass.fromLine &+ offset)
      let x0: Vector, x1: Vector, x2: Vector
      if pass.begin == 0 && pass.end == 3 {
        x0 = load(x)
        x1 = load(x + s)
        x2 = load(x + (2 &* s))
      } else {
        x0 = pass.live(x, 0)
        x1 = pass.live(x, 1)
        x2 = pass.live(x, 2)
      }
      let v0 = x0 - x1
      let v1 = x2 - x1
      let v2 = x1 * (-9 / 2)
      let v = pass.to + (line &* pass.toLine &+ offset)
      store(v0, v)
      store(v1, v + pass.toElement)
      store(v2, v + (2 &* pass.toElement))
      offset &+= lanes
    }
    line &+= 1
  }
}

/// y = Aᵀ m, the first `outputs` rows of it.
@inline(__always) private func output(_ pass: WinogradPass, _ outputs: Int) {
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
      let y = pass.to + (line &* pass.toLine &+ offset)
      pass.put(m0 + m2, y, row: 0, of: outputs, m1)
      pass.put(m2, y, row: 1, of: outputs, m1)
      column &+= lanes
    }
    line &+= 1
  }
}

@inline(never) private func output2(_ pass: WinogradPass) { output(pass, 2) }

@inline(__always) func winogradOutput3(_ outputs: Int, _ pass: WinogradPass) {
  output2(pass)
}
