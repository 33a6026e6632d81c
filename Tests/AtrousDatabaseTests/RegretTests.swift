import Atrous
import AtrousCore
import AtrousDatabase
import Testing

@Suite struct RegretTests {
  func record(_ text: String, _ median: Double) throws -> CandidateRecord {
    CandidateRecord(
      run: "r1", candidate: try Candidate(text: text), revision: 1, times: [Double](repeating: median, count: 7),
      maxError: 1e-7, verification: .full)
  }

  /// Left out, 16 channels take the winner of 20, 20 that of 24, 24 that of 20.
  @Test func neighboursAreHeldAgainstWhatWasMeasured() throws {
    var database = Database(runs: [Fake.run("r1")])
    for (channels, scalar, wide) in [(16, 1000.0, 3000.0), (20, 1000, 2000), (24, 1500, 1000)] {
      database.add(try record("direct-scalar avx2", scalar), to: Fake.key(channels))
      database.add(try record("direct-nhwc avx2 mr6 nv2 kc0 pb0", wide), to: Fake.key(channels))
    }
    let regret = try #require(database.regret(of: .nearest, on: Fake.machine, isa: .avx2))
    #expect(regret.known == 3 && regret.unknown == 0)
    #expect(abs(regret.worst - 1) < 1e-9 && abs(regret.median - 0.5) < 1e-9)
    #expect(regret.worstProblem == Fake.key(20).problem)
    #expect(abs(regret.mean + 1 - 1.4422495703) < 1e-9)
    #expect(database.regret(of: .exact, on: Fake.machine, isa: .avx2) == nil)
    #expect(database.regret(of: .nearest, on: Fake.machine, isa: .avx2, threads: 2) == nil)
  }
}
