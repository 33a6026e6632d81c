/// The user's buffers of one execution: dense, element-aligned, not overlapping.
public struct Tensors {
  public let input: UnsafeRawPointer
  public let residual: UnsafeRawPointer?
  public let output: UnsafeMutableRawPointer

  public init(input: UnsafeRawPointer, residual: UnsafeRawPointer?, output: UnsafeMutableRawPointer) {
    self.input = input
    self.residual = residual
    self.output = output
  }
}

/// Scratch of one part: `shared` is one for all parts and lives through the stages, `worker` belongs to the thread that
/// runs the part and holds nothing of value between parts. Both are 64-byte aligned.
public struct Scratch {
  public let shared: UnsafeMutableRawPointer
  public let worker: UnsafeMutableRawPointer

  public init(shared: UnsafeMutableRawPointer, worker: UnsafeMutableRawPointer) {
    self.shared = shared
    self.worker = worker
  }
}

/// What a variant leaves behind for execution: packed weights and a fixed partition.
///
/// Work is stages, one after the other; a stage is parts that may run at the same time on different threads and write
/// different outputs. Which thread runs a part never changes a bit of the result. `run` neither allocates nor throws.
public protocol PlanBody: Sendable {
  /// Parts of each stage.
  var stages: [Int] { get }
  /// Scratch bytes for all threads together, and for each thread.
  var sharedBytes: Int { get }
  var workerBytes: Int { get }
  var packedWeightsBytes: Int { get }

  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch)
}
