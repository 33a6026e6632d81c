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
    /// The caller's processor; negative where the system does not tell.
    var processor: Int32
  }

  private let base: UnsafeMutableRawPointer
  private var call: UnsafeMutablePointer<UInt32> { word(0) }
  private var parked: UnsafeMutablePointer<UInt32> { word(1) }
  private var nextPart: UnsafeMutablePointer<UInt32> { word(2) }
  private var running: UnsafeMutablePointer<UInt32> { word(3) }
  private var stage: UnsafeMutablePointer<Stage> { (base + 4 * 64).assumingMemoryBound(to: Stage.self) }

  /// Looks before a thread parks, and how many of them it takes before it lets others run in between.
  private static let (looks, quickLooks) = (2000, 1000)

  init() {
    base = .allocate(byteCount: 5 * 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: 5 * 64)
  }

  func free() { base.deallocate() }

  private func word(_ line: Int) -> UnsafeMutablePointer<UInt32> {
    (base + line * 64).assumingMemoryBound(to: UInt32.self)
  }

  /// Calls `workers − 1` others to the parts of a stage.
  func begin(_ job: UnsafePointer<Job>, stage index: Int, parts: Int, workers: Int) {
    stage.pointee = Stage(job: job, index: index, parts: parts, processor: atrous_current_processor())
    atrous_atomic_store(nextPart, 0)
    atrous_atomic_store(running, UInt32(workers - 1))
    publish(workers: workers)
  }

  func publish(workers: Int) {
    atrous_atomic_store(call, CallWord.next(after: atrous_atomic_load(call), workers: workers))
    if atrous_atomic_load(parked) > 0 { atrous_wake_all(call) }
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
    for look in 0..<Self.looks {
      if atrous_atomic_load(running) == 0 { return }
      Self.pause(look)
    }
    while true {
      let left = atrous_atomic_load(running)
      if left == 0 { return }
      atrous_wait_on_address(running, left)
    }
  }

  private static func pause(_ look: Int) {
    if look < quickLooks { atrous_cpu_relax() } else { atrous_give_way() }
  }

  /// The next call after `seen`.
  func awaitCall(after seen: UInt32) -> UInt32 {
    for look in 0..<Self.looks {
      let word = atrous_atomic_load(call)
      if word != seen { return word }
      Self.pause(look)
    }
    _ = atrous_atomic_add(parked, 1)
    defer { _ = atrous_atomic_add(parked, ~0) }
    while true {
      let word = atrous_atomic_load(call)
      if word != seen { return word }
      atrous_wait_on_address(call, seen)
    }
  }

  /// Keeps a worker off its caller's processor, for good: the system may wake it there although another one is idle, and where both are
  /// busy with short calls, leave it there. It would start when the caller has done all the work, or in the middle of it. (Two Zen 5
  /// cores, 64→64 28×28 d2, batches of 15 ms with pauses: half of them took 190 µs and more instead of 54, one thread 68.)
  func leaveCaller(_ avoidance: inout atrous_avoidance) {
    let processor = stage.pointee.processor
    if processor >= 0 && processor == atrous_current_processor() { _ = atrous_avoid_processor(&avoidance, processor) }
  }
}
