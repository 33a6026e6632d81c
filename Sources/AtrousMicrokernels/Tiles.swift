// One function a register tile, so that every one has its own registers: see Tile.swift for the formula.
// The tiles of more than 15 registers exist only where there are 32.

import CAtrousMicrokernel

@inline(never) func tile_6x2(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<6, InlineArray<2, Vector>> = accumulate(args)
  storeSums(args, sums)
}

@inline(never) func tile_4x3(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_tile_args.self)
  let sums: InlineArray<4, InlineArray<3, Vector>> = accumulate(args)
  storeSums(args, sums)
}

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
