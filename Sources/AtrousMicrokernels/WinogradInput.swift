// V[i][j] = Bᵀ x B of every tile, a block of channels at a time: along the columns from the image into the scratch,
// then along the rows from the scratch into V. Where the rows have one tap, V[j] = Bᵀ x straight from the image, all
// blocks in one pass. Dead pixels are zeros in registers, never reads.
// Fetching the next patch pays where the image is far from L2 (65×65, d36 of 2048 channels, short phases: 5 % of the whole
// on a Zen 5 core), and costs 4 to 8 % where it is in it. Fetching the lines of V changed nothing beyond noise on a Zen 3 core.
// Register budget: see WinogradPass.swift.

import CAtrousMicrokernel

@inline(never) func winogradInput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_input_args.self)
  var t = 0
  while t < args.pointee.tile_count {
    let tile = args.pointee.tiles + t
    let block = args.pointee.block
    var v = args.pointee.v! + (t &* block)
    if args.pointee.row_taps == 1 && args.pointee.channels <= block {
      t &+= winogradInputRun(args, tile, most: args.pointee.tile_count &- t, v)
      continue
    }
    var channel = 0
    if args.pointee.row_taps == 1 {
      channel = winogradInputLines(args, tile, v)
      v += channel / block &* args.pointee.block_stride
    }
    while channel < args.pointee.channels {
      let count = min(block, args.pointee.channels &- channel)
      if args.pointee.fetches != 0 && t &+ 1 < args.pointee.tile_count { fetchPatch(args, tile + 1, channel, count) }
      winogradInputBlock(args, tile, channel, count, v)
      channel &+= block
      v += args.pointee.block_stride
    }
    t &+= 1
  }
}

/// Fetches `count` channels of a tile's live pixels.
@inline(never) private func fetchPatch(
  _ args: UnsafePointer<atrous_winograd_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ channel: Int,
  _ count: Int
) {
  let origin = args.pointee.x + (tile.pointee.x &+ channel)
  var row = Int(tile.pointee.row_begin)
  while row < Int(tile.pointee.row_end) {
    var column = Int(tile.pointee.column_begin)
    while column < Int(tile.pointee.column_end) {
      let pixel = origin + (row &* args.pointee.row_stride &+ column &* args.pointee.column_stride)
      var c = 0
      while c < count {
        atrous_prefetch_near(pixel + c)
        c &+= 16
      }
      column &+= 1
    }
    row &+= 1
  }
}

/// One axis, one block of channels: tiles that are alike and follow each other at one distance are lines of one pass, where a
/// tile is one or two vectors and a call takes as long (25→25 w1024 d4, 7 taps, on a Zen 5 core 29.2 → 24.0 µs with the same
/// of the outputs). Returns how many they are.
@inline(__always) private func winogradInputRun(
  _ args: UnsafePointer<atrous_winograd_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, most: Int,
  _ v: MutableFloats
) -> Int {
  let width = (args.pointee.channels &+ lanes &- 1) / lanes &* lanes
  let distance = most > 1 ? tile[1].x &- tile.pointee.x : 0
  let stride = args.pointee.column_stride
  let end = Int(tile.pointee.column_end)
  // Whole vectors must not pass the end of the image.
  let room = (args.pointee.x_end - args.pointee.x) &- ((end &- 1) &* stride &+ width)
  var count = 0
  while count < most && tile[count].x &- tile.pointee.x == distance &* count && tile[count].x <= room
    && tile[count].column_algorithm == tile.pointee.column_algorithm
    && tile[count].column_begin == tile.pointee.column_begin && tile[count].column_end == tile.pointee.column_end
  {
    count &+= 1
  }
  if count == 0 {
    winogradInputBlock(args, tile, 0, args.pointee.channels, v)
    return 1
  }
  transformInput(
    tile.pointee.column_algorithm,
    WinogradPass(
      from: args.pointee.x + tile.pointee.x, fromLine: distance, fromElement: stride, to: v,
      toLine: args.pointee.block, toElement: args.pointee.xi_stride, lines: count, width: width,
      begin: Int(tile.pointee.column_begin), end: end, last: 0))
  return count
}

/// One axis: all whole blocks of channels. Returns how many channels they are.
@inline(__always) private func winogradInputLines(
  _ args: UnsafePointer<atrous_winograd_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ v: MutableFloats
) -> Int {
  let block = args.pointee.block
  let blocks = args.pointee.channels / block
  transformInput(
    tile.pointee.column_algorithm,
    WinogradPass(
      from: args.pointee.x + tile.pointee.x, fromLine: block, fromElement: args.pointee.column_stride, to: v,
      toLine: args.pointee.block_stride, toElement: args.pointee.xi_stride, lines: blocks, width: block,
      begin: Int(tile.pointee.column_begin), end: Int(tile.pointee.column_end), last: 0))
  return blocks &* block
}

@inline(__always) private func winogradInputBlock(
  _ args: UnsafePointer<atrous_winograd_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ channel: Int,
  _ count: Int, _ v: MutableFloats
) {
  let block = args.pointee.block
  let width = (count &+ lanes &- 1) / lanes &* lanes
  let rowBegin = Int(tile.pointee.row_begin)
  let rowEnd = Int(tile.pointee.row_end)
  let columnEnd = Int(tile.pointee.column_end)
  let origin = tile.pointee.x &+ channel
  var rowStride = args.pointee.row_stride
  var columnStride = args.pointee.column_stride
  var from = args.pointee.x + (origin &+ rowBegin &* rowStride)
  let last = origin &+ (rowEnd &- 1) &* rowStride &+ (columnEnd &- 1) &* columnStride
  if count < width && rowEnd > rowBegin && args.pointee.x + (last &+ width) > args.pointee.x_end {
    // Whole vectors would pass the end of the image: through a copy that has room.
    let copy = args.pointee.scratch! + Int(ATROUS_WINOGRAD_SCRATCH) / 2
    copyPatch(args, tile, origin, count, copy)
    from = Floats(copy) + (rowBegin &* 8 &* block)
    rowStride = 8 &* block
    columnStride = block
  }
  var along = WinogradPass(
    from: from, fromLine: rowStride, fromElement: columnStride, to: v, toLine: 0, toElement: args.pointee.xi_stride,
    lines: 1, width: width, begin: Int(tile.pointee.column_begin), end: columnEnd, last: 0)
  if args.pointee.row_taps == 1 {
    transformInput(tile.pointee.column_algorithm, along)
    return
  }
  along.to = args.pointee.scratch! + (rowBegin &* 8 &* block)
  along.toLine = 8 &* block
  along.toElement = block
  along.lines = rowEnd &- rowBegin
  transformInput(tile.pointee.column_algorithm, along)
  transformInput(
    tile.pointee.row_algorithm,
    WinogradPass(
      from: args.pointee.scratch, fromLine: block, fromElement: 8 &* block, to: v, toLine: args.pointee.xi_stride,
      toElement: args.pointee.xi_row_stride, lines: Int(tile.pointee.column_points), width: width, begin: rowBegin,
      end: rowEnd, last: 0))
}

/// The live pixels of a patch, `count` channels each, at copy + (row·8 + column)·block.
@inline(never) private func copyPatch(
  _ args: UnsafePointer<atrous_winograd_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ origin: Int,
  _ count: Int, _ copy: MutableFloats
) {
  var row = Int(tile.pointee.row_begin)
  while row < Int(tile.pointee.row_end) {
    var column = Int(tile.pointee.column_begin)
    while column < Int(tile.pointee.column_end) {
      let x = args.pointee.x + (origin &+ row &* args.pointee.row_stride &+ column &* args.pointee.column_stride)
      let to = copy + (row &* 8 &+ column) &* args.pointee.block
      var c = 0
      while c < count {
        to[c] = x[c]
        c &+= 1
      }
      column &+= 1
    }
    row &+= 1
  }
}
