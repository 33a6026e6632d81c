import AtrousCore
import AtrousKernels

/// The reference of a problem too large to compute whole: single outputs by plain loops, and for every position the sums
/// of 64 output channels with random signs, computed as a convolution with the summed weights.
struct ReferenceSample: Sendable {
  static let filtersPerSum = 64

  private let points: [SamplePoints.Point]
  private let pointSums: [Double]
  private let signs: [Double]
  /// Blocks of a group, one after the other, then the next group; [image][block][position].
  private let blocks: [Range<Int>]
  private let blockSums: [Double]

  var byteCount: Int { 8 * (pointSums.count + blockSums.count + signs.count) }

  init(_ data: ProblemData, isa: InstructionSet) throws(PlanError) {
    let problem = data.problem
    let points = SamplePoints(problem, seed: data.generator.seed).points
    self.points = points
    pointSums = points.map { directSum(data, image: $0.image, filter: $0.filter, position: $0.position) }
    var draw = SplitMix64(seed: data.generator.seed)
    signs = (0..<problem.filters).map { _ in draw.below(2) == 0 ? 1 : -1 }
    let perGroup = problem.filtersPerGroup
    blocks = (0..<problem.groups).flatMap { group in
      stride(from: 0, to: perGroup, by: Self.filtersPerSum).map { first in
        group * perGroup + first..<group * perGroup + min(first + Self.filtersPerSum, perGroup)
      }
    }
    blockSums = try Self.blockSums(data, blocks, signs, isa)
  }

  /// Summed weights need more digits than f32 has: their leading and trailing parts are two filters.
  private static func blockSums(
    _ data: ProblemData, _ blocks: [Range<Int>], _ signs: [Double], _ isa: InstructionSet
  ) throws(PlanError) -> [Double] {
    let problem = data.problem
    let size = problem.channelsPerGroup * problem.taps
    let weights = UnsafePointer(data.weights.floats)
    var parts = [Float](repeating: 0, count: 2 * blocks.count * size)
    for (index, block) in blocks.enumerated() {
      for element in 0..<size {
        var sum = 0.0
        for filter in block { sum += signs[filter] * Double(weights[filter * size + element]) }
        let leading = Float(sum)
        parts[2 * index * size + element] = leading
        parts[(2 * index + 1) * size + element] = Float(sum - Double(leading))
      }
    }
    guard let summed = problem.summed(filters: 2 * blocks.count) else { throw .outOfMemory(bytes: parts.count * 4) }
    let sums = try Reference.compute(summed, input: data.input.floats, weights: parts.span.bytes, isa: isa)
    let positions = problem.outputPositions
    return (0..<problem.batch * blocks.count).flatMap { row in
      (0..<positions).map { sums[2 * row * positions + $0] + sums[(2 * row + 1) * positions + $0] }
    }
  }

  func compare(
    _ output: UnsafePointer<Float>, _ problem: Problem, _ epilogue: Epilogue64, bound: Double
  ) -> Compared {
    let order = ActivationOrder.output(of: problem)
    var comparison = Comparison()
    for (point, sum) in zip(points, pointSums) {
      let offset = order.offset(image: point.image, channel: point.filter, position: point.position)
      let before = epilogue.beforeActivation(sum, filter: point.filter, offset: offset)
      comparison.add(
        output[offset], epilogue.activate(before), beforeActivation: before, image: point.image, filter: point.filter,
        position: point.position)
    }
    let failure = comparison.failure(over: bound, problem)
    guard failure == nil, problem.epilogue.activation == .none else {
      return Compared(error: comparison.error, failure: failure)
    }
    let sums = compareSums(output, problem, order, epilogue, bound)
    return Compared(error: max(comparison.error, sums.error), failure: sums.failure)
  }

  private func compareSums(
    _ output: UnsafePointer<Float>, _ problem: Problem, _ order: ActivationOrder, _ epilogue: Epilogue64,
    _ bound: Double
  ) -> Compared {
    var (scale, difference, worst) = (0.0, 0.0, (row: 0, position: 0, got: 0.0, expected: 0.0))
    for row in 0..<order.batch * blocks.count {
      let (image, index) = row.quotientAndRemainder(dividingBy: blocks.count)
      for position in 0..<order.positions {
        var expected = blockSums[row * order.positions + position]
        var got = 0.0
        for filter in blocks[index] {
          let offset = order.offset(image: image, channel: filter, position: position)
          got += signs[filter] * Double(output[offset])
          expected += signs[filter] * epilogue.beforeActivation(0, filter: filter, offset: offset)
        }
        scale = max(scale, expected.magnitude)
        if (got - expected).magnitude > difference {
          difference = (got - expected).magnitude
          worst = (row, position, got, expected)
        }
      }
    }
    let error = difference == 0 ? 0 : difference / scale
    guard error > bound else { return Compared(error: error, failure: nil) }
    let (image, index) = worst.row.quotientAndRemainder(dividingBy: blocks.count)
    let at = OutputIndex(image: image, filter: blocks[index].lowerBound, position: worst.position, of: problem)
    return Compared(
      error: error,
      failure: .sum(
        at: at, got: worst.got, expected: worst.expected, error: error, bound: bound, epilogue: problem.epilogue))
  }
}

/// One raw sum by plain loops.
func directSum(_ data: ProblemData, image: Int, filter: Int, position: Int) -> Double {
  let problem = data.problem
  let at = OutputIndex(image: image, filter: filter, position: position, of: problem)
  let order = ActivationOrder.input(of: problem)
  let first = filter / problem.filtersPerGroup * problem.channelsPerGroup
  let (z, h, w) = (problem.depth, problem.height, problem.width)
  var sum = 0.0
  for t in z.liveTaps(at: at.depth) {
    for r in h.liveTaps(at: at.row) {
      for s in w.liveTaps(at: at.column) {
        let plane = (z.inputPosition(at.depth, tap: t) * h.input + h.inputPosition(at.row, tap: r)) * w.input
        let place = plane + w.inputPosition(at.column, tap: s)
        let tap = (t * h.kernel + r) * w.kernel + s
        for channel in 0..<problem.channelsPerGroup {
          let x = data.input.floats[order.offset(image: image, channel: first + channel, position: place)]
          let weight = data.weights.floats[(filter * problem.channelsPerGroup + channel) * problem.taps + tap]
          sum += Double(x) * Double(weight)
        }
      }
    }
  }
  return sum
}

extension Axis {
  /// Where a tap meets the input, before checking that it does.
  func inputPosition(_ output: Int, tap: Int) -> Int { output * stride + tap * dilation - before }
}

extension Problem {
  /// The same convolution to `filters` output channels, NCHW, no epilogue.
  fileprivate func summed(filters: Int) -> Problem? {
    try? Problem(
      batch: batch, groups: groups, channels: channels, filters: filters, depth: depth, height: height, width: width,
      type: type, inputLayout: inputLayout, outputLayout: .nchw)
  }
}
