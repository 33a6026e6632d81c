// V[f] = 2 · Σ_p x[p] e^(−2πi·fp/N) of every tile, two vectors of channels at a time: z = x₁ + i·x₂ is transformed, then
// 2·X₁[f] = Z[f] + conj Z[−f] and 2·X₂[f] = (Z[f] − conj Z[−f]) / i. Of the real inputs' spectrum only half is kept, the
// other half is its conjugate. Dead pixels are zeros, never reads. Register budget: two complex numbers and their sums.

import CAtrousMicrokernel

@inline(never) func fourierInput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_fourier_input_args.self)
  var t = 0
  while t < args.pointee.tile_count {
    var channel = 0
    while channel < args.pointee.depth {
      fourierInputBlock(
        args, args.pointee.tiles + t, channel, args.pointee.v + (t &* args.pointee.tile_stride &+ channel))
      channel &+= 2 &* lanes
    }
    t &+= 1
  }
}

@inline(__always) private func fourierInputBlock(
  _ args: UnsafePointer<atrous_fourier_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ channel: Int,
  _ v: MutableFloats
) {
  let grid = args.pointee.grid!
  let pixel = 2 &* lanes
  let row = grid.pointee.columns &* pixel
  let rowBegin = Int(tile.pointee.row_begin)
  let rowEnd = Int(tile.pointee.row_end)
  let scratch = args.pointee.scratch!
  loadPatch(args, tile, channel)
  fourierForward(
    scratch + rowBegin &* row, grid.pointee.columns, pixel, rowEnd &- rowBegin, row, grid.pointee.column_twiddles)
  fourierForward(scratch, grid.pointee.rows, row, grid.pointee.columns, pixel, grid.pointee.row_twiddles)
  storeSpectra(args, v)
}

/// The patch into the scratch, zeros where it is not alive and in the lanes past the last channel.
@inline(__always) private func loadPatch(
  _ args: UnsafePointer<atrous_fourier_input_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ channel: Int
) {
  let grid = args.pointee.grid!
  let count = args.pointee.channels &- channel
  let x = args.pointee.x + (tile.pointee.x &+ channel)
  var to = args.pointee.scratch!
  var row = 0
  while row < grid.pointee.rows {
    let isLive = row >= Int(tile.pointee.row_begin) && row < Int(tile.pointee.row_end)
    var column = 0
    while column < grid.pointee.columns {
      if isLive && column >= Int(tile.pointee.column_begin) && column < Int(tile.pointee.column_end) {
        let from = x + (row &* args.pointee.row_stride &+ column &* args.pointee.column_stride)
        store(loadUpTo(count, from), to)
        store(loadUpTo(count &- lanes, from + lanes), to + lanes)
      } else {
        store(.zero, to)
        store(.zero, to + lanes)
      }
      to += 2 &* lanes
      column &+= 1
    }
    row &+= 1
  }
}

/// A vector of which `count` lanes exist.
@inline(__always) private func loadUpTo(_ count: Int, _ pointer: Floats) -> Vector {
  if count >= lanes { return load(pointer) }
  var vector = Vector.zero
  var lane = 0
  while lane < count {
    vector[lane] = pointer[lane]
    lane &+= 1
  }
  return vector
}

@inline(__always) private func storeSpectra(_ args: UnsafePointer<atrous_fourier_input_args>, _ v: MutableFloats) {
  let grid = args.pointee.grid!
  let scratch = Floats(args.pointee.scratch!)
  let plane = args.pointee.plane_stride
  var places = grid.pointee.places!
  var to = v
  var frequency = 0
  while frequency < grid.pointee.frequencies {
    let z = scratch + Int(places[0]) &* (2 &* lanes)
    let mirrored = scratch + Int(places[1]) &* (2 &* lanes)
    let (real, imaginary) = (load(z), load(z + lanes))
    let (mirroredReal, mirroredImaginary) = (load(mirrored), load(mirrored + lanes))
    store(real + mirroredReal, to)
    store(imaginary + mirroredImaginary, to + lanes)
    if places[0] != places[1] {
      let first = imaginary - mirroredImaginary
      let second = mirroredReal - real
      store(first, to + plane)
      store(second, to + (plane &+ lanes))
      store(-first, to + 2 &* plane)
      store(-second, to + (2 &* plane &+ lanes))
    }
    places += 2
    to += args.pointee.frequency_stride
    frequency &+= 1
  }
}
