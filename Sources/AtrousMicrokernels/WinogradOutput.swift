// y = epilogue( Aᵀ M A ) of every tile, a panel of filters at a time: along the rows from M into the scratch, then
// along the columns from the scratch into the image. Where the rows have one tap, y = epilogue( Aᵀ M ) straight from M,
// all whole panels in one pass, or tiles that follow each other, then the epilogue in place.
// Register budget: see WinogradPass.swift.

import CAtrousMicrokernel

@inline(never) func winogradOutput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_output_args.self)
  let nr = args.pointee.nr
  var t = 0
  while t < args.pointee.tile_count {
    let tile = args.pointee.tiles + t
    var m = args.pointee.m + t &* nr
    if args.pointee.row_taps == 1 && args.pointee.filters >= lanes && args.pointee.filters <= nr {
      t &+= winogradOutputRun(args, tile, most: args.pointee.tile_count &- t, m)
      continue
    }
    var filter = 0
    if args.pointee.row_taps == 1 && tile.pointee.columns == tile.pointee.width {
      filter = winogradOutputLines(args, tile, m)
      m += filter / nr &* args.pointee.panel_stride
    }
    while filter < args.pointee.filters {
      winogradOutputPanel(args, tile, filter, min(nr, args.pointee.filters &- filter), m)
      m += args.pointee.panel_stride
      filter &+= nr
    }
    t &+= 1
  }
}

/// One axis, one panel of filters: whole tiles of as many outputs, and so of one algorithm, that follow each other at one
/// distance are lines of one pass. Returns how many they are.
@inline(__always) private func winogradOutputRun(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, most: Int,
  _ m: Floats
) -> Int {
  let nr = args.pointee.nr
  let filters = args.pointee.filters
  let distance = most > 1 ? tile[1].y &- tile.pointee.y : 0
  let outputs = Int(tile.pointee.width)
  // In place the epilogue must take each output once: no vector may overlap another.
  let isWhole = args.pointee.epilogue == nil || filters % lanes == 0
  var count = 0
  while isWhole && count < most && tile[count].y &- tile.pointee.y == distance &* count
    && Int(tile[count].width) == outputs && Int(tile[count].columns) == outputs
  {
    count &+= 1
  }
  if count == 0 {
    winogradOutputPanel(args, tile, 0, filters, m)
    return 1
  }
  let y = args.pointee.y! + tile.pointee.y
  transformOutput(
    tile.pointee.column_algorithm, outputs,
    WinogradPass(
      from: m, fromLine: nr, fromElement: args.pointee.xi_stride, to: y, toLine: distance,
      toElement: args.pointee.column_stride, lines: count, width: (filters &+ lanes &- 1) / lanes &* lanes, begin: 0,
      end: 0, last: filters &- lanes))
  if args.pointee.epilogue != nil {
    var t = 0
    while t < count {
      let offset = tile[t].y
      finishRow(args, outputs, 0, filters, Floats(args.pointee.y! + offset), args.pointee.column_stride, offset)
      t &+= 1
    }
  }
  return count
}

/// One axis, whole tiles: all whole panels. Returns how many filters they are.
@inline(__always) private func winogradOutputLines(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ m: Floats
) -> Int {
  let nr = args.pointee.nr
  let panels = args.pointee.filters / nr
  let outputs = Int(tile.pointee.width)
  let y = args.pointee.y! + tile.pointee.y
  let columnStride = args.pointee.column_stride
  transformOutput(
    tile.pointee.column_algorithm, outputs,
    WinogradPass(
      from: m, fromLine: args.pointee.panel_stride, fromElement: args.pointee.xi_stride, to: y, toLine: nr,
      toElement: columnStride, lines: panels, width: nr, begin: 0, end: 0, last: nr &- lanes))
  if args.pointee.epilogue != nil && panels > 0 {
    finishRow(args, outputs, 0, panels &* nr, Floats(y), columnStride, tile.pointee.y)
  }
  return panels &* nr
}

@inline(__always) private func winogradOutputPanel(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ filter: Int,
  _ count: Int, _ m: Floats
) {
  let nr = args.pointee.nr
  let width = (count &+ lanes &- 1) / lanes &* lanes
  let scratch = args.pointee.scratch!
  let outputs = Int(tile.pointee.width)
  var along = WinogradPass(
    from: m, fromLine: 0, fromElement: args.pointee.xi_stride, to: args.pointee.y! + (tile.pointee.y &+ filter),
    toLine: args.pointee.row_stride, toElement: args.pointee.column_stride, lines: Int(tile.pointee.rows),
    width: width, begin: 0, end: 0, last: count &- lanes)
  if args.pointee.row_taps > 1 {
    transformOutput(
      tile.pointee.row_algorithm, Int(tile.pointee.height),
      WinogradPass(
        from: m, fromLine: args.pointee.xi_stride, fromElement: args.pointee.xi_row_stride, to: scratch, toLine: nr,
        toElement: 8 &* nr, lines: Int(tile.pointee.column_points), width: width, begin: 0, end: 0, last: width &- lanes
      ))
    along.from = Floats(scratch)
    along.fromLine = 8 &* nr
    along.fromElement = nr
  }
  if args.pointee.epilogue == nil && count >= lanes && tile.pointee.columns == tile.pointee.width {
    transformOutput(tile.pointee.column_algorithm, outputs, along)
    return
  }
  let sums = scratch + Int(ATROUS_WINOGRAD_SCRATCH) / 2
  along.to = sums
  along.toLine = 8 &* nr
  along.toElement = nr
  along.last = width &- lanes
  transformOutput(tile.pointee.column_algorithm, outputs, along)
  var row = 0
  while row < Int(tile.pointee.rows) {
    let offset = tile.pointee.y &+ filter &+ row &* args.pointee.row_stride
    finishRow(args, Int(tile.pointee.columns), filter, count, sums + (row &* 8 &* nr), nr, offset)
    row &+= 1
  }
}

/// The epilogue of one row of a tile, and the stores of what exists of it: column c of the sums at c·stride. (Within
/// the passes, it split their stores into halves.) No activation is a clamp to everything.
@inline(never) func finishRow(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ columns: Int, _ filter: Int, _ count: Int, _ sums: Floats,
  _ stride: Int, _ first: Int
) {
  if count < lanes {
    finishNarrow(args, columns, filter, count, sums, stride, first)
    return
  }
  var bias: Floats?
  var residual: Floats?
  var low = Vector(repeating: -.infinity)
  var high = Vector(repeating: .infinity)
  var slope = Vector.zero
  var isLeaky = false
  if let epilogue = args.pointee.epilogue {
    if let values = epilogue.pointee.bias { bias = values + filter }
    if let values = epilogue.pointee.residual { residual = values + first }
    switch Int(epilogue.pointee.activation) {
    case ATROUS_ACTIVATION_CLAMP:
      low = Vector(repeating: epilogue.pointee.low)
      high = Vector(repeating: epilogue.pointee.high)
    case ATROUS_ACTIVATION_LEAKY:
      isLeaky = true
      slope = Vector(repeating: epilogue.pointee.slope)
    default: break
    }
  }
  let columnStride = args.pointee.column_stride
  let y = args.pointee.y! + first
  var column = 0
  while column < columns {
    let from = sums + (column &* stride)
    let offset = column &* columnStride
    var k = 0
    while k < count {
      let at = min(k, count &- lanes)
      var value = load(from + at)
      if let bias { value += load(bias + at) }
      if let residual { value += load(residual + (offset &+ at)) }
      store(isLeaky ? leaked(value, slope) : clamped(value, low, high), y + (offset &+ at))
      k &+= lanes
    }
    column &+= 1
  }
}

/// Fewer filters than lanes, one by one: nothing past them is read or written.
@inline(__always) private func finishNarrow(
  _ args: UnsafePointer<atrous_winograd_output_args>, _ columns: Int, _ filter: Int, _ count: Int, _ sums: Floats,
  _ stride: Int, _ first: Int
) {
  var column = 0
  while column < columns {
    let from = sums + (column &* stride)
    let offset = first &+ column &* args.pointee.column_stride
    var k = 0
    while k < count {
      args.pointee.y[offset &+ k] = finished(
        from[k], args.pointee.epilogue, bias: filter &+ k, residual: offset &+ k)
      k &+= 1
    }
    column &+= 1
  }
}
