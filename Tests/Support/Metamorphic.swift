import AtrousCore
import AtrousKernels

/// How a candidate's results on one problem follow from its results on others, without a reference.
extension Property {
  public static let metamorphic: [Property] = [scaling, inputSums, weightSums, shift, phases, zeroInflation]

  /// Powers of two pass through every sum and product unrounded.
  static let scaling = Property("scaling by powers of two") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    var tensors = ProblemTensors(trial.problem, seed: trial.seed)
    let once = try trial.output(tensors)
    tensors.input = tensors.input.map { 8 * $0 }
    tensors.weights = tensors.weights.map { 0.25 * $0 }
    let scaled = try trial.output(tensors)
    return zip(once, scaled).allSatisfy { 2 * $0 == $1 } ? nil : "twice the product, but not twice the output"
  }

  static let inputSums = Property("linearity in the input") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    var tensors = ProblemTensors(trial.problem, seed: trial.seed)
    let parts = tensors.input.map { ($0 * 1024).rounded() / 1024 }
    let others = tensors.input.reversed().map { ($0 * 1024).rounded() / 1024 }
    return try trial.sumFault([parts, others, zip(parts, others).map { $0 + $1 }]) {
      tensors.input = $0; return tensors
    }
  }

  static let weightSums = Property("linearity in the weights") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    var tensors = ProblemTensors(trial.problem, seed: trial.seed)
    let parts = tensors.weights.map { ($0 * 1024).rounded() / 1024 }
    let others = tensors.weights.reversed().map { ($0 * 1024).rounded() / 1024 }
    return try trial.sumFault([parts, others, zip(parts, others).map { $0 + $1 }]) {
      tensors.weights = $0
      return tensors
    }
  }

  /// The input moved by whole strides into a larger one of zeros moves the output by as many positions.
  static let shift = Property("shift") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    let problem = trial.problem
    var draft = ProblemDraft(problem)
    let moves = [problem.depth, problem.height, problem.width].enumerated().map { place, axis in
      axis == .absent ? 0 : 1 + Int(trial.seed >> UInt64(4 * place)) % 5
    }
    for place in 0..<3 { draft.axes[place].input += moves[place] * draft.axes[place].stride }
    guard let larger = draft.problem, let moved = trial.on(larger) else { return nil }
    let tensors = ProblemTensors(problem, seed: trial.seed)
    let (from, to) = (Grid(inputOf: problem), Grid(inputOf: larger))
    var input = [Float](repeating: 0, count: to.count)
    let steps = zip(moves, draft.axes).map { $0 * $1.stride }
    from.forEach { plane, at, index in input[to.index(plane, zip(at, steps).map { $0 + $1 })] = tensors.input[index] }
    let once = try trial.output(tensors)
    let other = try moved.output(ProblemTensors(larger, input: input, weights: tensors.weights))
    let outputs = Grid(outputOf: larger)
    var moving: [Float] = []
    Grid(outputOf: problem).forEach { plane, at, _ in
      moving.append(other[outputs.index(plane, zip(at, moves).map { $0 + $1 })])
    }
    return trial.difference(once, moving, 2 * max(trial.bound, moved.bound))
  }

  /// Each phase of a dilated problem of stride 1 is a dense problem on the phase's input.
  static let phases = Property("phase identity") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    let problem = trial.problem
    let axes = [problem.depth, problem.height, problem.width]
    let count = axes.reduce(1) { $0 * min($1.dilation, $1.output) }
    guard axes.allSatisfy({ $0.stride == 1 }), axes.contains(where: { $0.dilation > 1 }), count <= 30 else {
      return nil
    }
    let tensors = ProblemTensors(problem, seed: trial.seed)
    let whole = try trial.output(tensors)
    let (from, to) = (Grid(inputOf: problem), Grid(outputOf: problem))
    var joined = [Float](repeating: 0, count: whole.count)
    for z in Phase.all(of: axes[0]) {
      for h in Phase.all(of: axes[1]) {
        for w in Phase.all(of: axes[2]) {
          let phases = [z, h, w]
          if phases.contains(where: { $0.dense.input < 1 }) { continue }
          var draft = ProblemDraft(problem)
          for place in 0..<3 { draft.axes[place] = .init(phases[place].dense) }
          guard let dense = draft.problem, let part = trial.on(dense) else { return nil }
          var input: [Float] = []
          Grid(inputOf: dense).forEach { plane, at, _ in
            input.append(tensors.input[from.index(plane, zip(at, phases).map { $1.firstInput + $0 * $1.step })])
          }
          let output = try part.output(ProblemTensors(dense, input: input, weights: tensors.weights))
          Grid(outputOf: dense).forEach { plane, at, index in
            joined[to.index(plane, zip(at, phases).map { $1.firstOutput + $0 * $1.step })] = output[index]
          }
        }
      }
    }
    return trial.difference(whole, joined, 2 * trial.bound + 1e-5)
  }

  /// A dilated filter is a dense one with zeros between its taps.
  static let zeroInflation = Property("zero-inflated filter") { trial in
    guard let trial = trial.withoutEpilogue else { return nil }
    let problem = trial.problem
    var draft = ProblemDraft(problem)
    for place in 0..<3 {
      draft.axes[place].kernel = draft.axes[place].axis.span
      draft.axes[place].dilation = 1
    }
    guard let inflated = draft.problem, inflated != problem, inflated.taps <= 400, let dense = trial.on(inflated) else {
      return nil
    }
    let tensors = ProblemTensors(problem, seed: trial.seed)
    let (from, to) = (Grid(weightsOf: problem), Grid(weightsOf: inflated))
    let dilations = [problem.depth, problem.height, problem.width].map(\.dilation)
    var weights = [Float](repeating: 0, count: to.count)
    from.forEach { plane, at, index in
      weights[to.index(plane, zip(at, dilations).map { $0 * $1 })] = tensors.weights[index]
    }
    let once = try trial.output(tensors)
    let other = try dense.output(ProblemTensors(inflated, input: tensors.input, weights: weights))
    return trial.difference(once, other, trial.bound + dense.bound)
  }
}

/// One phase of the outputs of an axis: every `step`-th from `firstOutput` on, and the dense axis that makes them.
private struct Phase {
  let firstOutput: Int
  let firstInput: Int
  let step: Int
  let dense: Axis

  /// The input pixels that this phase reads are one phase too; those behind the last tap are left out.
  init(_ axis: Axis, output: Int) {
    firstOutput = output
    step = axis.dilation
    firstInput = ((output - axis.before) % step + step) % step
    let before = (firstInput + axis.before - output) / step
    let outputs = (axis.output - output + step - 1) / step
    let reached = outputs + axis.kernel - 1 - before
    let pixels = axis.input <= firstInput ? 0 : (axis.input - firstInput + step - 1) / step
    let input = min(pixels, reached)
    dense = Axis(input: input, kernel: axis.kernel, before: before, after: reached - input)
  }

  static func all(of axis: Axis) -> [Phase] { (0..<min(axis.dilation, axis.output)).map { Phase(axis, output: $0) } }
}

/// A tensor in logical order as planes of three axes.
private struct Grid {
  let planes: Int
  let extents: [Int]

  init(inputOf problem: Problem) {
    planes = problem.batch * problem.channels
    extents = [problem.depth.input, problem.height.input, problem.width.input]
  }
  init(outputOf problem: Problem) {
    planes = problem.batch * problem.filters
    extents = [problem.depth.output, problem.height.output, problem.width.output]
  }
  init(weightsOf problem: Problem) {
    planes = problem.filters * problem.channelsPerGroup
    extents = [problem.depth.kernel, problem.height.kernel, problem.width.kernel]
  }

  var count: Int { planes * extents.reduce(1, *) }

  func index(_ plane: Int, _ at: [Int]) -> Int {
    ((plane * extents[0] + at[0]) * extents[1] + at[1]) * extents[2] + at[2]
  }

  func forEach(_ body: (_ plane: Int, _ at: [Int], _ index: Int) -> Void) {
    var index = 0
    for plane in 0..<planes {
      for z in 0..<extents[0] {
        for h in 0..<extents[1] {
          for w in 0..<extents[2] {
            body(plane, [z, h, w], index)
            index += 1
          }
        }
      }
    }
  }
}

extension Trial {
  var withoutEpilogue: Trial? { (try? problem.with(epilogue: .none)).flatMap(on) }

  /// The output in logical order.
  func output(_ tensors: ProblemTensors) throws -> [Float] {
    let run = try GuardedRun(tensors, variant, configuration, isa: isa)
    if let fault = run.faults.first { throw TrialFault(description: fault) }
    return problem.outputOrder.logical(run.output, batch: problem.batch)
  }

  /// What is wrong where the output on the third of the data is not the sum of those on the others.
  func sumFault(_ data: [[Float]], _ tensors: ([Float]) -> ProblemTensors) throws -> String? {
    let outputs = try data.map { try output(tensors($0)) }
    return difference(outputs[2], zip(outputs[0], outputs[1]).map { $0 + $1 }, 4 * bound)
  }

  /// What is wrong where two outputs lie more than `bound` of their magnitude apart.
  func difference(_ left: [Float], _ right: [Float], _ bound: Double) -> String? {
    let scale = (left + right).reduce(Property.scale(of: problem)) { max($0, Double(abs($1))) }
    var worst = 0.0
    for (left, right) in zip(left, right) {
      let apart = abs(Double(left) - Double(right))
      worst = apart.isNaN ? .infinity : max(worst, apart)
    }
    return worst <= bound * scale ? nil : "outputs lie \(worst / scale) apart, over \(bound)"
  }
}

private struct TrialFault: Error, CustomStringConvertible { let description: String }
