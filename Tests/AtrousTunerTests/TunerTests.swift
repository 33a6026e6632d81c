import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Foundation
import Testing

private final class Executed: @unchecked Sendable { var count = 0 }

@Suite struct RaceTests {
  @Test func theFastestWinsAndStragglersAreOut() throws {
    let clock = FakeClock()
    let times = (0..<20).map { 1e6 + 1e5 * Double(($0 * 7) % 20) } + [5e6]
    var tuner = tuner([FakeVariant(id: "fake", clock: clock, times: times)], clock)
    tuner.options.rules.patience = 30
    let outcome = try tuner.run([pointwise(8)])
    let all = records(outcome)
    #expect(all.count == 21)
    let best = try #require(all.min { $0.median! < $1.median! })
    #expect(best.configuration["x"] == 0 && best.median == 1e6)
    #expect(all.filter { $0.times.count >= 20 }.count == 4)
    #expect(all.first { $0.configuration["x"] == 20 }?.times.count == 1)
    #expect(Set(all.filter { $0.times.count >= 20 }.map { $0.median! }) == [1e6, 1.1e6, 1.2e6, 1.3e6])
  }

  @Test func shortExecutionsAreBatched() throws {
    let clock = FakeClock()
    let outcome = try tuner([FakeVariant(id: "fake", clock: clock, times: [100])], clock).run([pointwise(8)])
    let record = try #require(records(outcome).first)
    #expect(record.median == 100)
    #expect(clock.nanoseconds > 20 * 50_000)
  }

  @Test func wrongCandidatesAreRecordedAndNotTimed() throws {
    let clock = FakeClock()
    let outcome = try tuner(
      [FakeVariant(id: "fake", clock: clock, times: [1e6, 1e5, 2e6], wrong: [1])], clock
    ).run([pointwise(8)])
    let wrong = try #require(records(outcome).first { $0.configuration["x"] == 1 })
    #expect(wrong.invalidity == .correctness && wrong.times.isEmpty)
    #expect(outcome.hasWrong && outcome.failures.count == 1 && outcome.failures[0].reason.contains("expected"))
    #expect(outcome.unanswered.isEmpty)
  }

  @Test func aProblemWithoutARightCandidateIsUnanswered() throws {
    let clock = FakeClock()
    let outcome = try tuner([FakeVariant(id: "fake", clock: clock, times: [1e6], wrong: [0])], clock)
      .run([pointwise(8)])
    #expect(outcome.unanswered.map(\.problem) == [pointwise(8)])
  }

  @Test func hopelessCandidatesAreNotRun() throws {
    let clock = FakeClock()
    let outcome = try tuner([FakeVariant(id: "fake", clock: clock, times: [1e6, 2e7])], clock).run([pointwise(8)])
    #expect(records(outcome).map(\.invalidity) == [.correct])
    #expect(outcome.database.results[0].attempted.values.allSatisfy { $0 == [.correct: 1] })
  }

  /// The execution before the sample tells already: a sweep, which keeps everybody, takes one more of each.
  @Test func stragglersAreRunOnceLess() throws {
    let counts = try [StrategyName.racing, .exhaustive].map { strategy in
      let (clock, executed) = (FakeClock(), Executed())
      let slow = FakeVariant(
        id: "slow", clock: clock, times: [6e6], predicted: [2e-3], onExecute: { executed.count += 1 })
      var tuner = tuner([FakeVariant(id: "fast", clock: clock, times: [1e6]), slow], clock)
      tuner.options.strategy = strategy
      let outcome = try tuner.run([pointwise(8)])
      #expect(records(outcome).first { $0.variant == "slow" }?.times == [6e6])
      return executed.count
    }
    #expect(counts[0] == counts[1] - 1)
  }

  /// Without a budget probing ends before it comes to them.
  @Test(arguments: [(3e-3, true), (4e-3, false)])
  func initialConfigurationsThatMayBeNearGoFirst(predicted: Double, isFirst: Bool) throws {
    let clock = FakeClock()
    let variants = [
      FakeVariant(id: "near", clock: clock, times: [Double](repeating: 1e6, count: 40)),
      FakeVariant(id: "far", clock: clock, times: [predicted * 1e9]),
    ]
    let outcome = try tuner(variants, clock).run([pointwise(8)])
    #expect(records(outcome).contains { $0.variant == "far" } == isFirst)
  }

  @Test func everyVariantsBestStays() throws {
    let clock = FakeClock()
    let outcome = try tuner(
      [
        FakeVariant(id: "fast", clock: clock, times: [1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6]),
        FakeVariant(id: "slow", clock: clock, times: [4e6, 4.5e6]),
      ], clock
    ).run([pointwise(8)])
    let slow = records(outcome).filter { $0.variant == "slow" }
    #expect(slow.map(\.times.count).max()! >= 20)
    #expect(slow.first { $0.configuration["x"] == 1 }?.times.count == 1)
  }

  /// Far slower than the best, it is sampled all the same: what tuning gains is told against it.
  @Test func theUntunedCandidateHasAnInterval() throws {
    let clock = FakeClock()
    let fake = FakeVariant(
      id: "fake", clock: clock, times: [2e7] + (1...30).map { 1e6 + 1e4 * Double($0) },
      predicted: [1e-4] + [Double](repeating: 2e-4, count: 30))
    for budget in [nil, 0.5, 100] {
      let outcome = try tuner([fake], clock, budget: budget).run([pointwise(8)])
      let untuned = try #require(records(outcome).first { $0.configuration["x"] == 0 })
      #expect(untuned.times.count >= Statistics.leastSamples, "\(budget ?? .infinity)")
    }
  }

  @Test func constraintsAreKept() throws {
    let clock = FakeClock()
    var tuner = tuner(
      [
        FakeVariant(id: "large", clock: clock, times: [1e6], workspaceBytes: 1 << 20),
        FakeVariant(id: "small", clock: clock, times: [2e6]),
      ], clock)
    tuner.options.maxWorkspace = 1 << 16
    let outcome = try tuner.run([pointwise(8)])
    #expect(records(outcome).first { $0.variant == "large" }?.invalidity == .constraints)
    #expect(records(outcome).first { $0.variant == "small" }?.invalidity == .correct)
    tuner.options.maxError = 1e-12
    #expect(try records(tuner.run([pointwise(1024)])).allSatisfy { $0.invalidity == .constraints })
  }
}

@Suite struct BudgetTests {
  @Test func sharesFillUpTheSmallNeedsFirst() {
    #expect(Budget.shares(of: 30, needs: [5, 100, 100]) == [5, 12.5, 12.5])
    #expect(Budget.shares(of: 30, needs: [100, 5, 100]) == [12.5, 5, 12.5])
    #expect(Budget.shares(of: 30, needs: [5, 10]) == [10, 20])
    #expect(Budget.shares(of: 0, needs: [5, 10]) == [0, 0])
    #expect(Budget.shares(of: -1, needs: [5]) == [0])
    #expect(Budget.shares(of: 8, needs: [0, 0]) == [4, 4])
  }

  @Test func aBudgetIsKept() throws {
    let clock = FakeClock()
    let times = (0..<200).map { 1e7 + 1e4 * Double($0) }
    let problems = (1...10).map { pointwise(8 * $0) }
    let outcome = try tuner([FakeVariant(id: "fake", clock: clock, times: times)], clock, budget: 20).run(problems)
    let seconds = Double(clock.nanoseconds) * 1e-9
    #expect(seconds > 15 && seconds < 21)
    #expect(outcome.unanswered.isEmpty)
    #expect(outcome.database.results.count == 10)
    #expect(outcome.database.results.allSatisfy { $0.candidates.count > 5 })
  }

  /// One look at each of the large problems takes more than the budget.
  @Test func cheapProblemsAreRacedWhateverTheLargeOnesTake() throws {
    let clock = FakeClock()
    let cheap = FakeVariant(
      id: "cheap", clock: clock, times: (0..<30).map { 35e3 + 100 * Double($0) }, widths: 1000...1001)
    let large = FakeVariant(id: "large", clock: clock, times: [5e9, 6e9], widths: 0...10)
    let problems = [8, 9, 10, 1000, 1001].map(pointwise)
    let outcome = try tuner([cheap, large], clock, budget: 25).run(problems)
    #expect(outcome.unanswered.isEmpty)
    for width in 1000...1001 {
      let result = try #require(outcome.database.results.first { $0.key.problem == pointwise(width) })
      #expect(result.candidates.count == 30)
      #expect(result.candidates.count { $0.times.count >= RaceRules().leastSamples } >= 4)
    }
  }

  @Test func whatIsNotReachedIsPredicted() throws {
    let clock = FakeClock()
    let problems = (1...30).map { pointwise(8 * $0) }
    let times = [1e9, 9e8, 8e8]
    let outcome = try tuner([FakeVariant(id: "fake", clock: clock, times: times)], clock, budget: 0).run(problems)
    #expect(outcome.unanswered.isEmpty)
    #expect(records(outcome).map(\.invalidity) == [.correct])
    #expect(outcome.predicted.count == 29 && outcome.database.results.count == 30)
    let predicted = outcome.database.results.compactMap(\.predicted)
    #expect(predicted.count == 29 && predicted.allSatisfy { $0.candidate.variant == "fake" && !$0.source.isEmpty })
  }

  /// However little time a sweep has, it times one candidate of what it begins, and leaves the rest to predictions.
  @Test(arguments: [0.0, 1, 2, 5])
  func aSweepLeavesNothingWithoutAnAnswer(budget: Double) throws {
    let clock = FakeClock()
    var tuner = tuner([FakeVariant(id: "fake", clock: clock, times: [1e7, 9e6, 8e6])], clock, budget: budget)
    tuner.options.strategy = .exhaustive
    let outcome = try tuner.run((1...30).map { pointwise(8 * $0) })
    #expect(outcome.unanswered.isEmpty)
    let measured = outcome.database.results.filter { !$0.candidates.isEmpty }
    #expect(!measured.isEmpty && measured.count + outcome.predicted.count == 30)
  }

  /// A prediction means nothing once something was measured.
  @Test func aMeasuredProblemIsNotPredicted() throws {
    try withStore { store in
      let clock = FakeClock()
      let fake = FakeVariant(id: "fake", clock: clock, times: [1e9])
      let problems = [pointwise(8), pointwise(16)]
      let first = try tuner([fake], clock, store: store, budget: 0).run(problems)
      #expect(first.predicted.map(\.item.problem) == [pointwise(16)])
      #expect(try store.read().results.compactMap(\.predicted).count == 1)
      let second = try tuner([fake], clock, store: store).run(problems)
      #expect(second.predicted.isEmpty)
      #expect(try store.read().results.compactMap(\.predicted).isEmpty)
    }
  }
}

@Suite struct ResumeTests {
  @Test func settledCandidatesAreNotRacedAgain() throws {
    try withStore { store in
      let clock = FakeClock()
      let fake = FakeVariant(id: "fake", clock: clock, times: [1e6, 2e6, 3e6])
      let tuner = tuner([fake], clock, store: store)
      let first = try tuner.run([pointwise(8)])
      #expect(first.candidates == 3)
      #expect(try tuner.forecast([pointwise(8)]).rows[0].settled == 3)
      #expect(try tuner.run([pointwise(8)]).candidates == 0)
      var again = tuner
      again.options.isFresh = true
      #expect(try again.run([pointwise(8)]).candidates == 3)
      var other = tuner
      other.generator.commit = "other"
      #expect(try other.run([pointwise(8)]).candidates == 3)
    }
  }

  /// What one call's limits kept out, another call may run.
  @Test func limitsOfOneCallSettleNothing() throws {
    try withStore { store in
      let clock = FakeClock()
      let large = FakeVariant(id: "large", clock: clock, times: [1e6, 2e6], workspaceBytes: 1 << 20)
      let small = FakeVariant(id: "small", clock: clock, times: [2e6])
      var tuner = tuner([large, small], clock, store: store)
      tuner.options.maxWorkspace = 0
      #expect(try tuner.run([pointwise(8)]).database.winners().map(\.fastest.variant) == ["small"])
      #expect(try tuner.forecast([pointwise(8)]).rows[0].settled == 3)
      tuner.options.maxWorkspace = nil
      let outcome = try tuner.run([pointwise(8)])
      #expect(outcome.database.winners().map(\.fastest.variant) == ["large"])
    }
  }

  /// Runs stopped after some candidates and merged, which drops most records, get through all; then one run settles them.
  @Test func interruptedRunsTryEveryProposalInTheEnd() throws {
    try withStore { store in
      let clock = FakeClock()
      let times = (0..<20).map { 1e6 * (1 + 0.4 * Double(($0 * 7) % 20)) }
      let executed = Executed()
      let fake = FakeVariant(id: "fake", clock: clock, times: times, onExecute: { executed.count += 1 })
      let tuner = tuner([fake], clock, store: store)
      var tried: Set<String> = []
      var runs = 0
      while tried.count < 20 && runs < 12 {
        let flag = CancellationFlag()
        let most = executed.count + 70
        _ = try tuner.run([pointwise(8)], cancellation: flag) { event in
          if case .finished(_, let record, _) = event { tried.insert("\(record.candidate)") }
          if executed.count > most { flag.set() }
        }
        runs += 1
      }
      #expect(runs > 1)
      _ = try tuner.run([pointwise(8)])
      #expect(try tuner.run([pointwise(8)]).candidates == 0)
      #expect(tried.count == 20)
      #expect(try store.read().winners().map(\.fastest.median) == [1e6])
    }
  }

  /// A winner of another session is not held against newcomers by what it took then.
  @Test func theIncumbentRunsAgainBesideNewcomers() throws {
    try withStore { store in
      let clock = FakeClock()
      let first = FakeVariant(id: "first", clock: clock, times: [1e6])
      _ = try tuner([first], clock, store: store).run([pointwise(8)])
      let slower = FakeVariant(id: "first", clock: clock, times: [2e6])
      let newcomer = FakeVariant(id: "newcomer", clock: clock, times: [4e6])
      var latest: [CandidateRecord] = []
      _ = try tuner([slower, newcomer], clock, store: store).run([pointwise(8)]) { event in
        if case .finished(_, let record, _) = event { latest.append(record) }
      }
      #expect(Set(latest.map(\.variant)) == ["first", "newcomer"])
      #expect(latest.allSatisfy { $0.times.count >= RaceRules().leastSamples })
    }
  }

  @Test func aCancelledRunGoesOnWhereItStopped() throws {
    try withStore { store in
      let clock = FakeClock()
      let fake = FakeVariant(id: "fake", clock: clock, times: [1e6, 4e6, 5e6])
      let tuner = tuner([fake], clock, store: store)
      let flag = CancellationFlag()
      let outcome = try tuner.run([pointwise(8), pointwise(16)], cancellation: flag) { event in
        if case .ended = event { flag.set() }
      }
      #expect(outcome.isCancelled)
      #expect(outcome.database.results.map(\.key.problem) == [pointwise(8)])
      let rest = try tuner.run([pointwise(8), pointwise(16)])
      #expect(!rest.isCancelled && rest.candidates == 3)
      #expect(rest.database.results.count == 2)
    }
  }

  @Test func whatWasFinishedSurvivesAKill() throws {
    try withStore { store in
      let clock = FakeClock()
      let fake = FakeVariant(id: "fake", clock: clock, times: [1e6, 4e6, 5e6, 6e6])
      let tuner = tuner([fake], clock, store: store)
      var seen = 0
      var onDisk = 0
      _ = try tuner.run([pointwise(8)]) { event in
        guard case .finished = event else { return }
        seen += 1
        let database = try? store.readWithJournals()
        onDisk = database?.results.flatMap(\.candidates).count ?? 0
        #expect(onDisk == seen)
      }
      #expect(seen == 4)
    }
  }
}
