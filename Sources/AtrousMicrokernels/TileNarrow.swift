// c[row][0 ..< n] = epilogue( (accumulate ? c : 0) + sums[0 ..< n] ) for n below the tile's columns.
//
// Whole vectors from the left, then one that ends at column n and overlaps its neighbour; all are read before any is
// written, so the overlap is computed twice and never accumulated twice. Fewer columns than lanes go one by one. Where the
// vectors of c lie apart, n is whole vectors and nothing overlaps.
// Register budget: the vectors of one row of the tile, and one of the epilogue.

import CAtrousMicrokernel

@inline(never) func storeNarrowRow(_ args: UnsafePointer<atrous_tile_args>, _ sums: Floats, _ row: Int) {
  let n = args.pointee.n
  let c = args.pointee.c + args.pointee.c_rows[row]
  if n < lanes { return storeShortRow(args, sums, row) }
  let last = narrowVector(args, sums, row, n &- lanes)
  var column = 0
  while column &+ lanes < n {
    store(narrowVector(args, sums, row, column), c + place(args, column))
    column &+= lanes
  }
  store(last, c + place(args, n &- lanes))
}

/// Where the vector of columns from `column` on stands in a row of c.
@inline(__always) private func place(_ args: UnsafePointer<atrous_tile_args>, _ column: Int) -> Int {
  args.pointee.c_pitch == 0 ? column : column / lanes &* args.pointee.c_pitch
}

@inline(__always) private func narrowVector(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: Floats, _ row: Int, _ column: Int
) -> Vector {
  let offset = args.pointee.c_rows[row] &+ place(args, column)
  var value = load(sums + column)
  if args.pointee.accumulate != 0 { value += load(args.pointee.c + offset) }
  guard let epilogue = args.pointee.epilogue else { return value }
  if let bias = epilogue.pointee.bias {
    value += args.pointee.bias_by_row != 0 ? Vector(repeating: bias[row]) : load(bias + column)
  }
  if let residual = epilogue.pointee.residual { value += load(residual + offset) }
  return activate(value, epilogue)
}

@inline(__always) private func storeShortRow(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: Floats, _ row: Int
) {
  let offset = args.pointee.c_rows[row]
  var column = 0
  while column < args.pointee.n {
    var value = sums[column]
    if args.pointee.accumulate != 0 { value += args.pointee.c[offset &+ column] }
    args.pointee.c[offset &+ column] = finished(
      value, args.pointee.epilogue, bias: args.pointee.bias_by_row != 0 ? row : column, residual: offset &+ column)
    column &+= 1
  }
}
