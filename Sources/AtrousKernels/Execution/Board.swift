import CAtrousPlatform

/// The word workers wait on: a generation and, in the low bits, how many workers it calls.
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
///
/// The caller waits for the parts that were taken, never for a worker that came too late for any: one that the system
/// does not run, beside other work, takes none. Whoever has taken a part keeps the stage as it is until the part is
/// done.
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
  /// The call and, in the low half, how many of its parts nobody has taken.
  private var untaken: UnsafeMutablePointer<UInt64> { (base + 2 * 64).assumingMemoryBound(to: UInt64.self) }
  /// Parts that are not done.
  private var unfinished: UnsafeMutablePointer<UInt32> { word(3) }
  /// Whether the caller has parked, or is about to.
  private var callerParks: UnsafeMutablePointer<UInt32> { word(4) }
  /// The caller's processor; negative where the system does not tell.
  private var processor: UnsafeMutablePointer<UInt32> { word(5) }
  /// Stages in a row that the caller has made alone; its own.
  private var lonelyStages: UnsafeMutablePointer<UInt32> { word(6) }
  private var stage: UnsafeMutablePointer<Stage> { (base + 7 * 64).assumingMemoryBound(to: Stage.self) }

  /// Looks before a thread parks: on a Zen 5 core some 0.4 ms, longer than it takes to wake a thread. A worker, for
  /// which there may be nothing to do, lets others run after its quick looks, which makes each of the others 0.4 µs long
  /// instead of 23 ns.
  private static let (callerLooks, workerLooks, quickLooks) = (17_000, 2000, 1000)

  init() {
    base = .allocate(byteCount: 8 * 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: 8 * 64)
  }

  func free() { base.deallocate() }

  private func word(_ line: Int) -> UnsafeMutablePointer<UInt32> {
    (base + line * 64).assumingMemoryBound(to: UInt32.self)
  }

  /// Calls `workers − 1` others to the parts of a stage, and takes parts itself until all are done.
  func run(_ job: UnsafePointer<Job>, stage index: Int, parts: Int, workers: Int) {
    if parts <= 1 || workers <= 1 {
      for part in 0..<parts { job.pointee.run(stage: index, part: part, worker: 0) }
      return
    }
    stage.pointee = Stage(job: job, index: index, parts: parts)
    atrous_atomic_store(processor, UInt32(bitPattern: atrous_current_processor()))
    atrous_atomic_store(unfinished, UInt32(parts))
    let word = CallWord.next(after: atrous_atomic_load(call), workers: workers)
    atrous_atomic_store_64(untaken, UInt64(word) << 32 | UInt64(parts))
    publish(word)
    giveWay(isAlone: takeParts(worker: 0) == parts)
    awaitParts()
  }

  /// Workers that take nothing may wait for this processor. After 1, 2, 4, … such stages, as they may be busy elsewhere
  /// too.
  private func giveWay(isAlone: Bool) {
    lonelyStages.pointee = isAlone ? lonelyStages.pointee &+ 1 : 0
    if lonelyStages.pointee.nonzeroBitCount == 1 { atrous_give_way() }
  }

  /// Ends the workers.
  func stop() { publish(CallWord.next(after: atrous_atomic_load(call), workers: CallWord.stop)) }

  private func publish(_ word: UInt32) {
    atrous_atomic_store(call, word)
    if atrous_atomic_load(parked) > 0 { atrous_wake_all(call) }
  }

  /// Runs parts until all are taken; returns how many it were.
  @discardableResult
  func takeParts(worker: Int) -> Int {
    var taken = 0
    while true {
      let word = atrous_atomic_load_64(untaken)
      let left = Int(UInt32(truncatingIfNeeded: word))
      if left == 0 || worker >= CallWord.workers(UInt32(word >> 32)) { return taken }
      if atrous_atomic_exchange_64(untaken, word, word - 1) == 0 { continue }
      let stage = stage.pointee
      stage.job.pointee.run(stage: stage.index, part: stage.parts - left, worker: worker)
      taken += 1
      if atrous_atomic_add(unfinished, ~0) == 1 && atrous_atomic_load(callerParks) != 0 { atrous_wake_all(unfinished) }
    }
  }

  private func awaitParts() {
    for _ in 0..<Self.callerLooks {
      if atrous_atomic_load(unfinished) == 0 { return }
      atrous_cpu_relax()
    }
    atrous_atomic_store(callerParks, 1)
    defer { atrous_atomic_store(callerParks, 0) }
    while true {
      let left = atrous_atomic_load(unfinished)
      if left == 0 { return }
      atrous_wait_on_address(unfinished, left)
    }
  }

  /// The next call after `seen`. Who was not called by that one parks at once: it may never be.
  func awaitCall(after seen: UInt32, wasCalled: Bool) -> UInt32 {
    for look in 0..<(wasCalled ? Self.workerLooks : 0) {
      let word = atrous_atomic_load(call)
      if word != seen { return word }
      if look < Self.quickLooks { atrous_cpu_relax() } else { atrous_give_way() }
    }
    _ = atrous_atomic_add(parked, 1)
    defer { _ = atrous_atomic_add(parked, ~0) }
    while true {
      let word = atrous_atomic_load(call)
      if word != seen { return word }
      atrous_wait_on_address(call, seen)
    }
  }

  /// Keeps a worker off its caller's processor from then on: the system may wake it there although another one is idle,
  /// and where both are busy with short calls, leave it there. It would start when the caller has done all the work.
  /// (Two Zen 5 cores, 64→64 28×28 d2, batches of 15 ms after pauses: median 68 → 47 µs, 95 % quantile 388 → 51, with
  /// one thread 71.)
  func leaveCaller(_ avoidance: inout atrous_avoidance) {
    let processor = Int32(bitPattern: atrous_atomic_load(processor))
    if processor >= 0 && processor == atrous_current_processor() { _ = atrous_avoid_processor(&avoidance, processor) }
  }
}
