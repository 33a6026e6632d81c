// U = G w Gᵀ in Float64, rounded once to Float, 8 filters at a time. G is in WinogradPass.swift and ShortPhase.swift.
// Register budget: one sum and one weight, 8 Float64 each; it runs once a plan.

import CAtrousMicrokernel

/// Row `point` of the axis's G times the taps `from`, `from + step`, …; three for a short phase.
@inline(__always) private func evaluate(
  _ algorithm: Int, _ point: Int, _ taps: inout InlineArray<49, Vector64>, _ from: Int, _ step: Int, _ count: Int
) -> Vector64 {
  if algorithm < ATROUS_AXIS_1_OF_2 { return winogradWeights(point, &taps, from, step, count) }
  let (a, b, c) = (taps[unchecked: from], taps[unchecked: from &+ step], taps[unchecked: from &+ 2 &* step])
  switch algorithm {
  case ATROUS_AXIS_1_OF_2, ATROUS_AXIS_2_OF_2: return shortWeightsOf2(point, a, b, c)
  case ATROUS_AXIS_2_OF_3, ATROUS_AXIS_3_OF_3: return shortWeightsOf3(point, a, b, c)
  default: return shortWeightsIn4(point, a, b, c)
  }
}

/// Row `point` of Winograd's G times the taps `from`, `from + step`, … A row's sum is Horner's.
@inline(__always) func winogradWeights(
  _ point: Int, _ taps: inout InlineArray<49, Vector64>, _ from: Int, _ step: Int, _ count: Int
) -> Vector64 {
  if point == 0 { return taps[unchecked: from] }
  var tap = count &- 1
  var sum = taps[unchecked: from &+ tap &* step]
  if point == 1 { return sum }
  let a: Double
  let scale: Double
  switch point {
  case 2, 3: (a, scale) = (1, -2.0 / 9)
  case 4, 5: (a, scale) = (2, 1.0 / 90)
  case 6, 7: (a, scale) = (0.5, 32.0 / 45)
  default: (a, scale) = (0.75, 32768.0 / 17325)
  }
  let signed = point & 1 == 0 ? a : -a
  while tap > 0 {
    tap &-= 1
    sum = taps[unchecked: from &+ tap &* step] + sum * signed
  }
  return sum * scale
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
  let rows = args.pointee.row_taps
  let columns = args.pointee.column_taps
  var taps = InlineArray<49, Vector64>(repeating: .zero)
  var lane = 0
  while lane < min(count, args.pointee.filters &- filter) {
    let w = args.pointee.w + ((filter &+ lane) &* args.pointee.filter_stride &+ channel &* rows &* columns)
    var tap = 0
    while tap < rows &* columns {
      taps[unchecked: tap][lane] = Double(w[tap])
      tap &+= 1
    }
    lane &+= 1
  }
  var line = InlineArray<49, Vector64>(repeating: .zero)
  var i = 0
  while i < args.pointee.xi_rows {
    var column = 0
    while column < columns {
      line[unchecked: column] = evaluate(args.pointee.row_algorithm, i, &taps, column, columns, rows)
      column &+= 1
    }
    var j = 0
    while j < args.pointee.xi_columns {
      let values = evaluate(args.pointee.column_algorithm, j, &line, 0, 1, columns)
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
