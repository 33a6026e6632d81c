// c[m×n] = epilogue( (accumulate ? c : 0) + Σ_t Σ_k a[t][row][k] · b[t][k][column] )
//
// One register tile serves the direct kernels and the GEMMs: rows of `a` are broadcast, rows of `b` are vectors.
// - Channels last: rows are output pixels, columns output channels, `b` a packed panel.
// - Along the width: rows are output channels, columns output pixels, `b` padded input rows.
// Register budget: rows·vectors accumulators + vectors of b + 1 broadcast (+ 1 product where it is not fused) ≤ 16 (32
// with 16 lanes).

import CAtrousMicrokernel

/// The accumulators after all taps: the loop every tile shares. (Generics here are private: a debug build keeps the
/// unspecialised form of any other, and with it weak symbols.)
@inline(__always) private func accumulate<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>
) -> InlineArray<rows, InlineArray<vectors, Vector>> {
  var sums = InlineArray<rows, InlineArray<vectors, Vector>>(
    repeating: InlineArray<vectors, Vector>(repeating: .zero))
  let stride = args.pointee.b_stride
  var tap = 0
  while tap < args.pointee.tap_count {
    let offsets = args.pointee.taps[tap]
    var a = InlineArray<rows, Floats>(repeating: args.pointee.a + offsets.a)
    var row = 0
    while row < rows {
      a[unchecked: row] += args.pointee.a_rows[row]
      row &+= 1
    }
    var b = args.pointee.b + offsets.b
    let depth = tap &+ 1 == args.pointee.tap_count ? args.pointee.k_last : args.pointee.k
    var k = 0
    while k < depth {
      var bs = InlineArray<vectors, Vector>(repeating: .zero)
      var v = 0
      while v < vectors {
        bs[unchecked: v] = load(b + v &* lanes)
        v &+= 1
      }
      row = 0
      while row < rows {
        let broadcast = Vector(repeating: a[unchecked: row][k])
        v = 0
        while v < vectors {
          sums[unchecked: row][unchecked: v] = multiplyAdd(
            sums[unchecked: row][unchecked: v], broadcast, bs[unchecked: v])
          v &+= 1
        }
        row &+= 1
      }
      b += stride
      k &+= 1
    }
    tap &+= 1
  }
  return sums
}

/// Stores `m` rows and `n` columns of the sums.
@inline(__always) private func storeSums<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: InlineArray<rows, InlineArray<vectors, Vector>>
) {
  var row = 0
  while row < rows {
    if row < args.pointee.m {
      let offset = args.pointee.c_rows[row]
      var v = 0
      while v < vectors {
        storeTile(args, sums[unchecked: row][unchecked: v], row, v &* lanes, offset)
        v &+= 1
      }
    }
    row &+= 1
  }
}

@inline(__always) private func storeTile(
  _ args: UnsafePointer<atrous_tile_args>, _ sum: Vector, _ row: Int, _ column: Int, _ offset: Int
) {
  let c = args.pointee.c + offset + column
  let valid = args.pointee.n &- column
  if valid >= lanes {
    let total = args.pointee.accumulate != 0 ? sum + load(c) : sum
    store(finish(total, args, row, column, offset, valid), c)
  } else if valid > 0 {
    storePart(args, sum, row, column, offset, valid)
  }
}

@inline(__always) private func finish(
  _ sum: Vector, _ args: UnsafePointer<atrous_tile_args>, _ row: Int, _ column: Int, _ offset: Int, _ valid: Int
) -> Vector {
  guard let epilogue = args.pointee.epilogue else { return sum }
  var value = sum
  if let bias = epilogue.pointee.bias {
    value += args.pointee.bias_by_row != 0 ? Vector(repeating: bias[row]) : load(bias + column)
  }
  if let residual = epilogue.pointee.residual { value += load(residual + offset + column) }
  return activate(value, epilogue)
}

/// The last columns of an output narrower than the tile, lane by lane: nothing past them is read or written.
@inline(never) private func storePart(
  _ args: UnsafePointer<atrous_tile_args>, _ sum: Vector, _ row: Int, _ column: Int, _ offset: Int, _ valid: Int
) {
  let c = args.pointee.c + offset + column
  var lane = 0
  while lane < valid {
    var value = sum[lane]
    if args.pointee.accumulate != 0 { value += c[lane] }
    if let epilogue = args.pointee.epilogue {
      if let bias = epilogue.pointee.bias {
        value += args.pointee.bias_by_row != 0 ? bias[row] : bias[column &+ lane]
      }
      if let residual = epilogue.pointee.residual { value += residual[offset &+ column &+ lane] }
      value = activate(value, epilogue)
    }
    c[lane] = value
    lane &+= 1
  }
}

// One function a register tile, so that every one has its own registers.
// The tiles of more than 15 registers exist only where there are 32.

@inline(never) func tile_6x2(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<6, InlineArray<2, Vector>> = accumulate(args)
  storeSums(args, sums)
}

#if !ATROUS_SEPARATE_MULTIPLY_ADD
  @inline(never) func tile_4x3(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    let sums: InlineArray<4, InlineArray<3, Vector>> = accumulate(args)
    storeSums(args, sums)
  }
#endif

@inline(never) func tile_12x1(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<12, InlineArray<1, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_1x4(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<1, InlineArray<4, Vector>> = accumulate(args)
  storeSums(args, sums)
}

#if ATROUS_LANES_16
  @inline(never) func tile_12x2(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    let sums: InlineArray<12, InlineArray<2, Vector>> = accumulate(args)
    storeSums(args, sums)
  }

  @inline(never) func tile_8x3(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    let sums: InlineArray<8, InlineArray<3, Vector>> = accumulate(args)
    storeSums(args, sums)
  }

  @inline(never) func tile_6x4(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    let sums: InlineArray<6, InlineArray<4, Vector>> = accumulate(args)
    storeSums(args, sums)
  }
#endif
