// sums[pixel][f] = Σ_t Σ_c x[pixel + t][c] · w[t][c][f], every value a vector over as many groups as there are lanes.
//
// No lane idles however few channels a group has. Register budget: pixels·filters accumulators + filters of w + 1 of x
// (+ 1 product where it is not fused) ≤ 16; 6×2 loads 8 vectors for 12 FMAs, 12×1 13, 4×3 7.

import CAtrousMicrokernel

@inline(never) func grouped_12x1(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_grouped_args.self)
  forEachBlock(args, 12, 1) { x, w, sums, pitch in
    let values: InlineArray<12, InlineArray<1, Vector>> = accumulate(args, x, w)
    storeSums(values, sums, pitch)
  }
}

@inline(never) func grouped_6x2(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_grouped_args.self)
  forEachBlock(args, 6, 2) { x, w, sums, pitch in
    let values: InlineArray<6, InlineArray<2, Vector>> = accumulate(args, x, w)
    storeSums(values, sums, pitch)
  }
}

#if !ATROUS_SEPARATE_MULTIPLY_ADD
  @inline(never) func grouped_4x3(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_grouped_args.self)
    forEachBlock(args, 4, 3) { x, w, sums, pitch in
      let values: InlineArray<4, InlineArray<3, Vector>> = accumulate(args, x, w)
      storeSums(values, sums, pitch)
    }
  }
#endif

/// The blocks of a tile of `rows` pixels, each with all its tiles of `columns` filters: a pixel's groups are a stream.
@inline(__always) private func forEachBlock(
  _ args: UnsafePointer<atrous_grouped_args>, _ rows: Int, _ columns: Int,
  _ tile: (Floats, Floats, MutableFloats, Int) -> Void
) {
  let (groups, filters) = (args.pointee.groups, args.pointee.filters)
  let pitch = (filters &+ columns &- 1) / columns &* columns &* lanes
  let sums = args.pointee.sums!
  var w = args.pointee.w!
  var first = 0
  while first < groups {
    let start = args.pointee.overlaps != 0 ? min(first, groups &- lanes) : first
    let x = args.pointee.x + start &* args.pointee.channels
    var f = 0
    while f < filters {
      tile(x, w, sums + f &* lanes, pitch)
      w += args.pointee.w_tile
      f &+= columns
    }
    storeGroups(args, start, min(lanes, groups &- start), pitch, sums + rows &* pitch)
    first &+= lanes
  }
}

@inline(__always) private func accumulate<let rows: Int, let filters: Int>(
  _ args: UnsafePointer<atrous_grouped_args>, _ first: Floats, _ weights: Floats
) -> InlineArray<rows, InlineArray<filters, Vector>> {
  var sums = InlineArray<rows, InlineArray<filters, Vector>>(
    repeating: InlineArray<filters, Vector>(repeating: .zero))
  var x = InlineArray<rows, Floats>(repeating: first)
  var row = 0
  while row < rows {
    x[unchecked: row] += args.pointee.x_rows[row]
    row &+= 1
  }
  let depth = args.pointee.channels &* lanes
  var tap = args.pointee.taps!
  let end = tap + args.pointee.tap_count
  while tap < end {
    var w = weights + tap.pointee.b
    var c = tap.pointee.a
    let last = c &+ depth
    while c < last {
      var ws = InlineArray<filters, Vector>(repeating: .zero)
      var f = 0
      while f < filters {
        ws[unchecked: f] = load(w + f &* lanes)
        f &+= 1
      }
      row = 0
      while row < rows {
        let value = load(x[unchecked: row] + c)
        f = 0
        while f < filters {
          sums[unchecked: row][unchecked: f] = multiplyAdd(
            sums[unchecked: row][unchecked: f], value, ws[unchecked: f])
          f &+= 1
        }
        row &+= 1
      }
      w += filters &* lanes
      c &+= lanes
    }
    tap += 1
  }
  return sums
}

@inline(__always) private func storeSums<let rows: Int, let filters: Int>(
  _ values: InlineArray<rows, InlineArray<filters, Vector>>, _ sums: MutableFloats, _ pitch: Int
) {
  var row = 0
  while row < rows {
    var f = 0
    while f < filters {
      store(values[unchecked: row][unchecked: f], sums + (row &* pitch &+ f &* lanes))
      f &+= 1
    }
    row &+= 1
  }
}
