// destination[column][row] = source[row][column]
//
// Squares in registers, 8 × 8 (4 × 4 on the baseline, and where a side is shorter than 8); the last square of a row or
// column of squares overlaps its neighbour. Two squares side by side use up the lines of sixteen source columns, which are
// walked through all rows, so that the lines they fill in the destination stay in L1 until they are whole.
// Register budget: 8 rows, and 8 of the halves and quarters they are unpacked to.

import CAtrousMicrokernel

private typealias Four = SIMD4<Float>
private typealias Eight = SIMD8<Float>

@inline(never) func transpose(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_transpose_args.self)
  let (rows, columns) = (args.pointee.rows, args.pointee.columns)
  let side = min(rows, columns)
  if side < 4 { return transposeSingly(args) }
  #if !ATROUS_LANES_4
    if side >= 8 {
      return squares(args, 8) { transposeEight(args, $0, $1) }
    }
  #endif
  squares(args, 4) { transposeFour(args, $0, $1) }
}

/// Calls `square` with the first row and column of squares that cover the matrix.
@inline(__always) private func squares(
  _ args: UnsafePointer<atrous_transpose_args>, _ side: Int, _ square: (Int, Int) -> Void
) {
  let lastRow = args.pointee.rows &- side
  let lastColumn = args.pointee.columns &- side
  var first = 0
  while first < args.pointee.columns {
    let end = min(first &+ 16, args.pointee.columns)
    var row = 0
    while row < args.pointee.rows {
      var column = first
      while column < end {
        square(min(row, lastRow), min(column, lastColumn))
        column &+= side
      }
      row &+= side
    }
    first = end
  }
}

@inline(__always) private func transposeFour(_ args: UnsafePointer<atrous_transpose_args>, _ row: Int, _ column: Int) {
  let (pitch, step) = (args.pointee.source_pitch, args.pointee.destination_pitch)
  transposeFour(
    args.pointee.source + (row &* pitch &+ column), pitch, args.pointee.destination + (column &* step &+ row), step)
}

/// to[column·step + row] = from[row·pitch + column] of 4 rows and 4 columns.
@inline(__always) func transposeFour(_ source: Floats, _ pitch: Int, _ destination: MutableFloats, _ step: Int) {
  let from = UnsafeRawPointer(source)
  let a = from.loadUnaligned(as: Four.self)
  let b = from.loadUnaligned(fromByteOffset: pitch &* 4, as: Four.self)
  let c = from.loadUnaligned(fromByteOffset: pitch &* 8, as: Four.self)
  let d = from.loadUnaligned(fromByteOffset: pitch &* 12, as: Four.self)
  let to = UnsafeMutableRawPointer(destination)
  to.storeBytes(of: Four(a[0], b[0], c[0], d[0]), as: Four.self)
  to.storeBytes(of: Four(a[1], b[1], c[1], d[1]), toByteOffset: step &* 4, as: Four.self)
  to.storeBytes(of: Four(a[2], b[2], c[2], d[2]), toByteOffset: step &* 8, as: Four.self)
  to.storeBytes(of: Four(a[3], b[3], c[3], d[3]), toByteOffset: step &* 12, as: Four.self)
}

#if !ATROUS_LANES_4
  @inline(__always) private func transposeEight(
    _ args: UnsafePointer<atrous_transpose_args>, _ row: Int, _ column: Int
  ) {
    let pitch = args.pointee.source_pitch
    let from = args.pointee.source + (row &* pitch &+ column)
    let (a, b, c, d) = (eight(from), eight(from + pitch), eight(from + 2 &* pitch), eight(from + 3 &* pitch))
    let step = args.pointee.destination_pitch
    let to = args.pointee.destination + (column &* step &+ row)
    let (low, high) = (from + 4 &* pitch, from + 6 &* pitch)
    let (e, f, g, h) = (eight(low), eight(low + pitch), eight(high), eight(high + pitch))
    let (ab, cd) = (atrous_first_elements(a, b), atrous_first_elements(c, d))
    let (ef, gh) = (atrous_first_elements(e, f), atrous_first_elements(g, h))
    storeColumns(to, step, atrous_first_pairs(ab, cd), atrous_first_pairs(ef, gh))
    storeColumns(to + step, step, atrous_last_pairs(ab, cd), atrous_last_pairs(ef, gh))
    let (ab2, cd2) = (atrous_last_elements(a, b), atrous_last_elements(c, d))
    let (ef2, gh2) = (atrous_last_elements(e, f), atrous_last_elements(g, h))
    storeColumns(to + 2 &* step, step, atrous_first_pairs(ab2, cd2), atrous_first_pairs(ef2, gh2))
    storeColumns(to + 3 &* step, step, atrous_last_pairs(ab2, cd2), atrous_last_pairs(ef2, gh2))
  }

  @inline(__always) private func eight(_ from: Floats) -> Eight { UnsafeRawPointer(from).loadUnaligned(as: Eight.self) }

  /// A column and the fourth after it: the halves of what rows 0…3 and rows 4…7 were unpacked to.
  @inline(__always) private func storeColumns(_ to: MutableFloats, _ step: Int, _ x: Eight, _ y: Eight) {
    let raw = UnsafeMutableRawPointer(to)
    raw.storeBytes(of: atrous_first_halves(x, y), as: Eight.self)
    raw.storeBytes(of: atrous_last_halves(x, y), toByteOffset: step &* 16, as: Eight.self)
  }
#endif

@inline(never) private func transposeSingly(_ args: UnsafePointer<atrous_transpose_args>) {
  var row = 0
  while row < args.pointee.rows {
    var column = 0
    while column < args.pointee.columns {
      args.pointee.destination[column &* args.pointee.destination_pitch &+ row] =
        args.pointee.source[row &* args.pointee.source_pitch &+ column]
      column &+= 1
    }
    row &+= 1
  }
}
