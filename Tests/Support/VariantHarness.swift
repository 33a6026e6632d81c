import AtrousCore
import AtrousKernels

/// Random tensors of a problem in logical order, and what the definition makes of them.
public struct ProblemData {
  public let problem: Problem
  public let input: [Float]
  public let weights: [Float]
  public let bias: [Float]?
  public let residual: [Float]?
  /// Float64, in logical order.
  public let expected: [Double]
  /// The largest magnitude before the activation: a clamp must not make an error look larger than it is.
  public let scale: Double

  public init(_ problem: Problem, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1..<1, using: &random) } }
    let outputs = problem.batch * problem.filters * problem.outputPositions
    self.problem = problem
    input = values(problem.batch * problem.channels * problem.inputPositions)
    weights = values(problem.weightElements)
    bias = problem.epilogue.bias ? values(problem.filters) : nil
    residual = problem.epilogue.add ? values(outputs) : nil
    let sums = naiveConvolution(problem, input: input, weights: weights, bias: bias, residual: residual)
    expected = sums.map { activate($0, problem.epilogue.activation) }
    scale = sums.map(abs).max() ?? 0
  }

  /// max|y − expected| / scale of an output in the problem's layout; the plain maximum where all are zero.
  public func error(of output: [Float]) -> Double {
    let expected = arranged(self.expected, problem.outputLayout, batch: problem.batch, channels: problem.filters)
    var worst = 0.0
    for (got, want) in zip(output, expected) {
      let difference = abs(Double(got) - want)
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
    return scale > 0 ? worst / scale : worst
  }
}

/// One execution between guards.
public struct GuardedRun {
  public let output: [Float]
  /// What was damaged or left out; empty where all is well.
  public let faults: [String]

  /// Plans and executes a candidate of a variant on this machine.
  /// - Throws: `PlanError`.
  public init(
    _ data: ProblemData, _ variant: any KernelVariant, _ configuration: Configuration, isa: InstructionSet,
    threads: Int = 1, pool: WorkerPool? = nil
  ) throws {
    let problem = data.problem
    let target = Target(machine: HostMachine.current, isa: isa, threads: threads)
    let weights = GuardedBuffer(data.weights)
    let bias = data.bias.map { GuardedBuffer($0) }
    let plan = try variant.makePlan(
      configuration, for: problem, on: target, weights: weights.bytes.bytes, bias: bias?.bytes.bytes)
    let input = GuardedBuffer(
      arranged(data.input, problem.inputLayout, batch: problem.batch, channels: problem.channels))
    let residual = data.residual.map {
      GuardedBuffer(arranged($0, problem.outputLayout, batch: problem.batch, channels: problem.filters))
    }
    let output = GuardedBuffer(count: problem.outputElements)
    var workspace = try plan.makeWorkspace()
    plan.execute(
      input: input.pointer, residual: residual?.pointer, output: output.pointer, workspace: &workspace, pool: pool)
    self.output = output.values
    var faults: [String] = []
    for (name, buffer) in [
      ("input", input), ("weights", weights), ("bias", bias), ("residual", residual), ("output", output),
    ] {
      if let buffer, !buffer.isIntact { faults.append("guards of the \(name) were overwritten") }
    }
    if output.untouched > 0 { faults.append("\(output.untouched) outputs were not written") }
    self.faults = faults
  }
}

extension GuardedBuffer {
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count * 4) }
}
