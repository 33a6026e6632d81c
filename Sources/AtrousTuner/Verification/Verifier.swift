import AtrousCore
import AtrousKernels

/// Holds candidates of one problem against the Float64 reference, which is computed once.
///
/// A candidate is right if every output is written and finite, the largest error is within its variant's bound and
/// `errorLimit`, and nothing around or in the buffers it may only read has changed.
public final class Verifier: Sendable {
  /// Problems of more nominal GFLOP are verified by samples.
  public static let fullGFLOP = 20.0
  /// No candidate may be further off, whatever its variant declares.
  public static let errorLimit = 1e-4

  let data: ProblemData
  let reference: Reference

  public var problem: Problem { data.problem }
  public var method: VerificationMethod { reference.method }
  /// Bytes held by the tensors and the reference.
  public var byteCount: Int { data.byteCount + reference.byteCount }

  /// Computes the reference.
  ///
  /// - Parameters:
  ///   - isa: what the reference runs on: any set the machine has; the result differs in rounding only.
  ///   - shift: elements past a 64-byte boundary at which the tensors begin, 0…15.
  /// - Throws: `PlanError` where the reference does not take the problem, or memory is short.
  public init(
    _ problem: Problem, generator: DataGenerator = .init(), isa: InstructionSet, shift: Int = 0,
    method: VerificationMethod? = nil
  ) throws(PlanError) {
    if let rejection = ReferenceConvolution.rejection(of: problem) { throw .rejected("reference", rejection) }
    try ProblemData.checkMemory(problem)
    data = ProblemData(problem, generator: generator, shift: shift)
    let large = Double(problem.nominalFLOPs) > Self.fullGFLOP * 1e9
    reference = try Reference(data, isa: isa, method: method ?? (large ? .sampled : .full))
  }

  /// Which epilogues a candidate is verified with.
  public enum Epilogues: Sendable {
    /// The problem's own.
    case own
    /// The problem's own, and one with bias, residual and activation, or none where the problem has one: another plan.
    case offAndOn
  }

  /// Makes the candidate's plan and verifies it.
  public func verify(
    _ variant: any KernelVariant, _ configuration: Configuration, on target: Target, epilogues: Epilogues,
    pool: WorkerPool? = nil
  ) -> Verification {
    do throws(PlanError) {
      let plan = try data.makePlan(variant, configuration, epilogue: problem.epilogue, on: target)
      return try verify(plan, of: variant, epilogues: epilogues, pool: pool)
    } catch {
      return Verification(
        method: method, maxError: .infinity, bound: bound(of: variant, configuration), failure: .noPlan(error))
    }
  }

  /// Verifies a plan of the problem, and one for the other epilogue if asked.
  /// - Throws: `PlanError` where memory is short, or the other epilogue is refused.
  func verify(
    _ plan: Plan, of variant: any KernelVariant, epilogues: Epilogues, pool: WorkerPool?
  ) throws(PlanError) -> Verification {
    let configuration = plan.candidate.configuration
    var result = Verification(method: method, maxError: 0, bound: bound(of: variant, configuration))
    result.merge(try check(plan, bound: result.bound, pool: pool))
    if epilogues == .offAndOn && result.passed {
      let other = try data.makePlan(variant, configuration, epilogue: otherEpilogue, on: plan.target)
      result.merge(try check(other, bound: result.bound, pool: pool))
    }
    return result
  }

  /// The error allowed of a candidate.
  public func bound(of variant: any KernelVariant, _ configuration: Configuration) -> Double {
    min(variant.errorBound(of: configuration, for: problem), Self.errorLimit)
  }

  /// Runs a plan once into fresh memory and compares everything.
  func check(_ plan: Plan, bound: Double, pool: WorkerPool?) throws(PlanError) -> Compared {
    let output = GuardedBuffer("output", count: problem.outputElements, shift: data.shift)
    let damage = try run(plan, output: output, pool: pool)
    if let damage { return Compared(error: .infinity, failure: damage) }
    return reference.compare(output.floats, plan.problem, data, bound: bound)
  }

  /// Executes with a guarded workspace; returns what was overwritten.
  func run(_ plan: Plan, output: GuardedBuffer, pool: WorkerPool?) throws(PlanError) -> VerificationFailure? {
    let guardBytes = 4096
    var workspace = try Workspace(bytes: plan.workspaceBytes + guardBytes)
    let words = workspace.base.assumingMemoryBound(to: UInt32.self)
    GuardedBuffer.fill(words, workspace.bytes / 4)
    data.execute(plan, to: output.raw, workspace: &workspace, pool: pool)
    if let word = GuardedBuffer.firstBroken(words + plan.workspaceBytes / 4, guardBytes / 4) {
      return .guardOverwritten(buffer: "workspace", byteOffset: plan.workspaceBytes + word * 4)
    }
    if let offset = output.brokenGuard { return .guardOverwritten(buffer: "output", byteOffset: offset) }
    return data.damage
  }

  /// On where the problem's own is off, off where it is on. Sums of a sampled verification need one without activation.
  private var otherEpilogue: Epilogue {
    if method == .sampled {
      return Epilogue(bias: !problem.epilogue.bias, add: !problem.epilogue.add)
    }
    return problem.epilogue == .none
      ? Epilogue(bias: true, add: true, activation: .clamp(low: -0.5, high: 2.5)) : .none
  }
}

extension Verification {
  mutating func merge(_ compared: Compared) {
    maxError = max(maxError, compared.error)
    failure = failure ?? compared.failure
  }
}
