import Atrous

// y[n,k,p,q] = epilogue( Σ_c Σ_r Σ_s x[n, c, p·sh + r·dh − top, q·sw + s·dw − left] · w[k,c,r,s] ), a block of output
// rows at a time. Padded taps are skipped.

/// Plain loops over NCHW.
struct PlainRowsVariant: KernelVariant {
  struct Values: Tunables {
    var rows = 4
    static var parameters: [Parameter<Values>] {
      [Parameter("rows", \.rows, 1...4096, "output rows a part; fewer spread better over threads")]
    }
  }

  let id: VariantID = "plain-rows"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if problem.type != .f32 || problem.direction != .forward { return Rejection(.unsupported, "takes f32 forward") }
    if problem.depth != .absent { return Rejection(.unsupported, "takes one and two dimensions, not three") }
    let isPlain = problem.inputLayout == .nchw && problem.outputLayout == .nchw
    return isPlain ? nil : Rejection(.unsupported, "takes nchw in and out")
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    let most = problem.height.output
    return values.rows <= most
      ? nil : Rejection(.configuration, "rows\(values.rows) is out of range, 1…\(most) for this output")
  }

  func initial(for problem: Problem, on target: Target) -> Values { Values(rows: min(4, problem.height.output)) }

  func space(for problem: Problem, on target: Target) -> [Values] {
    let initial = initial(for: problem, on: target)
    let others = [1, 2, 8, 16].filter { $0 <= problem.height.output }.map(Values.init)
    return [initial] + others.filter { $0 != initial }
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    // About two operations a nanosecond: no vectors.
    Cost(
      flops: Double(problem.usefulFLOPs), memoryBytes: Double(problem.minimumBytes),
      packedWeightsBytes: 4 * problem.weightElements, seconds: Double(problem.usefulFLOPs) / 2e9)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    var biases: [Float] = []
    if let bias { biases = Self.floats(bias) }
    return Body(problem, rows: values.rows, weights: Self.floats(weights), bias: biases)
  }

  private static func floats(_ span: RawSpan) -> [Float] {
    span.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private struct Body: PlanBody {
    let problem: Problem
    let rows: Int
    let weights: [Float]
    let bias: [Float]
    let blocks: Int
    let stages: [Int]
    let sharedBytes = 0
    let workerBytes = 0
    var packedWeightsBytes: Int { 4 * (weights.count + bias.count) }

    init(_ problem: Problem, rows: Int, weights: [Float], bias: [Float]) {
      (self.problem, self.rows, self.weights, self.bias) = (problem, rows, weights, bias)
      blocks = (problem.height.output + rows - 1) / rows
      stages = [problem.batch * problem.filters * blocks]
    }

    /// A part is a block of rows of one output channel of one image: nobody else writes there.
    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let (plane, block) = part.quotientAndRemainder(dividingBy: blocks)
      let (image, filter) = plane.quotientAndRemainder(dividingBy: problem.filters)
      let input = tensors.input.assumingMemoryBound(to: Float.self)
      let residual = tensors.residual?.assumingMemoryBound(to: Float.self)
      let output = tensors.output.assumingMemoryBound(to: Float.self)
      for row in block * rows..<min((block + 1) * rows, problem.height.output) {
        for column in 0..<problem.width.output {
          let place = (plane * problem.height.output + row) * problem.width.output + column
          var sum = sum(input, image: image, filter: filter, row: row, column: column)
          if problem.epilogue.bias { sum += bias[filter] }
          if let residual { sum += residual[place] }
          output[place] = activated(sum)
        }
      }
    }

    private func sum(_ input: UnsafePointer<Float>, image: Int, filter: Int, row: Int, column: Int) -> Float {
      let (height, width) = (problem.height, problem.width)
      let first = image * problem.channels + filter / problem.filtersPerGroup * problem.channelsPerGroup
      var sum: Float = 0
      for channel in 0..<problem.channelsPerGroup {
        for r in height.liveTaps(at: row) {
          let y = row * height.stride + r * height.dilation - height.before
          for s in width.liveTaps(at: column) {
            let x = column * width.stride + s * width.dilation - width.before
            let weight = ((filter * problem.channelsPerGroup + channel) * height.kernel + r) * width.kernel + s
            sum += input[((first + channel) * height.input + y) * width.input + x] * weights[weight]
          }
        }
      }
      return sum
    }

    private func activated(_ value: Float) -> Float {
      switch problem.epilogue.activation {
      case .none: value
      case .relu: max(value, 0)
      case .relu6: min(max(value, 0), 6)
      case .leaky(let slope): value >= 0 ? value : slope * value
      case .clamp(let low, let high): min(max(value, low), high)
      }
    }
  }
}
