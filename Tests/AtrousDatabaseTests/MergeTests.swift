import AtrousCore
import AtrousDatabase
import Foundation
import Testing

@Suite struct MergeTests {
  @Test(arguments: 0..<50)
  func mergeIsAUnion(seed: UInt64) {
    let (a, b, c) = (
      Fake.database(seed: 3 * seed), Fake.database(seed: 3 * seed + 1), Fake.database(seed: 3 * seed + 2)
    )
    #expect(a.merged(with: b) == b.merged(with: a))
    #expect(a.merged(with: b).merged(with: c) == a.merged(with: b.merged(with: c)))
    #expect(a.merged(with: a) == a)
    #expect(a.merged(with: Database()) == a)
  }

  /// What stores do: keep, then merge with what others kept.
  @Test(arguments: 0..<50)
  func keepingCommutesWithMerging(seed: UInt64) {
    let (a, b) = (Fake.database(seed: 2 * seed, lucky: true), Fake.database(seed: 2 * seed + 1, lucky: true))
    let whole = a.merged(with: b).kept()
    let parts = a.kept().merged(with: b.kept()).kept()
    #expect(whole.results.map(\.candidates) == parts.results.map(\.candidates))
    #expect(whole.kept() == whole)
    #expect(whole.merged(with: a.kept()).kept() == whole)
  }

  @Test func samplesOfDifferentRunsStayApart() {
    var database = Database(runs: [Fake.run("r1"), Fake.run("r2")])
    database.add(Fake.record("direct", run: "r1"), to: Fake.key())
    database.add(Fake.record("direct", median: 1010, run: "r2"), to: Fake.key())
    #expect(database.results[0].candidates.map(\.times.count) == [7, 7])
  }

  @Test func theKeptSet() throws {
    var database = Database()
    let key = Fake.key()
    database.add([
      (key, Fake.record("winograd", 1, median: 1000, error: 5e-5, workspace: 4096)),
      (key, Fake.record("winograd", 2, median: 1250, error: 5e-5, workspace: 4096)),
      (key, Fake.record("winograd", 3, median: 1251, error: 5e-5, workspace: 4096)),
      (key, Fake.record("winograd", 4, median: 1400, error: 5e-6, workspace: 4096)),
      (key, Fake.record("direct", 1, median: 2000, error: 5e-7, workspace: 64)),
      (key, Fake.record("direct", 2, median: 3000, error: 5e-7, workspace: 0)),
      (key, Fake.record("direct", 3, median: 4000, error: 5e-7, workspace: 64)),
      (key, Fake.record("gemm", 1, median: 1e6, error: 1e-3, workspace: 64)),
      (key, Fake.record("gemm", 2, invalidity: .correctness)),
      (key, Fake.record("gemm", 3, invalidity: .constraints)),
    ])
    let kept = try #require(database.kept().result(key))
    let names = kept.candidates.map { "\($0.variant)\($0.configuration["tw"]!)" }
    #expect(names == ["direct1", "direct2", "gemm1", "gemm2", "winograd1", "winograd2", "winograd4"])
    #expect(kept.omitted == [.correct: 2, .constraints: 1])
  }

  @Test func whereAllIsWrongThatIsKept() throws {
    var database = Database()
    database.add([
      (Fake.key(), Fake.record("gemm", 1, invalidity: .runtime)),
      (Fake.key(), Fake.record("gemm", 2, invalidity: .timeout)),
    ])
    let kept = try #require(database.kept().result(Fake.key()))
    #expect(kept.candidates.map(\.invalidity) == [.runtime] && kept.omitted == [.timeout: 1])
  }

  @Test func tiesShipTheSmallerThenTheEarlierInTheRegistry() throws {
    var database = Database()
    let key = Fake.key()
    database.add([
      (key, Fake.record("direct-scalar", 1, median: 1000, packed: 512)),
      (key, Fake.record("direct-nchw", 2, median: 1010, packed: 64)),
      (key, Fake.record("direct-nhwc", 3, median: 1012, packed: 64)),
      (key, Fake.record("direct-nhwc", 4, median: 1100)),
    ])
    let winner = try #require(database.winners().first)
    #expect(winner.fastest.variant == "direct-scalar")
    #expect(winner.ties.count == 3)
    #expect(winner.shipped.variant == "direct-nhwc")
    #expect(winner.shipped.configuration["tw"] == 3)
  }

  @Test func oneLuckySampleBeatsNoMedian() throws {
    let lucky = Fake.record("winograd", 2, median: 500, samples: 1)
    let measured = Fake.record("winograd", 4, median: 1000)
    let both = ProblemResult(key: Fake.key(), candidates: [lucky, measured])
    #expect(both.winner()?.fastest == measured)
    #expect(both.kept(runs: [:]).candidates == [measured])
    #expect(ProblemResult(key: Fake.key(), candidates: [lucky]).winner()?.fastest == lucky)
  }

  @Test func constraintsAndRevisionsDecideWhoMayWin() {
    var database = Database()
    let key = Fake.key()
    database.add([
      (key, Fake.record("winograd", 1, median: 1000, error: 5e-5, workspace: 4096)),
      (key, Fake.record("direct", 1, median: 2000, error: 5e-7)),
      (key, Fake.record("direct", 2, median: 500, error: 5e-7, revision: 0)),
      (key, Fake.record("gemm", 2, median: 100, error: 1e-3)),
    ])
    #expect(database.winners().map(\.fastest.variant) == ["winograd"])
    #expect(database.winners(Constraints(maxError: 1e-6)).map(\.fastest.variant) == ["direct"])
    #expect(database.winners(Constraints(maxWorkspace: 64)).map(\.fastest.median) == [2000])
    #expect(database.winners(Constraints(maxError: 1e-9)).isEmpty)
  }
}
