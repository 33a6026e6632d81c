// Channels-last pixels to vectors over groups, and back with the epilogue.
//
// A block of groups is a matrix [lane][channel] in memory and [channel][lane] in registers: 4 × 4 transposes, what is left
// singly. One channel a group is that already. Register budget: that of Transpose.swift.

import CAtrousMicrokernel

/// lanes[pixel][block][c][lane] = x[pixel][(block·lanes + lane)·channels + c], zero past the last group.
@inline(never) func groupLanes(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_group_lanes_args.self)
  let (groups, channels) = (args.pointee.groups, args.pointee.channels)
  var from = args.pointee.x!
  var to = args.pointee.lanes!
  var pixel = 0
  while pixel < args.pointee.pixels {
    var first = 0
    while first < groups {
      let count = min(lanes, groups &- first)
      if count < lanes { clear(to, channels &* lanes) }
      transposeBlock(from, channels, to, lanes, count, channels)
      from += count &* channels
      to += channels &* lanes
      first &+= lanes
    }
    pixel &+= 1
  }
}

/// y[row][(first + l)·filters + f] = epilogue( sums[row][f][l] ) for the first `count` lanes of every valid row; `outputs` is
/// room for those of one row.
@inline(never) func storeGroups(
  _ args: UnsafePointer<atrous_grouped_args>, _ first: Int, _ count: Int, _ pitch: Int, _ outputs: MutableFloats
) {
  let filters = args.pointee.filters
  var row = 0
  while row < args.pointee.rows {
    let sums = Floats(args.pointee.sums + row &* pitch)
    if filters > 1 { transposeBlock(sums, lanes, outputs, filters, filters, count) }
    let filter = first &* filters
    finishChannels(
      filters > 1 ? Floats(outputs) : sums, count &* filters, args.pointee.y, args.pointee.y_rows[row] &+ filter,
      args.pointee.epilogue, bias: filter)
    row &+= 1
  }
}

/// to[column·step + row] = from[row·pitch + column]
@inline(__always) private func transposeBlock(
  _ from: Floats, _ pitch: Int, _ to: MutableFloats, _ step: Int, _ rows: Int, _ columns: Int
) {
  var row = 0
  while row &+ 4 <= rows {
    var column = 0
    while column &+ 4 <= columns {
      transposeFour(from + (row &* pitch &+ column), pitch, to + (column &* step &+ row), step)
      column &+= 4
    }
    singly(from, pitch, to, step, row, row &+ 4, column, columns)
    row &+= 4
  }
  singly(from, pitch, to, step, row, rows, 0, columns)
}

@inline(__always) private func singly(
  _ from: Floats, _ pitch: Int, _ to: MutableFloats, _ step: Int, _ firstRow: Int, _ endRow: Int, _ firstColumn: Int,
  _ endColumn: Int
) {
  var row = firstRow
  while row < endRow {
    var column = firstColumn
    while column < endColumn {
      to[column &* step &+ row] = from[row &* pitch &+ column]
      column &+= 1
    }
    row &+= 1
  }
}

/// panels[tile][tap][c][f][lane] = w[group lane][tile·tile_filters + f][c][tap], zero past the last filter and group.
@inline(never) func packGrouped(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_pack_grouped_args.self)
  let (filters, channels, taps) = (args.pointee.filters, args.pointee.channels, args.pointee.taps)
  var to = args.pointee.panels!
  var first = 0
  while first < filters {
    var tap = 0
    while tap < taps {
      var c = 0
      while c < channels {
        var f = first
        while f < first &+ args.pointee.tile_filters {
          packLanes(args, to, f, c, tap)
          to += lanes
          f &+= 1
        }
        c &+= 1
      }
      tap &+= 1
    }
    first &+= args.pointee.tile_filters
  }
}

@inline(__always) private func packLanes(
  _ args: UnsafePointer<atrous_pack_grouped_args>, _ to: MutableFloats, _ f: Int, _ c: Int, _ tap: Int
) {
  let (filters, channels, taps) = (args.pointee.filters, args.pointee.channels, args.pointee.taps)
  var lane = 0
  while lane < lanes {
    let isPresent = lane < args.pointee.groups && f < filters
    to[lane] = isPresent ? args.pointee.w[((lane &* filters &+ f) &* channels &+ c) &* taps &+ tap] : 0
    lane &+= 1
  }
}
