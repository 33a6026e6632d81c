import CAtrousPlatform

/// Threads that run the parts of a plan. The caller is one of them; whoever waits looks for some 0.4 ms (on a Zen 5
/// core), then parks; a worker that a call leaves out parks at once. One caller at a time.
public final class WorkerPool: @unchecked Sendable {
  /// The threads a pool, and a plan, may have.
  public static let threadRange = 1...CallWord.workerLimit

  /// Threads at work, the caller included.
  public let threads: Int
  private let board: Board
  private var handles: [atrous_thread] = []

  /// - Parameters:
  ///   - threads: in `threadRange`, the caller included.
  ///   - processors: where to pin the workers (the caller is not touched): worker `i`, from 1, to `processors[i]`; nil
  ///     pins nothing, but a worker found on its caller's processor avoids it (Linux).
  /// - Throws: `WorkerPoolError` for a count out of range, too few processors, or a thread the system refuses.
  public init(threads: Int, processors: [Int]? = nil) throws(WorkerPoolError) {
    guard Self.threadRange.contains(threads) else {
      throw .outOfRange(threads: threads, allowed: Self.threadRange)
    }
    if let processors, processors.count < threads {
      throw .tooFewProcessors(processors.count, threads: threads)
    }
    self.threads = threads
    board = Board()
    for index in 1..<max(threads, 1) {
      let start = WorkerStart(board: board, index: index, processor: processors?[index])
      let context = Unmanaged.passRetained(start)
      var handle = atrous_thread()
      guard atrous_thread_start(&handle, workerMain, context.toOpaque()) == 0 else {
        context.release()
        // All properties are set: `deinit` stops those that run.
        throw .noThread(index: index)
      }
      handles.append(handle)
    }
  }

  deinit {
    board.stop()
    for handle in handles { atrous_thread_join(handle) }
    board.free()
  }

  /// Runs all stages of the job on the caller and `workers − 1` others.
  func run(_ job: Job, workers: Int) {
    let stages = job.stages
    withUnsafePointer(to: job) { job in
      for stage in stages.indices {
        board.run(job, stage: stage, parts: stages[stage], workers: workers)
      }
    }
  }
}

/// Why a pool was not made.
public enum WorkerPoolError: Error, Hashable, Sendable, CustomStringConvertible {
  case outOfRange(threads: Int, allowed: ClosedRange<Int>)
  case tooFewProcessors(Int, threads: Int)
  case noThread(index: Int)

  public var description: String {
    switch self {
    case .outOfRange(let threads, let allowed):
      "threads \(threads) is out of range, \(allowed.lowerBound)…\(allowed.upperBound)"
    case .tooFewProcessors(let count, let threads): "\(count) processors for \(threads) threads; one a thread is needed"
    case .noThread(let index): "the system refused to start worker \(index)"
    }
  }
}

/// What a new worker is told.
private final class WorkerStart {
  let board: Board
  let index: Int
  let processor: Int?

  init(board: Board, index: Int, processor: Int?) {
    self.board = board
    self.index = index
    self.processor = processor
  }
}

private func workerMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let start = Unmanaged<WorkerStart>.fromOpaque(context!).takeRetainedValue()
  if let processor = start.processor { _ = atrous_pin_thread(Int32(processor)) }
  var avoidance = atrous_avoidance()
  var seen: UInt32 = 0
  var isCalled = true
  while true {
    seen = start.board.awaitCall(after: seen, wasCalled: isCalled)
    let workers = CallWord.workers(seen)
    if workers == CallWord.stop { return nil }
    isCalled = start.index < workers
    if isCalled {
      start.board.leaveCaller(&avoidance)
      start.board.takeParts(worker: start.index)
    }
  }
}
