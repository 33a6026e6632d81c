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
  let firstShallow = args.pointee.tap_count &- args.pointee.shallow_taps
  var offsetsOfRows = args.pointee.a_rows!
  var tap = 0
  while tap < args.pointee.tap_count {
    let offsets = args.pointee.taps[tap]
    var a = InlineArray<rows, Floats>(repeating: args.pointee.a + offsets.a)
    var row = 0
    while row < rows {
      a[unchecked: row] += offsetsOfRows[row]
      row &+= 1
    }
    offsetsOfRows += args.pointee.a_rows_pitch
    if let ahead = args.pointee.prefetch { prefetchLines(ahead + tap &* 64) }
    var b = args.pointee.b + offsets.b
    let depth = tap < firstShallow ? args.pointee.k : args.pointee.k_last
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

/// Winograd's GEMM of 512→512 33×33, whose weights come from memory: 296 → 348 GFLOP/s nominal on a Zen 3 core.
@inline(__always) private func prefetchLines(_ ahead: Floats) {
  atrous_prefetch(ahead)
  atrous_prefetch(ahead + 16)
  atrous_prefetch(ahead + 32)
  atrous_prefetch(ahead + 48)
}

/// Stores `m` rows and `n` columns of the sums. One pass a step over all rows, so that each is unrolled and the sums stay
/// in registers (store and epilogue row by row went through the stack: 170 cycles a tile on Zen 3, now 60).
@inline(__always) private func storeSums<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: InlineArray<rows, InlineArray<vectors, Vector>>
) {
  guard args.pointee.n == vectors &* lanes else { return storeNarrow(args, sums) }
  var values = sums
  if args.pointee.accumulate != 0 { add(args, UnsafePointer(args.pointee.c), &values) }
  if let epilogue = args.pointee.epilogue {
    if let bias = epilogue.pointee.bias { addBias(args, bias, &values) }
    if let residual = epilogue.pointee.residual { add(args, residual, &values) }
    let activation = Int(epilogue.pointee.activation)
    if activation == ATROUS_ACTIVATION_CLAMP {
      clamp(epilogue, &values)
    } else if activation == ATROUS_ACTIVATION_LEAKY {
      leak(epilogue, &values)
    }
  }
  let pitch = pitchOfVectors(args)
  var row = 0
  while row < rows {
    if row < args.pointee.m {
      let c = args.pointee.c + args.pointee.c_rows[row]
      var v = 0
      while v < vectors {
        store(values[unchecked: row][unchecked: v], c + v &* pitch)
        v &+= 1
      }
    }
    row &+= 1
  }
}

@inline(__always) private func pitchOfVectors(_ args: UnsafePointer<atrous_tile_args>) -> Int {
  args.pointee.c_pitch == 0 ? lanes : args.pointee.c_pitch
}

/// values += what stands at the output's offsets from `base`, for the valid rows.
@inline(__always) private func add<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ base: Floats,
  _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let pitch = pitchOfVectors(args)
  var row = 0
  while row < rows {
    if row < args.pointee.m {
      let from = base + args.pointee.c_rows[row]
      var v = 0
      while v < vectors {
        values[unchecked: row][unchecked: v] += load(from + v &* pitch)
        v &+= 1
      }
    }
    row &+= 1
  }
}

@inline(__always) private func addBias<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ bias: Floats,
  _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let byRow = args.pointee.bias_by_row != 0
  var row = 0
  while row < rows {
    let rowBias = Vector(repeating: byRow && row < args.pointee.m ? bias[row] : 0)
    var v = 0
    while v < vectors {
      values[unchecked: row][unchecked: v] += byRow ? rowBias : load(bias + v &* lanes)
      v &+= 1
    }
    row &+= 1
  }
}

@inline(__always) private func clamp<let rows: Int, let vectors: Int>(
  _ epilogue: UnsafePointer<atrous_epilogue>, _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let low = Vector(repeating: epilogue.pointee.low)
  let high = Vector(repeating: epilogue.pointee.high)
  var row = 0
  while row < rows {
    var v = 0
    while v < vectors {
      values[unchecked: row][unchecked: v] = clamped(values[unchecked: row][unchecked: v], low, high)
      v &+= 1
    }
    row &+= 1
  }
}

@inline(__always) private func leak<let rows: Int, let vectors: Int>(
  _ epilogue: UnsafePointer<atrous_epilogue>, _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let slope = Vector(repeating: epilogue.pointee.slope)
  var row = 0
  while row < rows {
    var v = 0
    while v < vectors {
      values[unchecked: row][unchecked: v] = leaked(values[unchecked: row][unchecked: v], slope)
      v &+= 1
    }
    row &+= 1
  }
}

/// An output narrower than the tile: rows go through the stack, so that the sums above never do.
@inline(__always) private func storeNarrow<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: InlineArray<rows, InlineArray<vectors, Vector>>
) {
  withUnsafePointer(to: sums) { sums in
    let values = UnsafeRawPointer(sums).assumingMemoryBound(to: Float.self)
    var row = 0
    while row < args.pointee.m {
      storeNarrowRow(args, values + row &* vectors &* lanes, row)
      row &+= 1
    }
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
