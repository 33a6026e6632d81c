import AtrousCore
import AtrousDatabase
import Testing

@Suite struct RankingTests {
  private func record(
    _ variant: String, _ median: Double, run: String, reference: Double?, disturbed: [String: Int] = [:],
    error: Double = 1e-6, workspace: Int = 0
  ) -> CandidateRecord {
    CandidateRecord(
      run: run, candidate: Candidate(variant: VariantID(variant), isa: .avx2, configuration: Configuration([])),
      revision: 1, times: (-3...3).map { median * (1 + 0.003 * Double($0)) }, maxError: error, verification: .full,
      workspaceBytes: workspace, reference: reference, disturbed: disturbed, timestamp: "2026-11-24T07:40:00Z")
  }

  private func winner(_ records: [CandidateRecord]) -> Winner? {
    ProblemResult(key: Fake.key(), candidates: records).winner()
  }

  /// The machine was a third slower when the better candidate was measured.
  @Test func timesOfDifferentRunsAreNormalised() throws {
    let slow = record("winograd", 1000, run: "r1", reference: 75)
    let fast = record("direct", 1000, run: "r2", reference: 100)
    #expect(winner([slow, fast])?.fastest == slow)
    #expect(winner([slow, fast])?.ties.count == 1)
    // The same where only the runs tell.
    let plain = [
      record("winograd", 1000, run: "r1", reference: nil), record("direct", 990, run: "r2", reference: nil),
    ]
    let runs = [("r1", 75.0), ("r2", 100.0)].map { id, peak in
      Run(
        id: id, generator: Generator(version: "1", compiler: "none"), machine: Fake.machine,
        measurements: [Measurement(name: "fma_peak", isa: .avx2, unit: "GFLOP/s", samples: [peak])])
    }
    let database = Database(runs: runs, results: [ProblemResult(key: Fake.key(), candidates: plain)])
    #expect(database.winners().map(\.fastest.variant) == ["winograd"])
    #expect(winner(plain)?.fastest.variant == "direct")
  }

  /// A reference loop may say that the machine was a third slower, but not that of two kernels the slower is the faster.
  @Test func aSlowerHourIsBelievedWithCaution() throws {
    let latest = record("direct", 1000, run: "r2", reference: 100)
    #expect(winner([record("winograd", 1200, run: "r1", reference: 75), latest])?.fastest == latest)
    #expect(winner([record("winograd", 1200, run: "r1", reference: 60), latest])?.fastest.variant == "winograd")
    // A faster hour is believed as it is.
    #expect(winner([record("winograd", 900, run: "r1", reference: 120), latest])?.fastest == latest)
  }

  /// One of many measurements of a candidate is lucky; the latest beside the others counts.
  @Test func theLatestRecordOfACandidateCounts() throws {
    let lucky = record("direct", 900, run: "r1", reference: 100)
    let later = record("direct", 1100, run: "r2", reference: 100)
    let other = record("winograd", 1000, run: "r2", reference: 100)
    #expect(winner([lucky, later, other])?.fastest == other)
    let noisy = record("direct", 1100, run: "r2", reference: 100, disturbed: ["switches": 7])
    #expect(noisy.isNoisy)
    #expect(winner([lucky, noisy, other])?.fastest == lucky)
  }

  @Test func whatIsMoreExactOrSmallerIsKept() throws {
    let records = [
      record("a", 1000, run: "r1", reference: 100, error: 9e-6, workspace: 1 << 20),
      record("b", 2000, run: "r1", reference: 100, error: 2e-6, workspace: 1 << 20),
      record("b", 2000, run: "r2", reference: 100, error: 2e-6, workspace: 1 << 20),
      record("c", 3000, run: "r1", reference: 100, error: 9e-6, workspace: 1 << 10),
    ]
    let result = ProblemResult(key: Fake.key(), candidates: records).kept(runs: [:])
    #expect(Set(result.candidates.map(\.variant)) == ["a", "b", "c"])
  }

  @Test func aMeasuredProblemHasNoPrediction() throws {
    let candidate = Candidate(variant: "direct-nhwc", isa: .avx2, configuration: Configuration([]))
    var database = Database(runs: [Fake.run("r1"), Fake.run("r2")])
    database.add(Prediction(run: "r1", candidate: candidate, revision: 1, source: "cost model"), to: Fake.key())
    database.add(Prediction(run: "r2", candidate: candidate, revision: 1, source: "nearest"), to: Fake.key())
    #expect(database.results[0].predicted?.source == "nearest")
    let text = try Store.data(of: database)
    #expect(try Store.database(of: text, path: "x") == database)
    database.add(record("direct", 1000, run: "r1", reference: 100), to: Fake.key())
    #expect(database.results[0].predicted == nil)
  }
}
