// y[row][j] = epilogue( Σ_t x[row][t + j] · w[t] ), one filter on one channel, along the width.
//
// Up to eight vectors of a row, or of two short rows, share each broadcast weight: 9 loads for 8 FMAs, of which two issue
// a cycle. The last vector of a row ends with it and may overlap the one before. Register budget: 8 to 12 accumulators +
// the weight; the inputs are memory operands of the FMAs (without FMA: + a product).

import CAtrousMicrokernel

@inline(never) func depthwisePlane(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_plane_args.self)
  let columns = args.pointee.columns
  var row = 0
  if columns >= lanes && columns <= 6 &* lanes {
    while row &+ 2 <= args.pointee.rows {
      pair(args, args.pointee.x + row &* args.pointee.x_pitch, row &* args.pointee.y_pitch, columns)
      row &+= 2
    }
  }
  while row < args.pointee.rows {
    let x = args.pointee.x + row &* args.pointee.x_pitch
    let y = row &* args.pointee.y_pitch
    if columns < lanes {
      narrow(args, x, y)
    } else {
      var j = 0
      while columns &- j > 8 &* lanes {
        eight(args, x + j, y &+ j, 7 &* lanes)
        j &+= 8 &* lanes
      }
      rest(args, x + j, y &+ j, columns &- j)
    }
    row &+= 1
  }
}

private typealias Arguments = UnsafePointer<atrous_depthwise_plane_args>

/// The last 1 to 8 vectors of a row.
@inline(__always) private func rest(_ args: Arguments, _ x: Floats, _ y: Int, _ columns: Int) {
  let last = columns &- lanes
  switch (columns &+ lanes &- 1) / lanes {
  case 1: one(args, x, y, last)
  case 2: two(args, x, y, last)
  case 3: three(args, x, y, last)
  case 4: four(args, x, y, last)
  case 5: five(args, x, y, last)
  case 6: six(args, x, y, last)
  case 7: seven(args, x, y, last)
  default: eight(args, x, y, last)
  }
}

@inline(never) private func one(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<1, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func two(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<2, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func three(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<3, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func four(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<4, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func five(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<5, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func six(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<6, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func seven(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<7, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

@inline(never) private func eight(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  let sums: InlineArray<8, Vector> = accumulate(args, x, last)
  finish(args, y, last, sums)
}

/// Two rows of 1 to 6 vectors.
@inline(__always) private func pair(_ args: Arguments, _ x: Floats, _ y: Int, _ columns: Int) {
  let last = columns &- lanes
  switch (columns &+ lanes &- 1) / lanes {
  case 1: twoOfOne(args, x, y, last)
  case 2: twoOfTwo(args, x, y, last)
  case 3: twoOfThree(args, x, y, last)
  case 4: twoOfFour(args, x, y, last)
  case 5: twoOfFive(args, x, y, last)
  default: twoOfSix(args, x, y, last)
  }
}

@inline(never) private func twoOfOne(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<1, Vector>(repeating: .zero), InlineArray<1, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(never) private func twoOfTwo(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<2, Vector>(repeating: .zero), InlineArray<2, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(never) private func twoOfThree(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<3, Vector>(repeating: .zero), InlineArray<3, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(never) private func twoOfFour(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<4, Vector>(repeating: .zero), InlineArray<4, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(never) private func twoOfFive(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<5, Vector>(repeating: .zero), InlineArray<5, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(never) private func twoOfSix(_ args: Arguments, _ x: Floats, _ y: Int, _ last: Int) {
  var (a, b) = (InlineArray<6, Vector>(repeating: .zero), InlineArray<6, Vector>(repeating: .zero))
  accumulate(args, x, last, &a, &b)
  finish(args, y, last, a)
  finish(args, y &+ args.pointee.y_pitch, last, b)
}

@inline(__always) private func accumulate<let vectors: Int>(
  _ args: Arguments, _ x: Floats, _ last: Int
) -> InlineArray<vectors, Vector> {
  var sums = InlineArray<vectors, Vector>(repeating: .zero)
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  let w = args.pointee.w!
  let xLast = x + last
  while tap < end {
    let weight = Vector(repeating: w[tap.pointee.b])
    let a = tap.pointee.a
    var v = 0
    while v < vectors &- 1 {
      sums[unchecked: v] = multiplyAdd(sums[unchecked: v], load(x + (a &+ v &* lanes)), weight)
      v &+= 1
    }
    sums[unchecked: v] = multiplyAdd(sums[unchecked: v], load(xLast + a), weight)
    tap += 1
  }
  return sums
}

@inline(__always) private func accumulate<let vectors: Int>(
  _ args: Arguments, _ x: Floats, _ last: Int, _ upper: inout InlineArray<vectors, Vector>,
  _ lower: inout InlineArray<vectors, Vector>
) {
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  let w = args.pointee.w!
  let next = x + args.pointee.x_pitch
  while tap < end {
    let weight = Vector(repeating: w[tap.pointee.b])
    let a = tap.pointee.a
    var v = 0
    while v < vectors {
      let column = a &+ (v < vectors &- 1 ? v &* lanes : last)
      upper[unchecked: v] = multiplyAdd(upper[unchecked: v], load(x + column), weight)
      lower[unchecked: v] = multiplyAdd(lower[unchecked: v], load(next + column), weight)
      v &+= 1
    }
    tap += 1
  }
}

@inline(__always) private func finish<let vectors: Int>(
  _ args: Arguments, _ offset: Int, _ last: Int, _ sums: InlineArray<vectors, Vector>
) {
  let y = args.pointee.y!
  var v = 0
  guard let epilogue = args.pointee.epilogue else {
    while v < vectors {
      store(sums[unchecked: v], y + (offset &+ (v < vectors &- 1 ? v &* lanes : last)))
      v &+= 1
    }
    return
  }
  while v < vectors {
    let place = offset &+ (v < vectors &- 1 ? v &* lanes : last)
    var value = sums[unchecked: v]
    if let bias = epilogue.pointee.bias { value += Vector(repeating: bias[0]) }
    if let residual = epilogue.pointee.residual { value += load(residual + place) }
    store(activate(value, epilogue), y + place)
    v &+= 1
  }
}

/// All columns, one by one, where they are fewer than a vector has lanes.
@inline(never) private func narrow(_ args: Arguments, _ x: Floats, _ y: Int) {
  var j = 0
  while j < args.pointee.columns {
    var value: Float = 0
    var tap = 0
    while tap < args.pointee.tap_count {
      value += x[args.pointee.taps[tap].a &+ j] * args.pointee.w[args.pointee.taps[tap].b]
      tap &+= 1
    }
    args.pointee.y[y &+ j] = finished(value, args.pointee.epilogue, bias: 0, residual: y &+ j)
    j &+= 1
  }
}
