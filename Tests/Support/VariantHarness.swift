import AtrousCore
import AtrousKernels

/// What a problem is run on, in logical order.
public struct ProblemTensors {
  public let problem: Problem
  public var input: [Float]
  public var weights: [Float]
  public var bias: [Float]?
  public var residual: [Float]?

  /// Random numbers in [−1, 1).
  public init(_ problem: Problem, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1..<1, using: &random) } }
    self.problem = problem
    input = values(problem.batch * problem.channels * problem.inputPositions)
    weights = values(problem.weightElements)
    bias = problem.epilogue.bias ? values(problem.filters) : nil
    residual = problem.epilogue.add ? values(problem.batch * problem.filters * problem.outputPositions) : nil
  }

  public init(_ problem: Problem, input: [Float], weights: [Float]) {
    self.problem = problem
    self.input = input
    self.weights = weights
  }
}

/// Random tensors of a problem, and what the definition makes of them.
public struct ProblemData {
  public let tensors: ProblemTensors
  /// Float64, in logical order.
  public let expected: [Double]
  /// The largest magnitude before the activation: a clamp must not make an error look larger than it is.
  public let scale: Double

  public var problem: Problem { tensors.problem }

  public init(_ problem: Problem, seed: UInt64) {
    tensors = ProblemTensors(problem, seed: seed)
    let sums = naiveConvolution(
      problem, input: tensors.input, weights: tensors.weights, bias: tensors.bias, residual: tensors.residual)
    expected = sums.map { activate($0, problem.epilogue.activation) }
    scale = sums.map(abs).max() ?? 0
  }

  /// max|y − expected| / scale of an output in the problem's layout; the plain maximum where all are zero.
  ///
  /// - Parameter least: the scale where the largest magnitude is below it.
  public func error(of output: [Float], scaleAtLeast least: Double = 0) -> Double {
    let scale = max(scale, least)
    var worst = 0.0
    for (got, want) in zip(problem.outputOrder.logical(output, batch: problem.batch), expected) {
      let difference = abs(Double(got) - want)
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
    return scale > 0 ? worst / scale : worst
  }
}

/// One execution between guards, on a workspace of NaNs.
public struct GuardedRun {
  /// In the problem's layout.
  public let output: [Float]
  /// What was damaged or left out; empty where all is well.
  public let faults: [String]

  /// Plans and executes a candidate of a variant on this machine.
  /// - Throws: `PlanError`.
  public init(
    _ tensors: ProblemTensors, _ variant: any KernelVariant, _ configuration: Configuration, isa: InstructionSet,
    threads: Int = 1, pool: WorkerPool? = nil, fence: Fence = .none
  ) throws {
    MemoryGuards.turnOn()
    let broken = MemoryGuards.broken
    let problem = tensors.problem
    let weights = GuardedBuffer(tensors.weights, fence: fence)
    let bias = tensors.bias.map { GuardedBuffer($0, fence: fence) }
    let input = GuardedBuffer(problem.inputOrder.stored(tensors.input, batch: problem.batch), fence: fence)
    let residual = tensors.residual.map {
      GuardedBuffer(problem.outputOrder.stored($0, batch: problem.batch), fence: fence)
    }
    let output = GuardedBuffer(count: problem.outputElements, fence: fence)
    let isWorkspaceIntact: Bool
    do {
      let target = Target(machine: HostMachine.current, isa: isa, threads: threads)
      let plan = try variant.makePlan(
        configuration, for: problem, on: target, weights: weights.bytes.bytes, bias: bias?.bytes.bytes)
      var workspace = try plan.makeWorkspace()
      UnsafeMutableRawBufferPointer(start: workspace.base, count: workspace.bytes)
        .withMemoryRebound(to: UInt32.self) { $0.update(repeating: MemoryGuards.pattern) }
      plan.execute(
        input: input.pointer, residual: residual?.pointer, output: output.pointer, workspace: &workspace, pool: pool)
      isWorkspaceIntact = workspace.isIntact
    }
    self.output = output.values
    var faults: [String] = []
    for (name, buffer) in [
      ("input", input), ("weights", weights), ("bias", bias), ("residual", residual), ("output", output),
    ] {
      if let buffer, !buffer.isIntact { faults.append("guards of the \(name) were overwritten") }
    }
    if !isWorkspaceIntact { faults.append("guards of the workspace were overwritten") }
    if MemoryGuards.broken != broken { faults.append("guards of the packed weights were overwritten") }
    let untouched = output.untouched(at: problem.outputOrder.offsets(batch: problem.batch))
    if untouched > 0 { faults.append("\(untouched) outputs were not written") }
    if !problem.outputOrder.isPaddedWithZeros(output.values, batch: problem.batch) {
      faults.append("lanes past the last filter are not zero")
    }
    self.faults = faults
  }

  /// As above, on the tensors of `data`.
  public init(
    _ data: ProblemData, _ variant: any KernelVariant, _ configuration: Configuration, isa: InstructionSet,
    threads: Int = 1, pool: WorkerPool? = nil
  ) throws {
    try self.init(data.tensors, variant, configuration, isa: isa, threads: threads, pool: pool)
  }
}
