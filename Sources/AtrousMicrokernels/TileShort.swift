// c[row][0 ..< n] = epilogue( (accumulate ? c : 0) + sums[0 ..< n] ) for n below the lanes, one by one.
// Register budget: a sum and what the epilogue adds.

import CAtrousMicrokernel

@inline(never) func storeShortRow(
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
