import CAtrousPlatform

/// The word workers wait on: a generation and, in the low bits, how many workers it calls. One word, so that a late
/// worker can tell from what it read alone whether it takes part.
enum CallWord {
  private static let workerBits: UInt32 = 10
  static let workerLimit = (1 << 10) - 2
  /// The count that ends the pool.
  static let stop = (1 << 10) - 1

  static func workers(_ word: UInt32) -> Int { Int(word & ((1 << workerBits) - 1)) }

  static func next(after word: UInt32, workers: Int) -> UInt32 {
    ((word >> workerBits) &+ 1) << workerBits | UInt32(workers)
  }
}

/// Where the caller of a pool leaves a stage and its workers find it. Each word stands on a cache line of its own.
struct Board: @unchecked Sendable {
  /// What the workers of one call run.
  private struct Stage {
    var job: UnsafePointer<Job>
    var index: Int
    var parts: Int
  }

  private let base: UnsafeMutableRawPointer
  private var call: UnsafeMutablePointer<UInt32> { word(0) }
  private var parked: UnsafeMutablePointer<UInt32> { word(1) }
  private var nextPart: UnsafeMutablePointer<UInt32> { word(2) }
  private var running: UnsafeMutablePointer<UInt32> { word(3) }
  /// The processor of the caller that last woke parked workers.
  private var caller: UnsafeMutablePointer<UInt32> { word(4) }
  private var stage: UnsafeMutablePointer<Stage> { (base + 5 * 64).assumingMemoryBound(to: Stage.self) }

  /// Looks before a thread parks: about 20 µs.
  private static let spins = 1000

  init() {
    base = .allocate(byteCount: 6 * 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: 6 * 64)
  }

  func free() { base.deallocate() }

  private func word(_ line: Int) -> UnsafeMutablePointer<UInt32> {
    (base + line * 64).assumingMemoryBound(to: UInt32.self)
  }

  /// Calls `workers − 1` others to the parts of a stage.
  func begin(_ job: UnsafePointer<Job>, stage index: Int, parts: Int, workers: Int) {
    stage.pointee = Stage(job: job, index: index, parts: parts)
    atrous_atomic_store(nextPart, 0)
    atrous_atomic_store(running, UInt32(workers - 1))
    publish(workers: workers)
  }

  func publish(workers: Int) {
    atrous_atomic_store(call, CallWord.next(after: atrous_atomic_load(call), workers: workers))
    if atrous_atomic_load(parked) > 0 {
      atrous_atomic_store(caller, UInt32(bitPattern: atrous_current_processor()))
      atrous_wake_all(call)
    }
  }

  func takeParts(worker: Int) {
    let stage = stage.pointee
    while true {
      let part = Int(atrous_atomic_add(nextPart, 1))
      if part >= stage.parts { return }
      stage.job.pointee.run(stage: stage.index, part: part, worker: worker)
    }
  }

  func finish() {
    if atrous_atomic_add(running, ~0) == 1 { atrous_wake_all(running) }
  }

  func awaitWorkers() {
    var spin = 0
    while true {
      let left = atrous_atomic_load(running)
      if left == 0 { return }
      spin += 1
      if spin < Self.spins { atrous_cpu_relax() } else { atrous_wait_on_address(running, left) }
    }
  }

  /// The next call after `seen`.
  func awaitCall(after seen: UInt32) -> UInt32 {
    for _ in 0..<Self.spins {
      let word = atrous_atomic_load(call)
      if word != seen { return word }
      atrous_cpu_relax()
    }
    _ = atrous_atomic_add(parked, 1)
    defer { _ = atrous_atomic_add(parked, ~0) }
    while true {
      let word = atrous_atomic_load(call)
      if word != seen {
        leaveCaller()
        return word
      }
      atrous_wait_on_address(call, seen)
    }
  }

  /// The system may wake a worker where its caller runs, and leave it there for many calls: it would only start when the
  /// caller has done all the work. (3→16 128×128 d2, two threads, on two Zen 5 cores: 127 instead of 40 µs.)
  private func leaveCaller() {
    let processor = Int32(bitPattern: atrous_atomic_load(caller))
    if processor >= 0 && processor == atrous_current_processor() { _ = atrous_leave_processor(processor) }
  }
}
