import AtrousCore
import AtrousKernels
import CAtrousPlatform

/// The tensors of one problem, from the generator. Bias and residual are always there, so that every epilogue of the
/// problem can run. Read-only after it is made.
final class ProblemData: @unchecked Sendable {
  let problem: Problem
  let generator: DataGenerator
  let input: GuardedBuffer
  let weights: GuardedBuffer
  let bias: GuardedBuffer
  let residual: GuardedBuffer
  /// Elements past a 64-byte boundary at which every buffer begins.
  let shift: Int
  private let checksums: [UInt64]

  /// - Parameter shift: 0…15.
  init(_ problem: Problem, generator: DataGenerator, shift: Int = 0) {
    self.problem = problem
    self.generator = generator
    self.shift = shift
    input = GuardedBuffer("input", count: problem.inputElements, shift: shift)
    weights = GuardedBuffer("weights", count: problem.weightElements, shift: shift)
    bias = GuardedBuffer("bias", count: problem.filters, shift: shift)
    residual = GuardedBuffer("residual", count: problem.outputElements, shift: shift)
    generator.fill(input.floats, of: .input(of: problem), with: .input, padding: .signalingNaN)
    generator.fill(weights.floats, count: weights.count, with: .weights)
    generator.fill(bias.floats, count: bias.count, with: .bias)
    generator.fill(residual.floats, of: .output(of: problem), with: .residual, padding: .signalingNaN)
    checksums = [input, weights, bias, residual].map(\.checksum)
  }

  /// - Throws: `PlanError.outOfMemory` where the tensors, an output and its reference exceed the machine's memory.
  static func checkMemory(_ problem: Problem) throws(PlanError) {
    let bytes = problem.minimumBytes + 8 * problem.outputElements
    let memory = Int(atrous_memory_bytes())
    if memory > 0 && bytes > memory { throw .outOfMemory(bytes: bytes) }
  }

  var buffers: [GuardedBuffer] { [input, weights, bias, residual] }
  var byteCount: Int { buffers.reduce(0) { $0 + $1.byteCount } }

  /// Whether a candidate wrote where it may only read.
  var damage: VerificationFailure? {
    for (buffer, checksum) in zip(buffers, checksums) {
      if let offset = buffer.brokenGuard { return .guardOverwritten(buffer: buffer.name, byteOffset: offset) }
      if buffer.checksum != checksum { return .changed(buffer: buffer.name) }
    }
    return nil
  }

  func makePlan(
    _ variant: any KernelVariant, _ configuration: Configuration, epilogue: Epilogue, on target: Target
  ) throws(PlanError) -> Plan {
    guard let problem = try? problem.with(epilogue: epilogue) else {
      throw .rejected(variant.id, Rejection(.unsupported, "the epilogue does not fit the problem"))
    }
    let bias = epilogue.bias ? bias.bytes.bytes : nil
    return try variant.makePlan(configuration, for: problem, on: target, weights: weights.bytes.bytes, bias: bias)
  }

  func execute(_ plan: Plan, to output: UnsafeMutableRawPointer, workspace: inout Workspace, pool: WorkerPool?) {
    plan.execute(
      input: input.raw, residual: plan.problem.epilogue.add ? residual.raw : nil, output: output, workspace: &workspace,
      pool: pool)
  }
}
