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
  var sums = InlineArray<rows, InlineArray<vectors, Vector>> { _ in InlineArray<vectors, Vector>(repeating: .zero) }
  let base = args.pointee.a!
  let panel = args.pointee.b!
  let stride = args.pointee.b_stride
  let places: InlineArray<vectors, Int> = placesOfVectors(args)
  var offsetsOfRows = args.pointee.a_rows!
  guard var taps = args.pointee.taps else { return sums }
  if args.pointee.accumulate != 0 && args.pointee.c_pitch == 0 { fetchSums(args, rows, vectors) }
  let end = taps + args.pointee.tap_count
  let firstShallow = end - args.pointee.shallow_taps
  // With every step, not a few lines a tap: a burst fills the miss buffers, and the loads behind it wait.
  var ahead = args.pointee.prefetch ?? panel
  let pace = args.pointee.prefetch_pace
  while taps < end {
    // One addition a row and tap: opaque, or the compiler makes it three (3→16 3×3 d2 on Zen 3: 60 → 70 GFLOP/s).
    let tapRows = atrous_opaque(base + taps.pointee.a).unsafelyUnwrapped
    var a = InlineArray<rows, Floats>(repeating: tapRows)
    var row = 0
    while row < rows {
      a[unchecked: row] += offsetsOfRows[row]
      row &+= 1
    }
    offsetsOfRows += args.pointee.a_rows_pitch
    var b = panel + taps.pointee.b
    let depth = taps < firstShallow ? args.pointee.k : args.pointee.k_last
    var k = 0
    while k < depth {
      var bs = InlineArray<vectors, Vector>(repeating: .zero)
      var v = 0
      while v < vectors {
        bs[unchecked: v] = load(b + places[unchecked: v])
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
      atrous_prefetch(ahead)
      ahead += pace
      k &+= 1
    }
    taps += 1
  }
  return sums
}

/// Where each vector of a row begins among its n columns: the last one ends at column n, overlapping its neighbour, so that
/// rows of odd widths leave the registers as whole vectors too. What overlaps is computed twice, the same both times.
/// (Through the stack instead, one tap of 12 channels in tiles 6×2: 27 → 48 GFLOP/s on Zen 3; of 21 channels in 4×3: 45 → 65.)
@inline(__always) private func placesOfVectors<let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>
) -> InlineArray<vectors, Int> {
  let last = max(0, args.pointee.n &- lanes)
  var places = InlineArray<vectors, Int>(repeating: 0)
  var v = 1
  while v < vectors {
    places[unchecked: v] = min(v &* lanes, last)
    v &+= 1
  }
  return places
}

/// What the sums will be added to, wanted when the taps are done: short phases of 2048→256 65×65 d36, whose sums lie in L3, 50.5 →
/// 46.7 ms on a Zen 5 core, d12 of 33×33, in L2, level. Only where a row's vectors lie together, not in blocks of channels.
@inline(__always) private func fetchSums(_ args: UnsafePointer<atrous_tile_args>, _ rows: Int, _ vectors: Int) {
  var row = 0
  while row < rows {
    let sums = args.pointee.c + args.pointee.c_rows[row]
    var v = 0
    while v < vectors {
      atrous_prefetch_near(sums + v &* lanes)
      v &+= 1
    }
    row &+= 1
  }
}

/// Stores the rows and `n` columns of the sums; rows from `m` on are the last one's, to the same place. One pass a step over
/// all rows, so that each is unrolled and the sums stay in registers (store and epilogue row by row went through the stack:
/// 170 cycles a tile on Zen 3, now 60).
@inline(__always) private func storeSums<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: InlineArray<rows, InlineArray<vectors, Vector>>
) {
  guard args.pointee.n >= lanes else { return storeShort(args, sums) }
  var values = sums
  if args.pointee.accumulate != 0 { add(args, UnsafePointer(args.pointee.c), &values) }
  if let epilogue = args.pointee.epilogue {
    if let bias = epilogue.pointee.bias { addBias(args, bias, &values) }
    if let residual = epilogue.pointee.residual { add(args, residual, &values) }
    let activation = Int(epilogue.pointee.activation)
    if activation == ATROUS_ACTIVATION_CLAMP {
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
    } else if activation == ATROUS_ACTIVATION_LEAKY {
      leak(epilogue, &values)
    }
  }
  let places: InlineArray<vectors, Int> = outputPlaces(args)
  let (c, offsets) = (args.pointee.c!, args.pointee.c_rows!)
  var row = 0
  while row < rows {
    let to = c + offsets[row]
    var v = 0
    while v < vectors {
      store(values[unchecked: row][unchecked: v], to + places[unchecked: v])
      v &+= 1
    }
    row &+= 1
  }
}

/// Where each vector of a row lies in c.
@inline(__always) private func outputPlaces<let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>
) -> InlineArray<vectors, Int> {
  var places: InlineArray<vectors, Int> = placesOfVectors(args)
  let pitch = args.pointee.c_pitch
  if pitch != 0 {
    var v = 1
    while v < vectors {
      places[unchecked: v] = places[unchecked: v] / lanes &* pitch
      v &+= 1
    }
  }
  return places
}

/// values += what stands at the output's offsets from `base`.
@inline(__always) private func add<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ base: Floats,
  _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let places: InlineArray<vectors, Int> = outputPlaces(args)
  var row = 0
  while row < rows {
    let from = base + args.pointee.c_rows[row]
    var v = 0
    while v < vectors {
      values[unchecked: row][unchecked: v] += load(from + places[unchecked: v])
      v &+= 1
    }
    row &+= 1
  }
}

/// Two loops: one that chose in every row was not unrolled, which kept all sums on the stack, also of tiles without a bias.
@inline(__always) private func addBias<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ bias: Floats,
  _ values: inout InlineArray<rows, InlineArray<vectors, Vector>>
) {
  let last = args.pointee.m &- 1
  let places: InlineArray<vectors, Int> = placesOfVectors(args)
  var row = 0
  if args.pointee.bias_by_row != 0 {
    while row < rows {
      let rowBias = Vector(repeating: bias[min(row, last)])
      var v = 0
      while v < vectors {
        values[unchecked: row][unchecked: v] += rowBias
        v &+= 1
      }
      row &+= 1
    }
    return
  }
  while row < rows {
    var v = 0
    while v < vectors {
      values[unchecked: row][unchecked: v] += load(bias + places[unchecked: v])
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

/// Fewer columns than lanes: rows go through the stack, so that the sums above never do.
@inline(__always) private func storeShort<let rows: Int, let vectors: Int>(
  _ args: UnsafePointer<atrous_tile_args>, _ sums: InlineArray<rows, InlineArray<vectors, Vector>>
) {
  withUnsafePointer(to: sums) { sums in
    let values = UnsafeRawPointer(sums).assumingMemoryBound(to: Float.self)
    var row = 0
    while row < args.pointee.m {
      storeShortRow(args, values + row &* vectors &* lanes, row)
      row &+= 1
    }
  }
}

// One function a register tile, so that every one has its own registers. Half of the rows or fewer go to a tile of half the
// height (winograd, 27 rows in tiles 6×4, 128→128 38×38 d3 525 → 490 µs; 21→21 64×64 d2 in NCHW 88 → 84, on a Zen 5 core), and 7
// or 8 of 12 to one of 8.
// The tiles of more than 15 registers exist only where there are 32.

@inline(never) func tile_6x2(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  if args.pointee.m <= 3 { return tile_3x2(args) }
  let sums: InlineArray<6, InlineArray<2, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_3x2(_ args: UnsafePointer<atrous_tile_args>) {
  let sums: InlineArray<3, InlineArray<2, Vector>> = accumulate(args)
  storeSums(args, sums)
}

#if !ATROUS_SEPARATE_MULTIPLY_ADD
  @inline(never) func tile_4x3(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    if args.pointee.m <= 2 { return tile_2x3(args) }
    let sums: InlineArray<4, InlineArray<3, Vector>> = accumulate(args)
    storeSums(args, sums)
  }

  @inline(never) func tile_2x3(_ args: UnsafePointer<atrous_tile_args>) {
    let sums: InlineArray<2, InlineArray<3, Vector>> = accumulate(args)
    storeSums(args, sums)
  }
#endif

@inline(never) func tile_12x1(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  if args.pointee.m <= 6 { return tile_6x1(args) }
  if args.pointee.m <= 8 { return tile_8x1(args) }
  let sums: InlineArray<12, InlineArray<1, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_8x1(_ args: UnsafePointer<atrous_tile_args>) {
  let sums: InlineArray<8, InlineArray<1, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_6x1(_ args: UnsafePointer<atrous_tile_args>) {
  let sums: InlineArray<6, InlineArray<1, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_1x4(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<1, InlineArray<4, Vector>> = accumulate(args)
  storeSums(args, sums)
}

#if ATROUS_LANES_16
  @inline(never) func tile_8x3(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    if args.pointee.m <= 4 { return tile_4x3(raw) }
    let sums: InlineArray<8, InlineArray<3, Vector>> = accumulate(args)
    storeSums(args, sums)
  }

  @inline(never) func tile_6x4(_ raw: UnsafeRawPointer?) {
    let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
    if args.pointee.m <= 3 { return tile_3x4(args) }
    let sums: InlineArray<6, InlineArray<4, Vector>> = accumulate(args)
    storeSums(args, sums)
  }

  @inline(never) func tile_3x4(_ args: UnsafePointer<atrous_tile_args>) {
    let sums: InlineArray<3, InlineArray<4, Vector>> = accumulate(args)
    storeSums(args, sums)
  }
#endif
