import AtrousCore
import AtrousKernels

/// A dilated convolution ready to run: the candidate that the tables (or, without an entry, the cost model) name for this
/// problem on this machine, with the weights packed for it.
///
/// Immutable: any number of threads may run one convolution at once, each with its own workspace and pool.
/// ```
/// let problem = try Problem(text: "c64 h33 w33 k64 r3 s3 d2 p2 nhwc bias relu")
/// let convolution = try Convolution(problem, weights: weights.span, bias: bias.span)
/// var workspace = try convolution.makeWorkspace()
/// var out = output.mutableSpan
/// try convolution.run(input: input.span, output: &out, workspace: &workspace)
/// ```
public struct Convolution: Sendable {
  public let plan: Plan
  /// What was chosen, and on what evidence.
  public let resolution: Resolution

  public var problem: Problem { plan.problem }

  /// The threads of a plan that is not told: `ATROUS_THREADS`, 1 where it is unset or out of range.
  public static let defaultThreads: Int = {
    guard let text = HostMachine.environment("ATROUS_THREADS"), !text.isEmpty else { return 1 }
    if let threads = Int(text), WorkerPool.threadRange.contains(threads) { return threads }
    HostMachine.note("ATROUS_THREADS is \"\(text)\"; allowed: 1 to \(WorkerPool.threadRange.upperBound); ignored")
    return 1
  }()

  /// Chooses and packs.
  ///
  /// - Parameters:
  ///   - weights: K × C/g × (T ×) R × S values.
  ///   - bias: K values where the problem's epilogue has a bias, else nil.
  ///   - threads: those the work is cut for, in `WorkerPool.threadRange`; a smaller pool, or none, runs it too.
  /// - Throws: `AtrousError` for a problem nothing accepts, buffers of the wrong size, and memory that is not there.
  public init(
    _ problem: Problem, weights: Span<Float>, bias: Span<Float>? = nil, threads: Int = Self.defaultThreads,
    resolver: Resolver = .shared
  ) throws(AtrousError) {
    try self.init(problem, weights: weights.bytes, bias: bias?.bytes, threads: threads, resolver: resolver)
  }

  /// As above, from raw memory, which is read before this returns and not kept.
  public init(
    _ problem: Problem, weights: UnsafeRawBufferPointer, bias: UnsafeRawBufferPointer? = nil,
    threads: Int = Self.defaultThreads, resolver: Resolver = .shared
  ) throws(AtrousError) {
    try self.init(problem, weights: weights.bytes, bias: bias?.bytes, threads: threads, resolver: resolver)
  }

  private init(
    _ problem: Problem, weights: RawSpan, bias: RawSpan?, threads: Int, resolver: Resolver
  ) throws(AtrousError) {
    guard WorkerPool.threadRange.contains(threads) else { throw .threads(threads, allowed: WorkerPool.threadRange) }
    let resolution = try resolver.resolve(problem, threads: threads)
    let candidate = resolution.candidate
    HostMachine.note("\(problem): \(resolution)")
    self.resolution = resolution
    do throws(PlanError) {
      guard let variant = resolver.registry[candidate.variant] else {
        throw .unknownVariant(candidate.variant, known: resolver.registry.variants.map(\.id))
      }
      plan = try variant.makePlan(
        candidate.configuration, for: problem, on: resolver.target(candidate.isa, threads: threads),
        weights: weights, bias: bias)
    } catch {
      throw .plan(error)
    }
  }

  /// Scratch for one caller at a time.
  /// - Throws: `AtrousError.plan(.outOfMemory)`.
  public func makeWorkspace() throws(AtrousError) -> Workspace {
    do throws(PlanError) { return try plan.makeWorkspace() } catch { throw .plan(error) }
  }

  /// Checks the sizes, then executes.
  ///
  /// - Parameters:
  ///   - input: `problem.inputElements` values in its input layout.
  ///   - residual: `problem.outputElements` values where the epilogue adds one, else nil.
  ///   - output: `problem.outputElements` values in the output layout.
  ///   - workspace: of `makeWorkspace()`; exclusive, so that no two executions share scratch.
  ///   - pool: one caller at a time; nil runs on the calling thread.
  /// - Throws: `ExecutionError` naming the buffer, its bytes and the bytes needed.
  public func run(
    input: Span<Float>, residual: Span<Float>? = nil, output: inout MutableSpan<Float>,
    workspace: inout Workspace, pool: WorkerPool? = nil
  ) throws(ExecutionError) {
    var bytes = output.mutableBytes
    try plan.run(
      input: input.bytes, residual: residual?.bytes, output: &bytes, workspace: &workspace, pool: pool)
  }

  /// Runs on raw memory of the right sizes, unchecked: no throw, no allocation, no mutex (see `Plan.execute`).
  public func execute(
    input: UnsafeRawPointer, residual: UnsafeRawPointer? = nil, output: UnsafeMutableRawPointer,
    workspace: inout Workspace, pool: WorkerPool? = nil
  ) {
    plan.execute(input: input, residual: residual, output: output, workspace: &workspace, pool: pool)
  }
}
