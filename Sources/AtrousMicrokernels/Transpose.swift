// destination[column][row] = source[row][column]
//
// 4 × 4 in registers: 4 loads, 8 shuffles, 4 stores. Sixteen columns are walked through all rows, so that the lines they
// fill in the destination stay in L1 until they are whole. Register budget: 4 rows + 4 columns.

import CAtrousMicrokernel

private typealias Four = SIMD4<Float>

@inline(never) func transpose(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_transpose_args.self)
  let (rows, columns) = (args.pointee.rows, args.pointee.columns)
  var first = 0
  while first < columns {
    let end = min(first &+ 16, columns)
    var row = 0
    while row &+ 4 <= rows {
      var column = first
      while column &+ 4 <= end {
        transposeFour(args, row, column)
        column &+= 4
      }
      transposeSingly(args, row, row &+ 4, column, end)
      row &+= 4
    }
    transposeSingly(args, row, rows, first, end)
    first = end
  }
}

@inline(__always) private func transposeFour(_ args: UnsafePointer<atrous_transpose_args>, _ row: Int, _ column: Int) {
  let pitch = args.pointee.source_pitch
  let from = UnsafeRawPointer(args.pointee.source + (row &* pitch &+ column))
  let a = from.loadUnaligned(as: Four.self)
  let b = from.loadUnaligned(fromByteOffset: pitch &* 4, as: Four.self)
  let c = from.loadUnaligned(fromByteOffset: pitch &* 8, as: Four.self)
  let d = from.loadUnaligned(fromByteOffset: pitch &* 12, as: Four.self)
  let step = args.pointee.destination_pitch
  let to = UnsafeMutableRawPointer(args.pointee.destination + (column &* step &+ row))
  to.storeBytes(of: Four(a[0], b[0], c[0], d[0]), as: Four.self)
  to.storeBytes(of: Four(a[1], b[1], c[1], d[1]), toByteOffset: step &* 4, as: Four.self)
  to.storeBytes(of: Four(a[2], b[2], c[2], d[2]), toByteOffset: step &* 8, as: Four.self)
  to.storeBytes(of: Four(a[3], b[3], c[3], d[3]), toByteOffset: step &* 12, as: Four.self)
}

@inline(__always) private func transposeSingly(
  _ args: UnsafePointer<atrous_transpose_args>, _ firstRow: Int, _ endRow: Int, _ firstColumn: Int, _ endColumn: Int
) {
  var row = firstRow
  while row < endRow {
    var column = firstColumn
    while column < endColumn {
      args.pointee.destination[column &* args.pointee.destination_pitch &+ row] =
        args.pointee.source[row &* args.pointee.source_pitch &+ column]
      column &+= 1
    }
    row &+= 1
  }
}
