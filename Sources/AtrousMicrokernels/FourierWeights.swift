// U[u][v] = Σ_r Σ_s w[r][s] e^(2πi·(ur/N + vs/N')) / (2·N·N') in Float64, rounded once to Float, 8 filters at a time: the
// conjugate spectrum, as a convolution of networks is a correlation; the 2 undoes the input transform's. Columns first,
// then rows.
// Register budget: a real and an imaginary sum, one weight and one root; it runs once a plan.

import CAtrousMicrokernel

@inline(never) func fourierWeights(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_fourier_weights_args.self)
  let nr = args.pointee.nr
  let padded = (args.pointee.filters &+ nr &- 1) / nr &* nr
  var filter = 0
  while filter < padded {
    let count = min(8, nr &- filter % nr)
    let existing = min(count, args.pointee.filters &- filter)
    var channel = 0
    while channel < args.pointee.channels {
      if existing > 0 {
        transformColumns(args, filter, existing, channel)
        let to = filter / nr &* args.pointee.panel_stride &+ channel &* nr &+ filter % nr
        transformRows(args, args.pointee.u + to, count)
      }
      channel &+= 1
    }
    filter &+= count
  }
}

@inline(__always) private func load64(_ pointer: UnsafePointer<Double>) -> Vector64 {
  UnsafeRawPointer(pointer).loadUnaligned(as: Vector64.self)
}

@inline(__always) private func store64(_ value: Vector64, _ pointer: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector64.self)
}

/// scratch[r][v] = Σ_s w[r][s] e^(2πi·vs/N'), real and imaginary vector.
@inline(__always) private func transformColumns(
  _ args: UnsafePointer<atrous_fourier_weights_args>, _ filter: Int, _ count: Int, _ channel: Int
) {
  let columns = args.pointee.grid.pointee.columns
  let taps = args.pointee.column_taps
  let roots = args.pointee.column_roots!
  var to = args.pointee.scratch!
  var r = 0
  while r < args.pointee.row_taps {
    let w =
      args.pointee.w
      + (filter &* args.pointee.filter_stride &+ (channel &* args.pointee.row_taps &+ r) &* taps)
    var v = 0
    while v < columns {
      var real = Vector64.zero
      var imaginary = Vector64.zero
      var s = 0
      while s < taps {
        var weight = Vector64.zero
        var lane = 0
        while lane < count {
          weight[lane] = Double(w[lane &* args.pointee.filter_stride &+ s])
          lane &+= 1
        }
        let root = roots + 2 &* (v &* s % columns)
        real = multiplyAdd(real, weight, Vector64(repeating: root[0]))
        imaginary = multiplyAdd(imaginary, weight, Vector64(repeating: root[1]))
        s &+= 1
      }
      store64(real, to)
      store64(imaginary, to + 8)
      to += 16
      v &+= 1
    }
    r &+= 1
  }
}

@inline(__always) private func transformRows(
  _ args: UnsafePointer<atrous_fourier_weights_args>, _ u: MutableFloats, _ count: Int
) {
  let grid = args.pointee.grid!
  let scale = Vector64(repeating: 0.5 / Double(grid.pointee.rows &* grid.pointee.columns))
  let roots = args.pointee.row_roots!
  var waves = args.pointee.waves!
  var to = u
  var frequency = 0
  while frequency < grid.pointee.frequencies {
    var real = Vector64.zero
    var imaginary = Vector64.zero
    var r = 0
    while r < args.pointee.row_taps {
      let from = UnsafePointer(args.pointee.scratch!) + (r &* grid.pointee.columns &+ Int(waves[1])) &* 16
      let root = roots + 2 &* (Int(waves[0]) &* r % grid.pointee.rows)
      let (rootReal, rootImaginary) = (Vector64(repeating: root[0]), Vector64(repeating: root[1]))
      let (lineReal, lineImaginary) = (load64(from), load64(from + 8))
      real = multiplyAdd(multiplyAdd(real, lineReal, rootReal), -lineImaginary, rootImaginary)
      imaginary = multiplyAdd(multiplyAdd(imaginary, lineReal, rootImaginary), lineImaginary, rootReal)
      r &+= 1
    }
    let (scaledReal, scaledImaginary) = (real * scale, imaginary * scale)
    var lane = 0
    while lane < count {
      to[lane] = Float(scaledReal[lane])
      to[args.pointee.imaginary &+ lane] = Float(scaledImaginary[lane])
      lane &+= 1
    }
    waves += 2
    to += args.pointee.frequency_stride
    frequency &+= 1
  }
}
