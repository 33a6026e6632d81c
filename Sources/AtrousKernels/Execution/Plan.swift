import AtrousCore

/// A candidate bound to one problem, its weights packed. Immutable: any number of threads may execute one plan at once,
/// each with its own workspace. A class, because a call that copied all fields would spend more time on counting their
/// references than on a small kernel.
public final class Plan: Sendable {
  public let problem: Problem
  public let candidate: Candidate
  /// The partition is made for `target.threads`; a smaller pool, or none, runs the same parts.
  public let target: Target
  let body: any PlanBody
  /// Bytes of a workspace.
  public let workspaceBytes: Int
  public var packedWeightsBytes: Int { body.packedWeightsBytes }

  // What a call needs to know of problem and body, whose sizes it would else compute each time.
  private let inputBytes: Int
  private let residualBytes: Int
  private let outputBytes: Int
  private let stages: [Int]
  private let sharedBytes: Int
  private let workerStride: Int

  init(problem: Problem, candidate: Candidate, target: Target, body: any PlanBody) {
    self.problem = problem
    self.candidate = candidate
    self.target = target
    self.body = body
    inputBytes = problem.inputElements * problem.type.bytes
    outputBytes = problem.outputElements * 4
    residualBytes = problem.epilogue.add ? outputBytes : 0
    stages = body.stages
    sharedBytes = roundedToLine(body.sharedBytes)
    workerStride = roundedToLine(body.workerBytes)
    workspaceBytes = sharedBytes + workerStride * target.threads
  }

  /// Scratch for one caller at a time.
  /// - Throws: `PlanError.outOfMemory`.
  public func makeWorkspace() throws(PlanError) -> Workspace { try Workspace(bytes: workspaceBytes) }

  /// Runs the plan: no throw, no allocation, no mutex.
  ///
  /// - Parameters:
  ///   - input: `problem.inputElements` elements.
  ///   - residual: `problem.outputElements` elements where the epilogue adds one, else nil.
  ///   - output: `problem.outputElements` elements, overlapping neither.
  ///   - workspace: made by `makeWorkspace()` of this plan; exclusive, as two executions at once would share scratch.
  ///   - pool: one caller at a time; nil runs on the calling thread.
  public func execute(
    input: UnsafeRawPointer, residual: UnsafeRawPointer? = nil, output: UnsafeMutableRawPointer,
    workspace: inout Workspace, pool: WorkerPool? = nil
  ) {
    execute(input: input, residual: residual, output: output, scratch: workspace.base, pool: pool)
  }

  /// As above, with the caller's own scratch: `workspaceBytes` of it, 64-byte aligned.
  public func execute(
    input: UnsafeRawPointer, residual: UnsafeRawPointer? = nil, output: UnsafeMutableRawPointer,
    scratch: UnsafeMutableRawPointer, pool: WorkerPool? = nil
  ) {
    let job = Job(
      body: body, stages: stages, tensors: Tensors(input: input, residual: residual, output: output),
      workspace: scratch, workerOffset: sharedBytes, workerStride: workerStride)
    if let pool, target.threads > 1, pool.threads > 1 {
      pool.run(job, workers: min(pool.threads, target.threads))
    } else {
      job.runAlone()
    }
  }

  /// Checks the sizes, then executes.
  /// - Throws: `ExecutionError` naming the buffer, its bytes and the bytes needed.
  public func run(
    input: RawSpan, residual: RawSpan? = nil, output: inout MutableRawSpan, workspace: inout Workspace,
    pool: WorkerPool? = nil
  ) throws(ExecutionError) {
    try ExecutionError.check("input", input.byteCount, inputBytes)
    try ExecutionError.check("output", output.byteCount, outputBytes)
    try ExecutionError.check("residual", residual?.byteCount ?? 0, residualBytes)
    if workspace.bytes < workspaceBytes {
      throw .wrongSize(buffer: "workspace", bytes: workspace.bytes, expected: workspaceBytes)
    }
    input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { output in
        if let residual {
          residual.withUnsafeBytes { residual in
            execute(
              input: input.baseAddress!, residual: residual.baseAddress, output: output.baseAddress!,
              workspace: &workspace, pool: pool)
          }
        } else {
          execute(input: input.baseAddress!, output: output.baseAddress!, workspace: &workspace, pool: pool)
        }
      }
    }
  }
}

/// Why a plan was not executed.
public enum ExecutionError: Error, Hashable, Sendable, CustomStringConvertible {
  case wrongSize(buffer: String, bytes: Int, expected: Int)

  public var description: String {
    switch self {
    case .wrongSize(let buffer, let bytes, let expected): "\(buffer) has \(bytes) bytes; the plan needs \(expected)"
    }
  }

  static func check(_ buffer: String, _ bytes: Int, _ expected: Int) throws(ExecutionError) {
    if bytes != expected { throw .wrongSize(buffer: buffer, bytes: bytes, expected: expected) }
  }
}
