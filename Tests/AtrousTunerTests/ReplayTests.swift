import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTestSupport
import AtrousTuner
import Testing

/// Sweeps whose times follow from a seed, in the mean `scale` nanoseconds for the best, and a cost model that is off by up
/// to `error`.
private func fake(
  _ id: VariantID, _ clock: FakeClock, seed: UInt64, error: Double, count: Int = 120, scale: Double = 1e7
) -> FakeVariant {
  var random = SplitMix64(seed: seed)
  let best = scale * Double.random(in: 0.5...2, using: &random)
  let times = (0..<count).map { _ in best * (1 + 2 * Double.random(in: 0...1, using: &random)) }
  let predicted = times.map { $0 * 1e-9 * Double.random(in: (1 - error)...(1 + error), using: &random) }
  return FakeVariant(id: id, clock: clock, times: times, predicted: predicted)
}

@Suite struct ReplayTests {
  private func sweep(_ variants: [any KernelVariant], _ clock: FakeClock, _ problems: [Problem]) throws -> Database {
    var tuner = tuner(variants, clock)
    tuner.options.strategy = .exhaustive
    return try tuner.run(problems).database
  }

  @Test func aSweepMeasuresAllAndTheBetterOnesTenTimes() throws {
    let clock = FakeClock()
    let times = [1e6, 3e6, 3.9e6, 4.1e6, 9e6, 2e7]
    let database = try sweep([FakeVariant(id: "fake", clock: clock, times: times)], clock, [pointwise(8)])
    let records = database.results[0].candidates.sorted { $0.median! < $1.median! }
    #expect(records.map(\.times.count) == [10, 10, 10, 1, 1, 1])
    #expect(database.runs.map(\.strategy) == ["exhaustive"])
  }

  @Test func sweepsGoOnWhereTheyStoppedAndTheirJournalsStay() throws {
    try withStore { store in
      let clock = FakeClock()
      let fake = FakeVariant(id: "fake", clock: clock, times: (0..<40).map { 1e6 + 1e5 * Double($0) })
      var tuner = tuner([fake], clock, store: store)
      tuner.options.strategy = .exhaustive
      let flag = CancellationFlag()
      var seen = 0
      let first = try tuner.run([pointwise(8)], cancellation: flag) { event in
        guard case .finished = event else { return }
        seen += 1
        if seen == 20 { flag.set() }
      }
      #expect(first.isCancelled)
      let rest = try tuner.run([pointwise(8)])
      #expect(try tuner.run([pointwise(8)]).candidates == 0)
      let found = try store.readWithJournals(sweeps: true).result(rest.database.results[0].key)
      let all = try #require(found)
      #expect(Set(all.candidates.filter { $0.times.count >= 10 || $0.median! > 4e6 }.map(\.configuration)).count == 40)
      #expect(try store.journals().isEmpty)
      #expect(try store.sweeps().count == 3)
      // The file itself keeps only the better ones.
      let kept = try store.read().results[0].candidates.count
      #expect(kept < 40)
      let whole = try store.readWithJournals(sweeps: true)
      #expect(Replay(whole, registry: tuner.registry).problems == 1)
    }
  }

  @Test(arguments: [0.1, 0.3])
  func racingFindsTheBestInAFractionOfTheTime(error: Double) throws {
    let clock = FakeClock()
    let variants = (1...6).map { index in
      var fake = fake(VariantID("fake\(index)"), clock, seed: UInt64(index), error: error)
      fake.widths = 8 * index...8 * index
      return fake
    }
    let replay = Replay(
      try sweep(variants, clock, (1...6).map { pointwise(8 * $0) }), registry: Registry(variants))
    #expect(replay.problems == 6 && replay.candidates == 720 && replay.left.isEmpty)
    let rows = replay.run([StrategyName.racing, .exhaustive, .random])
    #expect(rows.map(\.strategy.rawValue) == ["racing", "exhaustive", "random"])
    #expect(rows[0].medianRegret <= 0.02 && rows[0].worst!.regret <= 0.1 && rows[0].share <= 0.08, "\(rows[0])")
    #expect(rows[1].worst?.regret == 0 && abs(rows[1].share - 1) < 0.05)
    #expect(rows[2].share < 0.08)
    #expect(rows[0].medianRegret <= rows[2].medianRegret)
    let again = replay.run([StrategyName.racing, .random])
    #expect("\(again)" == "\([rows[0], rows[2]])")
  }

  /// Short ones, all of whose first samples are disturbed alike where one is.
  @Test(arguments: [3e4, 3e5, 3e6])
  func racingFindsTheBestAmongDisturbances(scale: Double) throws {
    let clock = FakeClock()
    let variants = (1...4).map { index in
      var fake = fake(VariantID("fake\(index)"), clock, seed: UInt64(index), error: 0.2, scale: scale)
      fake.widths = 8 * index...8 * index
      return fake
    }
    let database = try sweep(variants, clock, (1...4).map { pointwise(8 * $0) })
    for seed in 1...3 as ClosedRange<UInt64> {
      let replay = Replay(database, registry: Registry(variants), seed: seed, disturbance: Disturbance())
      let row = try #require(replay.run([StrategyName.racing]).first)
      #expect(row.medianRegret <= 0.02 && row.worst!.regret <= 0.1, "\(seed): \(row)")
    }
  }

  @Test func halfASweepIsNotReplayed() throws {
    let clock = FakeClock()
    let fake = FakeVariant(id: "fake", clock: clock, times: (0..<40).map { 1e6 + 1e5 * Double($0) })
    let database = try sweep([fake], clock, [pointwise(8)])
    let half = ProblemResult(
      key: database.results[0].key, candidates: Array(database.results[0].candidates.prefix(20)))
    let replay = Replay(Database(runs: database.runs, results: [half]), registry: Registry([fake]))
    #expect(replay.problems == 0 && replay.left == [half.key])
  }
}

/// Something gets in the way in the readings listed: two are taken a block of samples.
private final class ScriptedWatch: InterferenceWatch, @unchecked Sendable {
  private let disturbed: (Int) -> Bool
  private var count = 0
  private var wall: UInt64 = 0
  private var used: UInt64 = 0

  init(_ disturbed: @escaping (Int) -> Bool) { self.disturbed = disturbed }

  func reading() -> InterferenceReading {
    wall += 1_000_000
    if !(count % 2 == 1 && disturbed(count / 2)) { used += 1_000_000 }
    count += 1
    return InterferenceReading(wall: wall, processorTime: used)
  }
}

@Suite struct InterferenceTests {
  private let clock = FakeClock()

  private func record(_ disturbed: @escaping (Int) -> Bool) throws -> CandidateRecord {
    var tuner = tuner([FakeVariant(id: "fake", clock: clock, times: [1e6])], clock)
    tuner.watch = ScriptedWatch(disturbed)
    let outcome = try tuner.run([pointwise(8)])
    return try #require(records(outcome).first)
  }

  @Test func aDisturbedBlockIsMeasuredAgain() throws {
    let record = try record { $0 == 0 || $0 == 7 }
    #expect(record.times.count == 20 && record.disturbed.isEmpty && !record.isNoisy)
  }

  @Test func whatStaysDisturbedIsMarked() throws {
    let record = try record { _ in true }
    #expect(record.times.count == 20 && record.isNoisy)
    #expect(record.disturbed["switches"] == 20)
  }

  @Test func theReferenceStandsInTheRecord() throws {
    let record = try record { _ in false }
    #expect(try #require(record.reference) > 0)
  }

  @Test func thisSystemIsRead() {
    let watch = SystemWatch(machine: HostMachine.current)
    let (first, last) = (watch.reading(), watch.reading())
    #expect(first.wall > 0 && last.wall >= first.wall && last.processorTime >= first.processorTime)
  }
}
