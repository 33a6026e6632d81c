// y = epilogue( Σ_f M[f] e^(2πi·fp/N) ) of every tile, two vectors of filters at a time: Z = Y₁ + i·Y₂ at a frequency,
// conj Y₁ + i·conj Y₂ at its mirror image; transformed back, the real part is y₁, the imaginary y₂. The division by N
// lies in the weights. Register budget: two complex numbers and their sums.

import CAtrousMicrokernel

@inline(never) func fourierOutput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_fourier_output_args.self)
  let output = args.pointee.output!
  let nr = output.pointee.nr
  var t = 0
  while t < output.pointee.tile_count {
    var filter = 0
    while filter < output.pointee.filters {
      let panel = filter / nr &* output.pointee.panel_stride
      let m = output.pointee.m + (panel &+ t &* nr &+ filter % nr)
      fourierOutputBlock(args, output.pointee.tiles + t, filter, m)
      filter &+= 2 &* lanes
    }
    t &+= 1
  }
}

@inline(__always) private func fourierOutputBlock(
  _ args: UnsafePointer<atrous_fourier_output_args>, _ tile: UnsafePointer<atrous_winograd_tile>, _ filter: Int,
  _ m: Floats
) {
  let grid = args.pointee.grid!
  let output = args.pointee.output!
  let pixel = 2 &* lanes
  let row = grid.pointee.columns &* pixel
  let scratch = output.pointee.scratch!
  loadSpectra(args, m)
  fourierBackward(scratch, grid.pointee.rows, row, grid.pointee.columns, pixel, grid.pointee.row_twiddles)
  fourierBackward(
    scratch, grid.pointee.columns, pixel, Int(tile.pointee.rows), row, grid.pointee.column_twiddles)
  var p = 0
  while p < Int(tile.pointee.rows) {
    finishRow(
      output, Int(tile.pointee.columns), filter, min(pixel, output.pointee.filters &- filter),
      Floats(scratch + p &* row), pixel, tile.pointee.y &+ filter &+ p &* output.pointee.row_stride)
    p &+= 1
  }
}

@inline(__always) private func loadSpectra(_ args: UnsafePointer<atrous_fourier_output_args>, _ m: Floats) {
  let grid = args.pointee.grid!
  let output = args.pointee.output!
  let plane = output.pointee.xi_stride
  let scratch = output.pointee.scratch!
  var places = grid.pointee.places!
  var from = m
  var frequency = 0
  while frequency < grid.pointee.frequencies {
    let z = scratch + Int(places[0]) &* (2 &* lanes)
    let (first, second) = (load(from), load(from + lanes))
    if places[0] == places[1] {
      store(first, z)
      store(second, z + lanes)
    } else {
      let mirrored = scratch + Int(places[1]) &* (2 &* lanes)
      let (firstImaginary, secondImaginary) = (load(from + plane), load(from + (plane &+ lanes)))
      store(first - secondImaginary, z)
      store(second + firstImaginary, z + lanes)
      store(first + secondImaginary, mirrored)
      store(second - firstImaginary, mirrored + lanes)
    }
    places += 2
    from += output.pointee.xi_row_stride
    frequency &+= 1
  }
}
