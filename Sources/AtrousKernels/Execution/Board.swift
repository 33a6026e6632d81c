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

/// The parts that nobody has taken, and how many threads may: one word, which is exchanged for the next. Words that are the
/// same say the same, so it makes no difference of which call the word was that a late worker has seen.
///
/// The caller takes the first, its workers the last, as they come: so the caller, and its only worker, get nearly the same
/// parts call after call, and find them in their caches.
package struct UntakenParts: Hashable {
  private static let partBits: UInt64 = 27
  /// More than one word holds are not shared.
  package static let most = (1 << 27) - 1

  package let workers: Int
  package let range: Range<Int>

  package init(workers: Int, range: Range<Int>) {
    self.workers = workers
    self.range = range
  }

  package init(word: UInt64) {
    workers = Int(word >> (2 * Self.partBits))
    range = Range(
      uncheckedBounds: (Int(word >> Self.partBits & UInt64(Self.most)), Int(word & UInt64(Self.most))))
  }

  package var word: UInt64 {
    UInt64(workers) << (2 * Self.partBits) | UInt64(range.lowerBound) << Self.partBits | UInt64(range.upperBound)
  }

  package func taken(by worker: Int) -> (part: Int, rest: UntakenParts) {
    worker == 0
      ? (range.lowerBound, UntakenParts(workers: workers, range: range.lowerBound + 1..<range.upperBound))
      : (range.upperBound - 1, UntakenParts(workers: workers, range: range.lowerBound..<range.upperBound - 1))
  }
}

/// Where the caller of a pool leaves a stage and its workers find it. What is written at one time stands on one cache line:
/// to read a line that another core wrote last takes 30 to 60 ns under one L3, 200 under two (Zen 5).
///
/// The caller waits for the parts that were taken, never for a worker that came too late for any: one that the system
/// does not run, beside other work, takes none. Whoever has taken a part keeps the stage as it is until the part is
/// done.
struct Board: @unchecked Sendable {
  /// What the workers of one call run.
  private struct Stage {
    var job: UnsafePointer<Job>
    var index: Int
  }

  private let base: UnsafeMutableRawPointer
  private var call: UnsafeMutablePointer<UInt32> { word(0) }
  /// The caller's processor; negative where the system does not tell.
  private var processor: UnsafeMutablePointer<UInt32> { word(0, 1) }
  private var stage: UnsafeMutablePointer<Stage> { (base + 8).assumingMemoryBound(to: Stage.self) }
  private var parked: UnsafeMutablePointer<UInt32> { word(1) }
  /// `UntakenParts`.
  private var untaken: UnsafeMutablePointer<UInt64> { (base + 2 * 64).assumingMemoryBound(to: UInt64.self) }
  /// Parts that are not done.
  private var unfinished: UnsafeMutablePointer<UInt32> { word(3) }
  /// Whether the caller has parked, or is about to.
  private var callerParks: UnsafeMutablePointer<UInt32> { word(3, 1) }
  /// Stages in a row that the caller has made alone; its own.
  private var lonelyStages: UnsafeMutablePointer<UInt32> { word(4) }

  /// Looks before a thread parks: on a Zen 5 core some 0.4 ms, longer than it takes to wake a thread. A worker, for
  /// which there may be nothing to do, lets others run after its quick looks, which makes each of the others 0.4 µs long
  /// instead of 23 ns.
  private static let (callerLooks, workerLooks, quickLooks) = (17_000, 2000, 1000)

  init() {
    base = .allocate(byteCount: 5 * 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: 5 * 64)
  }

  func free() { base.deallocate() }

  private func word(_ line: Int, _ place: Int = 0) -> UnsafeMutablePointer<UInt32> {
    (base + line * 64).assumingMemoryBound(to: UInt32.self) + place
  }

  /// Calls `workers − 1` others to the parts of a stage, and takes parts itself until all are done.
  func run(_ job: UnsafePointer<Job>, stage index: Int, parts: Int, workers: Int) {
    if parts <= 1 || workers <= 1 || parts > UntakenParts.most {
      for part in 0..<parts { job.pointee.run(stage: index, part: part, worker: 0) }
      return
    }
    stage.pointee = Stage(job: job, index: index)
    atrous_atomic_store(processor, UInt32(bitPattern: atrous_current_processor()))
    atrous_atomic_store(unfinished, UInt32(parts))
    let word = CallWord.next(after: atrous_atomic_load(call), workers: workers)
    atrous_atomic_store_64(untaken, UntakenParts(workers: workers, range: 0..<parts).word)
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
      let seen = UntakenParts(word: atrous_atomic_load_64(untaken))
      if seen.range.isEmpty || worker >= seen.workers { return taken }
      let (part, rest) = seen.taken(by: worker)
      if atrous_atomic_exchange_64(untaken, seen.word, rest.word) == 0 { continue }
      let stage = stage.pointee
      stage.job.pointee.run(stage: stage.index, part: part, worker: worker)
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
