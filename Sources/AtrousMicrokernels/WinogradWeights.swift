// U = G w Gᵀ in Float64, rounded once to Float, 8 filters at a time. G is in WinogradPass.swift and ShortPhase.swift.

import CAtrousMicrokernel

/// Row `point` of the axis's G times three taps.
@inline(__always) private func evaluate(
  _ algorithm: Int, _ point: Int, _ a: Vector64, _ b: Vector64, _ c: Vector64
) -> Vector64 {
  switch algorithm {
  case ATROUS_AXIS_1_OF_2, ATROUS_AXIS_2_OF_2: shortWeightsOf2(point, a, b, c)
  case ATROUS_AXIS_2_OF_3, ATROUS_AXIS_3_OF_3: shortWeightsOf3(point, a, b, c)
  default: winogradWeights(point, a, b, c)
  }
}

@inline(__always) private func winogradWeights(_ point: Int, _ a: Vector64, _ b: Vector64, _ c: Vector64) -> Vector64 {
  switch point {
  case 0: a
  case 1: c
  case 2: (a + b + c) * (-2.0 / 9)
  case 3: (a - b + c) * (-2.0 / 9)
  case 4: (a + b * 2 + c * 4) * (1.0 / 90)
  case 5: (a - b * 2 + c * 4) * (1.0 / 90)
  case 6: (a + b * 0.5 + c * 0.25) * (32.0 / 45)
  default: (a - b * 0.5 + c * 0.25) * (32.0 / 45)
  }
}

@inline(never) func winogradWeights(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_weights_args.self)
  let nr = args.pointee.nr
  let padded = (args.pointee.filters &+ nr &- 1) / nr &* nr
  var filter = 0
  while filter < padded {
    // Panels are whole vectors of at least 4 filters.
    let count = min(8, nr &- filter % nr)
    var c = 0
    while c < args.pointee.channels {
      let u = args.pointee.u! + (filter / nr &* args.pointee.panel_stride &+ c &* nr &+ filter % nr)
      winogradWeightsOf(args, filter, count, c, u)
      c &+= 1
    }
    filter &+= count
  }
}

@inline(__always) private func winogradWeightsOf(
  _ args: UnsafePointer<atrous_winograd_weights_args>, _ filter: Int, _ count: Int, _ channel: Int, _ u: MutableFloats
) {
  var taps = InlineArray<9, Vector64>(repeating: .zero)
  var lane = 0
  while lane < min(count, args.pointee.filters &- filter) {
    let w = args.pointee.w + ((filter &+ lane) &* args.pointee.filter_stride &+ channel &* 9)
    var tap = 0
    while tap < 9 {
      taps[unchecked: tap][lane] = Double(w[tap])
      tap &+= 1
    }
    lane &+= 1
  }
  var i = 0
  while i < args.pointee.xi_rows {
    let a = evaluate(args.pointee.row_algorithm, i, taps[unchecked: 0], taps[unchecked: 3], taps[unchecked: 6])
    let b = evaluate(args.pointee.row_algorithm, i, taps[unchecked: 1], taps[unchecked: 4], taps[unchecked: 7])
    let c = evaluate(args.pointee.row_algorithm, i, taps[unchecked: 2], taps[unchecked: 5], taps[unchecked: 8])
    var j = 0
    while j < args.pointee.xi_columns {
      let values = evaluate(args.pointee.column_algorithm, j, a, b, c)
      let to = u + (i &* args.pointee.xi_columns &+ j) &* args.pointee.xi_stride
      lane = 0
      while lane < count {
        to[lane] = Float(values[lane])
        lane &+= 1
      }
      j &+= 1
    }
    i &+= 1
  }
}
