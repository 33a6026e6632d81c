// sum[lane] = Σ data[lane + lanes · i], over all passes
//
// Only the loads matter: one an addition, eight sums so that no addition waits for the one before. Register budget: the
// eight sums.

import CAtrousMicrokernel

@inline(never) func readFloats(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_read_args.self)
  let first = args.pointee.data!
  let end = first + args.pointee.floats
  var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
  var (e, f, g, h) = (Vector(), Vector(), Vector(), Vector())
  var pass = args.pointee.passes
  while pass > 0 {
    var from = first
    while from < end {
      a += load(from)
      b += load(from + lanes)
      c += load(from + 2 &* lanes)
      d += load(from + 3 &* lanes)
      e += load(from + 4 &* lanes)
      f += load(from + 5 &* lanes)
      g += load(from + 6 &* lanes)
      h += load(from + 7 &* lanes)
      from += 8 &* lanes
    }
    pass &-= 1
  }
  store(((a + b) + (c + d)) + ((e + f) + (g + h)), args.pointee.sum)
}
