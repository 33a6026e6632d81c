// y[i] = epilogue( bias + Σ_t (x[i + t] · w[t] where the tap meets the input) ), a vector of neighbouring columns each.
//
// At the edges of a row the lanes of a vector differ in their live taps; most taps meet the input in all lanes and need no
// mask. Four rows share each weight and its mask; what a mask hides may be anything, but is read, so where it lies outside the
// tensor the lanes are taken one by one. Register budget: 4 sums, a weight, a mask, and the products.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_plane_args>

@inline(never) func depthwiseEdge(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_plane_args.self)
  var row = 0
  if args.pointee.single > 0 {
    while row < args.pointee.rows {
      single(args, row)
      row &+= 1
    }
    return
  }
  while row &+ 4 <= args.pointee.rows {
    four(args, row)
    row &+= 4
  }
  while row < args.pointee.rows {
    one(args, row)
    row &+= 1
  }
  finishPlane(args)
}

@inline(never) private func four(_ args: Arguments, _ row: Int) {
  let sums: InlineArray<4, Vector> = accumulate(args, row)
  finish(args, row, sums)
}

@inline(never) private func one(_ args: Arguments, _ row: Int) {
  let sums: InlineArray<1, Vector> = accumulate(args, row)
  finish(args, row, sums)
}

@inline(__always) private func accumulate<let rows: Int>(_ args: Arguments, _ row: Int) -> InlineArray<rows, Vector> {
  var sums = InlineArray<rows, Vector>(repeating: weight(args, args.pointee.bias))
  let step = args.pointee.x_row
  let x = args.pointee.x + row &* step
  var masks = args.pointee.masks!
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  while tap < end {
    let value = weight(args, args.pointee.w + tap.pointee.b)
    let a = x + tap.pointee.a
    var i = 0
    if masks[0] < 0 && masks[lanes &- 1] < 0 {
      while i < rows {
        sums[unchecked: i] = multiplyAdd(sums[unchecked: i], load(a + i &* step), value)
        i &+= 1
      }
    } else {
      let isLive = load(masks) .< Vector.zero
      while i < rows {
        let more = multiplyAdd(sums[unchecked: i], load(a + i &* step), value)
        sums[unchecked: i] = sums[unchecked: i].replacing(with: more, where: isLive)
        i &+= 1
      }
    }
    masks += lanes
    tap += 1
  }
  return sums
}

@inline(__always) private func finish<let rows: Int>(
  _ args: Arguments, _ row: Int, _ sums: InlineArray<rows, Vector>
) {
  let y = args.pointee.y + row &* args.pointee.y_row
  var i = 0
  if let epilogue = args.pointee.epilogue, isClamp(epilogue) {
    let (low, high) = (Vector(repeating: epilogue.pointee.low), Vector(repeating: epilogue.pointee.high))
    while i < rows {
      store(clamped(sums[unchecked: i], low, high), y + i &* args.pointee.y_row)
      i &+= 1
    }
    return
  }
  while i < rows {
    store(sums[unchecked: i], y + i &* args.pointee.y_row)
    i &+= 1
  }
}

@inline(never) private func single(_ args: Arguments, _ row: Int) {
  let x = args.pointee.x + row &* args.pointee.x_row
  let y = row &* args.pointee.y_row
  var lane = 0
  while lane < args.pointee.single {
    var value = args.pointee.bias[0]
    var tap = 0
    while tap < args.pointee.tap_count {
      if args.pointee.masks == nil || args.pointee.masks[tap &* lanes &+ lane] < 0 {
        value = multiplyAdd(value, x[args.pointee.taps[tap].a &+ lane], args.pointee.w[args.pointee.taps[tap].b])
      }
      tap &+= 1
    }
    if let epilogue = args.pointee.epilogue {
      if let residual = epilogue.pointee.residual { value += residual[y &+ lane] }
      value = activate(value, epilogue)
    }
    args.pointee.y[y &+ lane] = value
    lane &+= 1
  }
}
