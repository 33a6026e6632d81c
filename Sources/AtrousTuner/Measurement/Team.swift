import AtrousKernels
import CAtrousPlatform

/// Keeps the calling thread on one processor for as long as this lives, then lets it go back to where it was.
final class CallerPin {
  private var before = atrous_affinity()

  /// nil where there is no processor to go to, or the system refuses.
  init?(_ processor: Int?) {
    guard let processor, atrous_affinity_get(&before) == 0, atrous_pin_thread(Int32(processor)) == 0 else { return nil }
  }

  deinit { _ = atrous_affinity_set(&before) }
}

/// The threads of a measurement: the caller and a pool.
final class Team {
  let threads: Int
  /// The pool for more than one thread.
  let pool: WorkerPool?
  /// The placement asked for where every thread has its own processor; `free` where the system places them.
  let placement: String
  /// Where the threads are pinned, the caller first; empty where they are free.
  let processors: [Int]

  /// - Parameter processors: where the threads go, the caller first; too few leave all of them free.
  /// - Throws: `WorkerPoolError`.
  init(threads: Int, processors: [Int], placement: Placement = .compact) throws(WorkerPoolError) {
    self.threads = threads
    let isPinned = processors.count >= threads
    self.placement = isPinned ? placement.rawValue : "free"
    self.processors = isPinned ? Array(processors.prefix(threads)) : []
    pool = threads == 1 ? nil : try WorkerPool(threads: threads, processors: isPinned ? processors : nil)
  }
}
