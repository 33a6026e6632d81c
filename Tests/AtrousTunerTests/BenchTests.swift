import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

@Suite struct BenchTests {
  private let problem = try! Problem(text: "c1 w8 k1 s1 nhwc")

  private func bench(_ variants: [any KernelVariant], _ clock: FakeClock) -> Bench {
    var bench = Bench(
      registry: Registry(variants), machine: HostMachine.current, isa: .baseline, processors: [],
      generator: Generator(version: "1", compiler: "none"))
    bench.rounds = 7
    bench.clock = clock
    bench.watch = QuietWatch()
    return bench
  }

  private func candidate(_ variant: VariantID, _ speed: Int32) -> Candidate {
    Candidate(variant: variant, isa: .baseline, configuration: Configuration([Setting(key: "x", value: speed)]))
  }

  @Test func everyCandidateThatIsRightHasASampleARound() throws {
    let clock = FakeClock()
    let fake = FakeVariant(id: "fake", clock: clock, times: [1e6, 2e6, 3e6], wrong: [2])
    var rounds: [Int] = []
    let result = try bench([fake], clock).run(problem, (0...2).map { candidate("fake", $0) }) { rounds.append($0) }
    #expect(rounds == Array(0..<7))
    #expect(
      result.rows.map(\.record.times) == [[Double](repeating: 1e6, count: 7), .init(repeating: 2e6, count: 7), []])
    #expect(result.rows.map(\.record.invalidity) == [.correct, .correct, .correctness])
    #expect(result.rows.map { $0.reason == nil } == [true, true, false])
    #expect(result.rows.allSatisfy { $0.record.run == result.run.id })
    #expect(result.placement == "free" && result.peak.name == "fma_peak" && !result.isCancelled)
  }

  @Test func unknownAndRefusedCandidatesAreNamed() throws {
    let clock = FakeClock()
    let bench = bench([FakeVariant(id: "fake", clock: clock, times: [1e6])], clock)
    for bad in [candidate("other", 0), candidate("fake", 999)] {
      let error = #expect(throws: TunerError.self) { try bench.run(problem, [bad]) }
      #expect(error.map { "\($0)".isEmpty } == false)
    }
  }

  @Test func itStopsAfterTheRoundBeingTaken() throws {
    let clock = FakeClock()
    let flag = CancellationFlag()
    let result = try bench([FakeVariant(id: "fake", clock: clock, times: [1e6])], clock)
      .run(problem, [candidate("fake", 0)], cancellation: flag) { if $0 == 2 { flag.set() } }
    #expect(result.isCancelled && result.rows[0].record.times.count == 3)
  }
}
