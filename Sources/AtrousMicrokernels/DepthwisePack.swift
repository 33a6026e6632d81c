// packed[row][before + j] = x[row][j], zeros on both sides; packed[pixel][j] = x[pixel][(first + j) / repeats]
//
// What depthwise kernels read, made dense. Register budget: one vector and the zeros.

import CAtrousMicrokernel

/// packed[row][before + j] = source[row][j], zeros on both sides.
@inline(never) func depthwiseRows(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_rows_args.self)
  let (columns, before, after) = (args.pointee.columns, args.pointee.before, args.pointee.after)
  let zero = Vector(repeating: args.pointee.zero)
  var source = args.pointee.source!
  var packed = args.pointee.packed!
  var row = 0
  while row < args.pointee.rows {
    fill(packed, zero, before)
    copy(packed + before, source, columns)
    fill(packed + (before &+ columns), zero, after)
    source += args.pointee.source_pitch
    packed += args.pointee.packed_pitch
    row &+= 1
  }
}

@inline(__always) private func fill(_ to: MutableFloats, _ value: Vector, _ count: Int) {
  var i = 0
  while i < count {
    store(value, to + i)
    i &+= lanes
  }
}

/// destination[row][j] = source[row][(first + j) / repeats]
@inline(never) func depthwiseRepeat(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_repeat_args.self)
  let (first, repeats, columns) = (args.pointee.first, args.pointee.repeats, args.pointee.columns)
  var source = args.pointee.source!
  var destination = args.pointee.destination!
  var row = 0
  while row < args.pointee.rows {
    if repeats == 1 {
      copy(destination, source + first, columns)
    } else {
      var (from, copies) = first.quotientAndRemainder(dividingBy: repeats)
      var j = 0
      while j < columns {
        destination[j] = source[from]
        j &+= 1
        copies &+= 1
        if copies == repeats { (from, copies) = (from &+ 1, 0) }
      }
    }
    source += args.pointee.source_pitch
    destination += args.pointee.destination_pitch
    row &+= 1
  }
}

@inline(__always) private func copy(_ to: MutableFloats, _ from: Floats, _ count: Int) {
  var i = 0
  if count >= lanes {
    while i &+ lanes <= count {
      store(load(from + i), to + i)
      i &+= lanes
    }
    // The last vector overlaps the one before it.
    return store(load(from + (count &- lanes)), to + (count &- lanes))
  }
  while i < count {
    to[i] = from[i]
    i &+= 1
  }
}
