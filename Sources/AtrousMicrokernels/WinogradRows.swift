// V = Bᵀ x and y = epilogue( Aᵀ M ) along the height alone, channels first: a vector is neighbouring columns of a row, so that
// no lane is idle whatever the channels are. U = G w, taps along the width as they are.
// Register budget: see WinogradPass.swift.

import CAtrousMicrokernel

@inline(never) func winogradRowsInput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_rows_input_args.self)
  let columns = args.pointee.columns
  let v = args.pointee.v + args.pointee.before
  clearPadding(args)
  if columns >= lanes {
    let whole = columns / lanes &* lanes
    transformRows(args, args.pointee.x, v, lines: args.pointee.channels, width: whole)
    // The last vector overlaps the one before it.
    let last = columns &- lanes
    if whole < columns {
      transformRows(args, args.pointee.x + last, v + last, lines: args.pointee.channels, width: lanes)
    }
  } else if columns > 0 {
    narrowRows(args, v)
  }
}

/// Zeros before and behind the columns in whole vectors of V's rows, so that they reach into the columns, which come after.
@inline(__always) private func clearPadding(_ args: UnsafePointer<atrous_winograd_rows_input_args>) {
  let (channels, pitch, pointStride) = (args.pointee.channels, args.pointee.v_channel, args.pointee.v_xi)
  let before = args.pointee.before
  let behind = (before &+ args.pointee.columns) / lanes &* lanes
  let end = before &+ args.pointee.columns &+ args.pointee.after
  let points = args.pointee.algorithm
  var ofPoint = args.pointee.v!
  var point = 0
  while point < points {
    var row = ofPoint
    var c = 0
    while c < channels {
      var j = 0
      while j < before {
        store(.zero, row + j)
        j &+= lanes
      }
      j = behind
      while j < end {
        store(.zero, row + j)
        j &+= lanes
      }
      row += pitch
      c &+= 1
    }
    ofPoint += pointStride
    point &+= 1
  }
}

@inline(__always) private func transformRows(
  _ args: UnsafePointer<atrous_winograd_rows_input_args>, _ x: Floats, _ v: MutableFloats, lines: Int, width: Int
) {
  transformInput(
    Int32(truncatingIfNeeded: args.pointee.algorithm),
    WinogradPass(
      from: x, fromLine: args.pointee.x_channel, fromElement: args.pointee.x_row, to: v,
      toLine: args.pointee.v_channel, toElement: args.pointee.v_xi, lines: lines, width: width,
      begin: args.pointee.begin, end: args.pointee.end, last: 0))
}

/// Fewer columns than lanes: through copies that have room.
@inline(never) private func narrowRows(
  _ args: UnsafePointer<atrous_winograd_rows_input_args>, _ v: MutableFloats
) {
  let from = args.pointee.scratch!
  let to = from + 10 &* lanes
  var c = 0
  while c < args.pointee.channels {
    var pixel = args.pointee.begin
    while pixel < args.pointee.end {
      let x = args.pointee.x + (c &* args.pointee.x_channel &+ pixel &* args.pointee.x_row)
      store(.zero, from + pixel &* lanes)
      var j = 0
      while j < args.pointee.columns {
        from[pixel &* lanes &+ j] = x[j]
        j &+= 1
      }
      pixel &+= 1
    }
    transformInput(
      Int32(truncatingIfNeeded: args.pointee.algorithm),
      WinogradPass(
        from: Floats(from), fromLine: 0, fromElement: lanes, to: to, toLine: 0, toElement: lanes, lines: 1,
        width: lanes, begin: args.pointee.begin, end: args.pointee.end, last: 0))
    var point = 0
    while point < args.pointee.algorithm {
      let row = v + (point &* args.pointee.v_xi &+ c &* args.pointee.v_channel)
      var j = 0
      while j < args.pointee.columns {
        row[j] = to[point &* lanes &+ j]
        j &+= 1
      }
      point &+= 1
    }
    c &+= 1
  }
}

@inline(never) func winogradRowsOutput(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_rows_output_args.self)
  let (columns, outputs) = (args.pointee.columns, args.pointee.outputs)
  let algorithm = Int32(truncatingIfNeeded: args.pointee.algorithm)
  if args.pointee.epilogue == nil && columns >= lanes && args.pointee.rows == outputs {
    transformOutput(
      algorithm, outputs,
      WinogradPass(
        from: args.pointee.m, fromLine: args.pointee.m_filter, fromElement: args.pointee.m_xi, to: args.pointee.y,
        toLine: args.pointee.y_filter, toElement: args.pointee.y_row, lines: args.pointee.filters, width: columns,
        begin: 0, end: 0, last: columns &- lanes))
    return
  }
  let width = (columns &+ lanes &- 1) / lanes &* lanes
  var filter = 0
  while filter < args.pointee.filters {
    transformOutput(
      algorithm, outputs,
      WinogradPass(
        from: args.pointee.m + filter &* args.pointee.m_filter, fromLine: 0, fromElement: args.pointee.m_xi,
        to: args.pointee.scratch, toLine: 0, toElement: args.pointee.m_filter, lines: 1, width: width, begin: 0, end: 0,
        last: width &- lanes))
    var row = 0
    while row < args.pointee.rows {
      finishColumns(
        args, args.pointee.scratch + row &* args.pointee.m_filter, filter,
        filter &* args.pointee.y_filter &+ row &* args.pointee.y_row)
      row &+= 1
    }
    filter &+= 1
  }
}

/// The epilogue of one row of one filter. No activation is a clamp to everything.
@inline(__always) private func finishColumns(
  _ args: UnsafePointer<atrous_winograd_rows_output_args>, _ sums: Floats, _ filter: Int, _ offset: Int
) {
  let columns = args.pointee.columns
  let y = args.pointee.y + offset
  let epilogue = args.pointee.epilogue
  if columns < lanes {
    var j = 0
    while j < columns {
      y[j] = finished(sums[j], epilogue, bias: filter, residual: offset &+ j)
      j &+= 1
    }
    return
  }
  let bias = Vector(repeating: epilogue?.pointee.bias.map { $0[filter] } ?? 0)
  let residual = epilogue?.pointee.residual.map { $0 + offset }
  let kind = epilogue.map { Int($0.pointee.activation) } ?? ATROUS_ACTIVATION_NONE
  let isLeaky = kind == ATROUS_ACTIVATION_LEAKY
  let isClamp = kind == ATROUS_ACTIVATION_CLAMP
  let low = Vector(repeating: isClamp ? epilogue!.pointee.low : -.infinity)
  let high = Vector(repeating: isClamp ? epilogue!.pointee.high : .infinity)
  let slope = Vector(repeating: isLeaky ? epilogue!.pointee.slope : 1)
  var column = 0
  while column < columns {
    let at = min(column, columns &- lanes)
    var value = load(sums + at) + bias
    if let residual { value += load(residual + at) }
    store(isLeaky ? leaked(value, slope) : clamped(value, low, high), y + at)
    column &+= lanes
  }
}

/// It runs once a plan: one weight at a time.
@inline(never) func winogradRowsWeights(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_winograd_rows_weights_args.self)
  let (rows, columns, channels) = (args.pointee.row_taps, args.pointee.column_taps, args.pointee.channels)
  let filters = args.pointee.filters
  var taps = InlineArray<49, Vector64>(repeating: .zero)
  var index = 0
  while index < filters &* channels {
    let (filter, c) = (index / channels, index % channels)
    var s = 0
    while s < columns {
      var r = 0
      while r < rows {
        taps[unchecked: r][0] = Double(args.pointee.w[(index &* rows &+ r) &* columns &+ s])
        r &+= 1
      }
      var point = 0
      while point < args.pointee.points {
        let value = winogradWeights(point, &taps, 0, 1, rows)
        args.pointee.u[((point &* filters &+ filter) &* columns &+ s) &* channels &+ c] = Float(value[0])
        point &+= 1
      }
      s &+= 1
    }
    index &+= 1
  }
}
