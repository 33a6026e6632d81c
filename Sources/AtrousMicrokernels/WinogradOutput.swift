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
  winogradOutput(
    tile.pointee.height,
    WinogradPass(
      from: m, fromLine: args.pointee.xi_stride, fromElement: args.pointee.xi_row_stride, to: scratch, toLine: nr,
      toElement: 8 &* nr, lines: Int(tile.pointee.width) &+ 2, width: width, valid: Int(tile.pointee.rows),
      last: width &- lanes))
  var rows = WinogradPass(
    from: scratch, fromLine: 8 &* nr, fromElement: nr, to: args.pointee.y! + (tile.pointee.y &+ filter),
    toLine: args.pointee.row_stride, toElement: args.pointee.column_stride, lines: Int(tile.pointee.rows),
    width: width, valid: Int(tile.pointee.columns), last: count &- lanes)
  if count >= lanes {
    if let epilogue = args.pointee.epilogue {
      var shifted = epilogue.pointee
      if let bias = shifted.bias { shifted.bias = bias + filter }
      if let residual = shifted.residual { shifted.residual = residual + (tile.pointee.y &+ filter) }
      withUnsafePointer(to: shifted) {
        rows.epilogue = $0
        winogradOutput(tile.pointee.width, rows)
      }
    } else {
      winogradOutput(tile.pointee.width, rows)
    }
    return
  }
  let sums = scratch + Int(ATROUS_WINOGRAD_SCRATCH) / 2
  rows.to = sums
  rows.toLine = 8 &* nr
  rows.toElement = nr
  rows.last = 0
  winogradOutput(tile.pointee.width, rows)
  storeNarrow(args, tile, filter, count, sums)
}

/// Fewer filters than lanes, one by one: nothing past them is written.
@inline(never) private func storeNarrow(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ filter: Int,
  _ count: Int, _ sums: Floats
) {
  let nr = args.pointee.nr
  var row = 0
  while row < Int(tile.pointee.rows) {
    var column = 0
    while column < Int(tile.pointee.columns) {
      let from = sums + (row &* 8 &+ column) &* nr
      let offset =
        tile.pointee.y &+ filter &+ row &* args.pointee.row_stride &+ column &* args.pointee.column_stride
      var k = 0
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
    row &+= 1
  }
}
