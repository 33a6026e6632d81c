// destination[row][c] = source[offsets[row]][c]
//
// A row is whole vectors from the left and one that ends at its last channel, so that nothing behind it is touched.
// Register budget: 4 vectors in flight.

import CAtrousMicrokernel

@inline(never) func gatherRows(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_gather_rows_args.self)
  var to = args.pointee.destination!
  var row = 0
  while row < args.pointee.rows {
    copyChannels(args.pointee.source + args.pointee.offsets[row], to, args.pointee.channels)
    to += args.pointee.destination_pitch
    row &+= 1
  }
}

@inline(__always) private func copyChannels(_ from: Floats, _ to: MutableFloats, _ channels: Int) {
  var c = 0
  while c &+ 4 &* lanes <= channels {
    let (first, second) = (load(from + c), load(from + (c &+ lanes)))
    let (third, fourth) = (load(from + (c &+ 2 &* lanes)), load(from + (c &+ 3 &* lanes)))
    store(first, to + c)
    store(second, to + (c &+ lanes))
    store(third, to + (c &+ 2 &* lanes))
    store(fourth, to + (c &+ 3 &* lanes))
    c &+= 4 &* lanes
  }
  while c &+ lanes <= channels {
    store(load(from + c), to + c)
    c &+= lanes
  }
  if c == channels { return }
  if channels >= lanes { return store(load(from + (channels &- lanes)), to + (channels &- lanes)) }
  while c < channels {
    to[c] = from[c]
    c &+= 1
  }
}
