// y[i][j] = epilogue( bias + Σ_t x[i][j + t] · w[t] ), a vector each: neighbouring columns of one channel, or the channels of one
// pixel of a block.
//
// Up to eight vectors of a row, or of two short rows, share each weight: 9 loads for 8 FMAs, of which two issue a cycle. Rows
// are read where they lie. Register budget: 8 to 12 accumulators + the weight; the inputs are memory operands of the FMAs
// (without FMA: + a product).

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_plane_args>

@inline(never) func depthwisePlane(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_plane_args.self)
  let columns = args.pointee.columns
  var row = 0
  if columns <= 6 {
    while row &+ 2 <= args.pointee.rows {
      pair(args, args.pointee.x + row &* args.pointee.x_row, row &* args.pointee.y_row)
      row &+= 2
    }
  }
  while row < args.pointee.rows {
    let x = args.pointee.x + row &* args.pointee.x_row
    let y = row &* args.pointee.y_row
    var j = 0
    while columns &- j > 8 {
      let next = 7 &* args.pointee.x_step
      eight(args, x + j &* args.pointee.x_step, y &+ j &* args.pointee.y_step, next, 7 &* args.pointee.y_step)
      j &+= 8
    }
    rest(args, x, y, j, columns &- j)
    row &+= 1
  }
  finishPlane(args)
}

/// The last 1 to 8 vectors of a row, from the `first` on.
@inline(__always) private func rest(_ args: Arguments, _ x: Floats, _ y: Int, _ first: Int, _ columns: Int) {
  let (xFirst, yFirst) = (first &* args.pointee.x_step, first &* args.pointee.y_step)
  let (from, to) = (x + xFirst, y &+ yFirst)
  let (xLast, yLast) = (args.pointee.x_last &- xFirst, args.pointee.y_last &- yFirst)
  switch columns {
  case 1: one(args, from, to, xLast, yLast)
  case 2: two(args, from, to, xLast, yLast)
  case 3: three(args, from, to, xLast, yLast)
  case 4: four(args, from, to, xLast, yLast)
  case 5: five(args, from, to, xLast, yLast)
  case 6: six(args, from, to, xLast, yLast)
  case 7: seven(args, from, to, xLast, yLast)
  default: eight(args, from, to, xLast, yLast)
  }
}

@inline(never) private func one(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<1, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func two(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<2, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func three(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<3, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func four(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<4, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func five(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<5, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func six(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<6, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func seven(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<7, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

@inline(never) private func eight(_ args: Arguments, _ x: Floats, _ y: Int, _ xLast: Int, _ yLast: Int) {
  let sums: InlineArray<8, Vector> = accumulate(args, x, xLast)
  finish(args, y, yLast, sums)
}

/// Two rows of 1 to 6 vectors.
@inline(__always) private func pair(_ args: Arguments, _ x: Floats, _ y: Int) {
  switch args.pointee.columns {
  case 1: twoOfOne(args, x, y)
  case 2: twoOfTwo(args, x, y)
  case 3: twoOfThree(args, x, y)
  case 4: twoOfFour(args, x, y)
  case 5: twoOfFive(args, x, y)
  default: twoOfSix(args, x, y)
  }
}

@inline(never) private func twoOfOne(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<1, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

@inline(never) private func twoOfTwo(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<2, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

@inline(never) private func twoOfThree(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<3, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

@inline(never) private func twoOfFour(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<4, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

@inline(never) private func twoOfFive(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<5, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

@inline(never) private func twoOfSix(_ args: Arguments, _ x: Floats, _ y: Int) {
  let sums: InlineArray<2, InlineArray<6, Vector>> = accumulate(args, x)
  finish(args, y, sums)
}

/// A weight or bias for all lanes.
@inline(__always) func weight(_ args: UnsafePointer<atrous_depthwise_plane_args>, _ from: Floats) -> Vector {
  args.pointee.spread != 0 ? Vector(repeating: from[0]) : load(from)
}

@inline(__always) private func accumulate<let vectors: Int>(
  _ args: Arguments, _ x: Floats, _ last: Int
) -> InlineArray<vectors, Vector> {
  var sums = InlineArray<vectors, Vector>(repeating: weight(args, args.pointee.bias))
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  let (w, step) = (args.pointee.w!, args.pointee.x_step)
  while tap < end {
    let value = weight(args, w + tap.pointee.b)
    let a = x + tap.pointee.a
    var v = 0
    while v < vectors &- 1 {
      sums[unchecked: v] = multiplyAdd(sums[unchecked: v], load(a + v &* step), value)
      v &+= 1
    }
    sums[unchecked: v] = multiplyAdd(sums[unchecked: v], load(a + last), value)
    tap += 1
  }
  return sums
}

@inline(__always) private func accumulate<let vectors: Int>(
  _ args: Arguments, _ x: Floats
) -> InlineArray<2, InlineArray<vectors, Vector>> {
  let bias = InlineArray<vectors, Vector>(repeating: weight(args, args.pointee.bias))
  var (upper, lower) = (bias, bias)
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  let (w, step, last, row) = (args.pointee.w!, args.pointee.x_step, args.pointee.x_last, args.pointee.x_row)
  while tap < end {
    let value = weight(args, w + tap.pointee.b)
    let a = x + tap.pointee.a
    let b = a + row
    var v = 0
    while v < vectors {
      let column = v < vectors &- 1 ? v &* step : last
      upper[unchecked: v] = multiplyAdd(upper[unchecked: v], load(a + column), value)
      lower[unchecked: v] = multiplyAdd(lower[unchecked: v], load(b + column), value)
      v &+= 1
    }
    tap += 1
  }
  return [upper, lower]
}

@inline(__always) private func finish<let vectors: Int>(
  _ args: Arguments, _ offset: Int, _ sums: InlineArray<2, InlineArray<vectors, Vector>>
) {
  finish(args, offset, args.pointee.y_last, sums[unchecked: 0])
  finish(args, offset &+ args.pointee.y_row, args.pointee.y_last, sums[unchecked: 1])
}

@inline(__always) private func finish<let vectors: Int>(
  _ args: Arguments, _ offset: Int, _ last: Int, _ sums: InlineArray<vectors, Vector>
) {
  let y = args.pointee.y!
  let step = args.pointee.y_step
  var v = 0
  if let epilogue = args.pointee.epilogue, isClamp(epilogue) {
    let (low, high) = (Vector(repeating: epilogue.pointee.low), Vector(repeating: epilogue.pointee.high))
    while v < vectors {
      let place = offset &+ (v < vectors &- 1 ? v &* step : last)
      store(clamped(sums[unchecked: v], low, high), y + place)
      v &+= 1
    }
    return
  }
  while v < vectors {
    store(sums[unchecked: v], y + (offset &+ (v < vectors &- 1 ? v &* step : last)))
    v &+= 1
  }
}

/// Whether all that follows the bias is a clamp, which is on the way to the store; the rest is a pass of its own.
@inline(__always) func isClamp(_ epilogue: UnsafePointer<atrous_epilogue>) -> Bool {
  epilogue.pointee.residual == nil && Int(epilogue.pointee.activation) == ATROUS_ACTIVATION_CLAMP
}

// With mask registers the compiler takes a clamp between sums and store apart, in quarters of vectors.
#if ATROUS_LANES_16
  @inline(__always) var clampsOnTheWay: Bool { false }
#else
  @inline(__always) var clampsOnTheWay: Bool { true }
#endif

/// Residual and activation in place, while the rows are near. The last vector of a row may overlap the one before: both are
/// read before either is written.
@inline(never) func finishPlane(_ args: UnsafePointer<atrous_depthwise_plane_args>, clamps: Bool = false) {
  guard let epilogue = args.pointee.epilogue, clamps || !isClamp(epilogue) else { return }
  let (step, last) = (args.pointee.y_step, args.pointee.y_last)
  var row = 0
  while row < args.pointee.rows {
    let offset = row &* args.pointee.y_row
    let y = args.pointee.y + offset
    let residual = epilogue.pointee.residual.map { $0 + offset }
    let final = finished(y, residual, last, epilogue)
    var j = 0
    while j < last {
      store(finished(y, residual, j, epilogue), y + j)
      j &+= step
    }
    store(final, y + last)
    row &+= 1
  }
}

@inline(__always) private func finished(
  _ y: MutableFloats, _ residual: Floats?, _ place: Int, _ epilogue: UnsafePointer<atrous_epilogue>
) -> Vector {
  var value = load(y + place)
  if let residual { value += load(residual + place) }
  return activate(value, epilogue)
}
