// destination[row][0 ..< columns] = source[row][0 ..< columns], destination[row][columns ..< columns + zeros] = 0
//
// Rows of eight and sixteen, the blocks of blocked layouts, have loops of their own. Register budget: one row.

import CAtrousMicrokernel

@inline(never) func copyRows(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_copy_rows_args.self)
  if args.pointee.zeros > 0 { clear(args) }
  switch args.pointee.columns {
  case 0: break
  case 16: copyWhole(args, as: SIMD16<Float>.self)
  case 8: copyWhole(args, as: SIMD8<Float>.self)
  default: copySingly(args)
  }
}

@inline(__always) private func copyWhole<Row: SIMD>(
  _ args: UnsafePointer<atrous_copy_rows_args>, as type: Row.Type
) where Row.Scalar == Float {
  var from = UnsafeRawPointer(args.pointee.source!)
  var to = UnsafeMutableRawPointer(args.pointee.destination!)
  var row = args.pointee.rows
  while row > 0 {
    to.storeBytes(of: from.loadUnaligned(as: Row.self), as: Row.self)
    from += args.pointee.source_pitch &* 4
    to += args.pointee.destination_pitch &* 4
    row &-= 1
  }
}

@inline(__always) private func copySingly(_ args: UnsafePointer<atrous_copy_rows_args>) {
  var row = 0
  while row < args.pointee.rows {
    let from = args.pointee.source + row &* args.pointee.source_pitch
    let to = args.pointee.destination + row &* args.pointee.destination_pitch
    var column = 0
    while column &+ 4 <= args.pointee.columns {
      let four = UnsafeRawPointer(from + column).loadUnaligned(as: SIMD4<Float>.self)
      UnsafeMutableRawPointer(to + column).storeBytes(of: four, as: SIMD4<Float>.self)
      column &+= 4
    }
    while column < args.pointee.columns {
      to[column] = from[column]
      column &+= 1
    }
    row &+= 1
  }
}

@inline(__always) private func clear(_ args: UnsafePointer<atrous_copy_rows_args>) {
  var row = 0
  while row < args.pointee.rows {
    clear(
      args.pointee.destination + (row &* args.pointee.destination_pitch &+ args.pointee.columns), args.pointee.zeros)
    row &+= 1
  }
}
