import Atrous
import CAtrous

/// What an `atrous_plan *` points at.
final class PlanBox: @unchecked Sendable {
  let plan: Plan
  /// NUL-terminated, never written again.
  let choice: UnsafeMutablePointer<CChar>

  init(_ convolution: Convolution) {
    plan = convolution.plan
    let text = "\(convolution.resolution)".utf8CString
    choice = .allocate(capacity: text.count)
    for (index, unit) in text.enumerated() { choice[index] = unit }
  }

  deinit { choice.deallocate() }

  static func from(_ pointer: OpaquePointer) -> PlanBox {
    Unmanaged<PlanBox>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }
}

@c @implementation
public func atrous_plan_create(
  _ problem: UnsafePointer<atrous_problem>!, _ weights: UnsafePointer<Float>!, _ bias: UnsafePointer<Float>!,
  _ threads: Int32, _ table: OpaquePointer!, _ error: UnsafeMutablePointer<atrous_error>!
) -> OpaquePointer! {
  made(error) { () throws(CError) in
    let problem = try Problem(problem)
    guard let weights else { throw .missing("weights") }
    let biasBytes = bias.map { UnsafeRawBufferPointer(start: $0, count: problem.filters * 4) }
    do throws(AtrousError) {
      let convolution = try Convolution(
        problem,
        weights: UnsafeRawBufferPointer(start: weights, count: problem.weightElements * problem.type.bytes),
        bias: biasBytes, threads: threads == 0 ? Convolution.defaultThreads : Int(threads),
        resolver: table.map { TableBox.from($0).resolver } ?? .shared)
      return OpaquePointer(Unmanaged.passRetained(PlanBox(convolution)).toOpaque())
    } catch {
      throw CError(error)
    }
  }
}

@c @implementation
public func atrous_plan_free(_ plan: OpaquePointer!) {
  guard let plan else { return }
  Unmanaged<PlanBox>.fromOpaque(UnsafeRawPointer(plan)).release()
}

@c @implementation
public func atrous_plan_choice(_ plan: OpaquePointer!) -> UnsafePointer<CChar>! {
  plan.map { UnsafePointer(PlanBox.from($0).choice) }
}

@c @implementation
public func atrous_plan_threads(_ plan: OpaquePointer!) -> Int32 {
  plan.map { Int32(PlanBox.from($0).plan.target.threads) } ?? 0
}

@c @implementation
public func atrous_plan_workspace_bytes(_ plan: OpaquePointer!) -> Int {
  plan.map { PlanBox.from($0).plan.workspaceBytes } ?? 0
}

@c @implementation
public func atrous_plan_packed_bytes(_ plan: OpaquePointer!) -> Int {
  plan.map { PlanBox.from($0).plan.packedWeightsBytes } ?? 0
}

@c @implementation
public func atrous_plan_execute(
  _ plan: OpaquePointer!, _ input: UnsafePointer<Float>!, _ residual: UnsafePointer<Float>!,
  _ output: UnsafeMutablePointer<Float>!, _ workspace: UnsafeMutableRawPointer!, _ pool: OpaquePointer!
) {
  PlanBox.from(plan).plan.execute(
    input: UnsafeRawPointer(input), residual: residual.map { UnsafeRawPointer($0) },
    output: UnsafeMutableRawPointer(output), scratch: workspace ?? noWorkspace, pool: pool.map(WorkerPool.from))
}

/// Stands for the scratch of a plan that needs none: aligned, and never followed.
private nonisolated(unsafe) let noWorkspace = UnsafeMutableRawPointer(bitPattern: 64)!

@c @implementation
public func atrous_plan_run(
  _ plan: OpaquePointer!, _ input: UnsafePointer<Float>!, _ inputElements: Int, _ residual: UnsafePointer<Float>!,
  _ residualElements: Int, _ output: UnsafeMutablePointer<Float>!, _ outputElements: Int,
  _ workspace: UnsafeMutableRawPointer!, _ workspaceBytes: Int, _ pool: OpaquePointer!,
  _ error: UnsafeMutablePointer<atrous_error>!
) -> Int32 {
  status(error) { () throws(CError) in
    guard let plan else { throw .missing("plan") }
    let box = PlanBox.from(plan)
    let problem = box.plan.problem
    try check("input", input, inputElements, problem.inputElements)
    try check("residual", residual, residualElements, problem.epilogue.add ? problem.outputElements : 0)
    try check("output", output, outputElements, problem.outputElements)
    try checkApart("input", input, inputElements, output, outputElements)
    try checkApart("residual", residual, residualElements, output, outputElements)
    if UInt(bitPattern: workspace) % 64 != 0 || (workspace == nil && box.plan.workspaceBytes > 0) {
      throw CError(ATROUS_INVALID, "the workspace is not 64-byte aligned memory")
    }
    if workspaceBytes < box.plan.workspaceBytes {
      throw CError(
        ATROUS_INVALID, "the workspace has \(workspaceBytes) bytes; the plan needs \(box.plan.workspaceBytes)")
    }
    atrous_plan_execute(plan, input, residual, output, workspace, pool)
  }
}

/// An element-aligned buffer of exactly so many elements; NULL where there are none.
private func check(
  _ name: String, _ pointer: UnsafePointer<Float>?, _ elements: Int, _ expected: Int
) throws(CError) {
  if elements != expected {
    throw CError(ATROUS_INVALID, "\(name) has \(elements) elements; the problem needs \(expected)")
  }
  if expected > 0 && pointer == nil { throw .missing(name) }
  if UInt(bitPattern: pointer) % 4 != 0 { throw CError(ATROUS_INVALID, "\(name) is not aligned to its elements") }
}

/// What is read while the output is written shares no byte with it.
private func checkApart(
  _ name: String, _ input: UnsafePointer<Float>?, _ inputElements: Int, _ output: UnsafePointer<Float>,
  _ outputElements: Int
) throws(CError) {
  guard let input, input < output + outputElements, output < input + inputElements else { return }
  throw CError(ATROUS_INVALID, "output overlaps \(name), which is read while it is written")
}
