import AtrousCore

/// The definition of a convolution as plain loops in Float64, before the activation, over tensors in logical order:
/// input N·C·Z·H·W, weights K·C/g·T·R·S, bias K, residual and output N·K·Z·P·Q.
public func naiveConvolution(
  _ problem: Problem, input: [Float], weights: [Float], bias: [Float]?, residual: [Float]?
) -> [Double] {
  let axes = [problem.depth, problem.height, problem.width]
  var output: [Double] = []
  output.reserveCapacity(problem.batch * problem.filters * problem.outputPositions)
  for n in 0..<problem.batch {
    for k in 0..<problem.filters {
      for z in 0..<axes[0].output {
        for p in 0..<axes[1].output {
          for q in 0..<axes[2].output {
            var sum = naiveSum(problem, input, weights, n, k, [z, p, q])
            if let bias { sum += Double(bias[k]) }
            if let residual { sum += Double(residual[output.count]) }
            output.append(sum)
          }
        }
      }
    }
  }
  return output
}

private func naiveSum(
  _ problem: Problem, _ input: [Float], _ weights: [Float], _ n: Int, _ k: Int, _ position: [Int]
) -> Double {
  let axes = [problem.depth, problem.height, problem.width]
  func source(_ axis: Int, _ tap: Int) -> Int? {
    let at = position[axis] * axes[axis].stride + tap * axes[axis].dilation - axes[axis].before
    return (0..<axes[axis].input).contains(at) ? at : nil
  }
  var sum = 0.0
  for c in 0..<problem.channelsPerGroup {
    let channel = k / problem.filtersPerGroup * problem.channelsPerGroup + c
    for t in 0..<axes[0].kernel {
      guard let z = source(0, t) else { continue }
      for r in 0..<axes[1].kernel {
        guard let h = source(1, r) else { continue }
        for s in 0..<axes[2].kernel {
          guard let w = source(2, s) else { continue }
          let x = ((n * problem.channels + channel) * axes[0].input + z) * axes[1].input + h
          let f = ((k * problem.channelsPerGroup + c) * axes[0].kernel + t) * axes[1].kernel + r
          sum += Double(input[x * axes[2].input + w]) * Double(weights[f * axes[2].kernel + s])
        }
      }
    }
  }
  return sum
}

func activate(_ value: Double, _ activation: Activation) -> Double {
  switch activation {
  case .none: value
  case .relu: max(value, 0)
  case .relu6: min(max(value, 0), 6)
  case .leaky(let slope): value < 0 ? value * Double(slope) : value
  case .clamp(let low, let high): min(max(value, Double(low)), Double(high))
  }
}
