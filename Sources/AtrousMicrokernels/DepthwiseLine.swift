// y[i][j] = epilogue( bias + Σ_t x[i][j + t] · w[t] ), 2 to 5 taps that all meet the input, a vector each.
//
// The taps stay in registers along long rows, so that nothing but the tensors is read: a load an FMA, a store a sum.
// Register budget: 5 weights, the bias and a sum; the inputs are memory operands of the FMAs.

import CAtrousMicrokernel

private typealias Arguments = UnsafePointer<atrous_depthwise_plane_args>

@inline(never) func depthwiseLine(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_depthwise_plane_args.self)
  if let epilogue = args.pointee.epilogue, isClamp(epilogue) {
    switch args.pointee.tap_count {
    case 2: return clampedTwo(args)
    case 3: return clampedThree(args)
    case 4: return clampedFour(args)
    default: return clampedFive(args)
    }
  }
  switch args.pointee.tap_count {
  case 2: two(args)
  case 3: three(args)
  case 4: four(args)
  default: five(args)
  }
  finishPlane(args)
}

// A function each: the optimiser stops inlining where one has many loops.
@inline(never) private func two(_ args: Arguments) { rows(args, weights(args) as InlineArray<2, Vector>, false) }
@inline(never) private func three(_ args: Arguments) { rows(args, weights(args) as InlineArray<3, Vector>, false) }
@inline(never) private func four(_ args: Arguments) { rows(args, weights(args) as InlineArray<4, Vector>, false) }
@inline(never) private func five(_ args: Arguments) { rows(args, weights(args) as InlineArray<5, Vector>, false) }
@inline(never) private func clampedTwo(_ args: Arguments) { rows(args, weights(args) as InlineArray<2, Vector>, true) }
@inline(never) private func clampedThree(_ args: Arguments) {
  rows(args, weights(args) as InlineArray<3, Vector>, true)
}
@inline(never) private func clampedFour(_ args: Arguments) { rows(args, weights(args) as InlineArray<4, Vector>, true) }
@inline(never) private func clampedFive(_ args: Arguments) { rows(args, weights(args) as InlineArray<5, Vector>, true) }

@inline(__always) private func weights<let taps: Int>(_ args: Arguments) -> InlineArray<taps, Vector> {
  var weights = InlineArray<taps, Vector>(repeating: Vector(repeating: 0))
  var t = 0
  while t < taps {
    weights[unchecked: t] = weight(args, args.pointee.w + args.pointee.taps[t].b)
    t &+= 1
  }
  return weights
}

@inline(__always) private func rows<let taps: Int>(
  _ args: Arguments, _ weights: InlineArray<taps, Vector>, _ clamps: Bool
) {
  let start = weight(args, args.pointee.bias)
  let (step, last) = (args.pointee.y_step, args.pointee.x_last)
  let low = Vector(repeating: clamps ? args.pointee.epilogue.pointee.low : 0)
  let high = Vector(repeating: clamps ? args.pointee.epilogue.pointee.high : 0)
  var row = 0
  while row < args.pointee.rows {
    let x = args.pointee.x + row &* args.pointee.x_row
    let y = args.pointee.y + row &* args.pointee.y_row
    // A pointer a tap and one index: eight instructions a sum, so that more loads are on their way.
    var taken = InlineArray<taps, Floats>(repeating: x)
    var t = 0
    while t < taps {
      taken[unchecked: t] += args.pointee.taps[t].a
      t &+= 1
    }
    // All but the last vector, then that one, which may overlap the one before it.
    var (j, end) = (0, last)
    while j <= last {
      while j < end {
        var sum = start
        t = 0
        while t < taps {
          sum = multiplyAdd(sum, load(taken[unchecked: t] + j), weights[unchecked: t])
          t &+= 1
        }
        store(clamps ? clamped(sum, low, high) : sum, y + j)
        j &+= step
      }
      (j, end) = (end, last &+ 1)
    }
    row &+= 1
  }
}
