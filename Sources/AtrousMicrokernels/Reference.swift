// y[row][column] = epilogue( Σ_t Σ_k a[t][row][k] · b[t][k][column] ), every product and sum in Float64.
//
// An outer product like Tile.swift: 6 rows × 8 columns.
// Register budget with 4 Float64 a register: 12 accumulators + 2 of b + 1 broadcast.

import CAtrousMicrokernel

@inline(never) func reference_6x8(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_reference_args.self)
  var sums = InlineArray<6, Vector64>(repeating: .zero)
  let stride = args.pointee.a_stride
  var tap = 0
  while tap < args.pointee.tap_count {
    let offsets = args.pointee.taps[tap]
    var a = InlineArray<6, Floats>(repeating: args.pointee.a + offsets.a)
    var row = 0
    while row < 6 {
      a[unchecked: row] += args.pointee.a_rows[row]
      row &+= 1
    }
    var b = args.pointee.b + offsets.b
    var k = 0
    while k < args.pointee.k {
      let columns = UnsafeRawPointer(b).loadUnaligned(as: Vector64.self)
      row = 0
      while row < 6 {
        let broadcast = Vector64(repeating: Double(a[unchecked: row][k &* stride]))
        sums[unchecked: row] = multiplyAdd(sums[unchecked: row], broadcast, columns)
        row &+= 1
      }
      b += 8
      k &+= 1
    }
    tap &+= 1
  }
  var row = 0
  while row < args.pointee.m {
    storeReference(args, sums[row], row)
    row &+= 1
  }
}

@inline(never) private func storeReference(
  _ args: UnsafePointer<atrous_reference_args>, _ sums: Vector64, _ row: Int
) {
  var column = 0
  while column < args.pointee.n {
    let offset = args.pointee.y_rows[row] &+ column &* args.pointee.y_stride
    var value = sums[column]
    if let epilogue = args.pointee.epilogue {
      if let bias = epilogue.pointee.bias { value += Double(bias[column]) }
      if let residual = epilogue.pointee.residual { value += Double(residual[offset]) }
      value = activate(value, epilogue)
    }
    args.pointee.y[offset] = value
    column &+= 1
  }
}

/// destination[i] = source[i], rounded to Float.
@inline(never) func roundRow(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_round_args.self)
  var i = 0
  while i < args.pointee.count {
    args.pointee.destination[i] = Float(args.pointee.source[i])
    i &+= 1
  }
}
