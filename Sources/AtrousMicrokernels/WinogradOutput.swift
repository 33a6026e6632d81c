// y = epilogue( Aᵀ M A ) of every tile, a panel of filters at a time: along the height from M into the scratch, then
// along the width from the scratch into the image.

import CAtrousMicrokernel

@inline(never) func winogradOutput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_output_args.self)
  let nr = args.pointee.nr
  var t = 0
  while t < args.pointee.tile_count {
    let tile = args.pointee.tiles + t
    var m = args.pointee.m + t &* nr
    var filter = 0
    while filter < args.pointee.filters {
      winogradOutputPanel(args, tile, filter, min(nr, args.pointee.filters &- filter), m)
      m += args.pointee.panel_stride
      filter &+= nr
    }
    t &+= 1
  }
}

@inline(__always) private func winogradOutputPanel(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ filter: Int,
  _ count: Int, _ m: Floats
) {
  let nr = args.pointee.nr
  let width = (count &+ lanes &- 1) / lanes &* lanes
  let scratch = args.pointee.scratch!
  transformOutput(
    tile.pointee.row_algorithm,
    WinogradPass(
      from: m, fromLine: args.pointee.xi_stride, fromElement: args.pointee.xi_row_stride, to: scratch, toLine: nr,
      toElement: 8 &* nr, lines: Int(tile.pointee.column_points), width: width, begin: 0, end: 0, last: width &- lanes))
  var rows = WinogradPass(
    from: scratch, fromLine: 8 &* nr, fromElement: nr, to: args.pointee.y! + (tile.pointee.y &+ filter),
    toLine: args.pointee.row_stride, toElement: args.pointee.column_stride, lines: Int(tile.pointee.rows),
    width: width, begin: 0, end: 0, last: count &- lanes)
  if args.pointee.epilogue == nil && count >= lanes && tile.pointee.columns == tile.pointee.width {
    transformOutput(tile.pointee.column_algorithm, rows)
    return
  }
  let sums = scratch + Int(ATROUS_WINOGRAD_SCRATCH) / 2
  rows.to = sums
  rows.toLine = 8 &* nr
  rows.toElement = nr
  rows.last = width &- lanes
  transformOutput(tile.pointee.column_algorithm, rows)
  var row = 0
  while row < Int(tile.pointee.rows) {
    let offset = tile.pointee.y &+ filter &+ row &* args.pointee.row_stride
    finishRow(args, Int(tile.pointee.columns), filter, count, sums + (row &* 8 &* nr), offset)
    row &+= 1
  }
}

/// The epilogue of one row of a tile, and the stores of what exists of it. (Within the passes, it split their stores into
/// halves.)
@inline(never) private func finishRow(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ columns: Int, _ filter: Int, _ count: Int, _ sums: Floats,
  _ first: Int
) {
  var column = 0
  while column < columns {
    let from = sums + (column &* args.pointee.nr)
    let offset = first &+ column &* args.pointee.column_stride
    var k = 0
    while k < count && count >= lanes {
      let at = min(k, count &- lanes)
      var value = load(from + at)
      if let epilogue = args.pointee.epilogue {
        if let bias = epilogue.pointee.bias { value += load(bias + (filter &+ at)) }
        if let residual = epilogue.pointee.residual { value += load(residual + (offset &+ at)) }
        value = activate(value, epilogue)
      }
      store(value, args.pointee.y + (offset &+ at))
      k &+= lanes
    }
    // Fewer filters than lanes, one by one: nothing past them is read or written.
    while k < count {
      var value = from[k]
      if let epilogue = args.pointee.epilogue {
        if let bias = epilogue.pointee.bias { value += bias[filter &+ k] }
        if let residual = epilogue.pointee.residual { value += residual[offset &+ k] }
        value = activate(value, epilogue)
      }
      args.pointee.y[offset &+ k] = value
      k &+= 1
    }
    column &+= 1
  }
}
