import AtrousCore
import AtrousDatabase
import Testing

/// What speed may cost: memory four times the tensors, or a hundred-thousandth twice of error.
@Suite struct ShippingTests {
  private let tensors = MemoryRule(Fake.key().problem).tensorBytes

  private func winner(_ records: [CandidateRecord], _ constraints: Constraints = Constraints()) throws -> Winner {
    try #require(ProblemResult(key: Fake.key(), candidates: records).winner(constraints))
  }

  @Test func tensorsAreInputOutputAndWeights() {
    #expect(tensors == 4 * (81 * 16 + 81 * 8 + 8 * 16 * 9))
    #expect(MemoryRule(Fake.key().problem).isSmall(4 * tensors))
    #expect(!MemoryRule(Fake.key().problem).isSmall(4 * tensors + 1))
  }

  @Test func muchMemoryWantsMuchSpeed() throws {
    let small = Fake.record("direct", median: 1500, workspace: 2 * tensors, packed: 2 * tensors)
    let large = Fake.record("winograd", median: 1001, workspace: 2 * tensors, packed: 2 * tensors + 1)
    let found = try winner([small, large])
    #expect(found.fastest == small && found.shipped == small && found.ties == [small])
    let passed = try #require(found.passedOver)
    #expect(passed.record == large)
    guard case .memory(let bytes, tensors, let gain) = passed.objection else {
      Issue.record("\(passed.objection)")
      return
    }
    #expect(bytes == 4 * tensors + 1 && abs(gain - 1500.0 / 1001) < 1e-9)

    let fast = Fake.record("winograd", median: 1000, workspace: 8 * tensors)
    let kept = try winner([small, fast])
    #expect(kept.fastest == fast && kept.passedOver == nil)
  }

  @Test func whereAllAreLargeTheFastestWins() throws {
    let records = [
      Fake.record("direct", median: 1100, workspace: 6 * tensors),
      Fake.record("winograd", median: 1000, workspace: 8 * tensors),
    ]
    let found = try winner(records)
    #expect(found.fastest == records[1] && found.passedOver == nil)
  }

  /// Half of the memory is worth 2 %, a little less is worth nothing.
  @Test func theSmallestOfThoseAsFastShipsWhereThatIsHalf() throws {
    for (small, large) in [(1019.0, 1000.0), (1000, 1000), (1000, 1019)] {
      let records = [
        Fake.record("winograd", 4, median: small, workspace: 100),
        Fake.record("winograd", 6, median: large, workspace: 200),
      ]
      let found = try winner(records)
      #expect(found.shipped == records[0] && found.ties.count == 2)
      #expect(found.fastest.median == 1000)
    }
    for bytes in [(100, 100), (0, 0), (101, 200)] {
      let equal = [
        Fake.record("winograd", 4, median: 1010, workspace: bytes.0),
        Fake.record("winograd", 6, median: 1000, workspace: bytes.1),
      ]
      #expect(try winner(equal).shipped == equal[1])
    }
    let slow = [
      Fake.record("winograd", 4, median: 1021, workspace: 1), Fake.record("winograd", 6, median: 1000, workspace: 2),
    ]
    #expect(try winner(slow).shipped == slow[1])
  }

  /// Whatever their intervals.
  @Test func tiesAreWithinATwentieth() throws {
    func noisy(_ size: Int32, _ median: Double) -> CandidateRecord {
      CandidateRecord(
        run: "r1", candidate: Fake.record("winograd", size, median: median).candidate, revision: 1,
        times: (-3...3).map { median * (1 + 0.05 * Double($0)) }, maxError: 1e-6, verification: .full)
    }
    let records = [noisy(2, 1000), noisy(4, 1049), noisy(6, 1051)]
    #expect(try winner(records).ties == Array(records.prefix(2)))
  }

  @Test func exactnessThatCostsLittleWins() throws {
    let fast = Fake.record("winograd", 6, median: 1000, error: 3e-5)
    let exact = Fake.record("winograd", 4, median: 1049, error: 2e-5)
    let found = try winner([fast, exact])
    #expect(found.fastest == exact && found.shipped == exact)
    let passed = try #require(found.passedOver)
    guard case .error(3e-5, let cost) = passed.objection else {
      Issue.record("\(passed.objection)")
      return
    }
    #expect(passed.record == fast && abs(cost - 0.049) < 1e-9)
    let slow = Fake.record("winograd", 4, median: 1050, error: 1e-6)
    #expect(try winner([fast, slow]).fastest == fast)
  }

  /// A tie of a larger error does not ship for being smaller.
  @Test func noTieUndoesTheRules() throws {
    let exact = Fake.record("winograd", 4, median: 1000, error: 1e-6, packed: 64)
    let smaller = Fake.record("winograd", 6, median: 1001, error: 3e-5)
    let found = try winner([exact, smaller])
    #expect(found.shipped == exact && found.ties == [exact] && found.passedOver == nil)
  }

  /// The memory rule comes first: exactness is held against the best of those that it leaves.
  @Test func bothRules() throws {
    let large = Fake.record("winograd", 1, median: 1000, error: 1e-6, workspace: 8 * tensors)
    let fast = Fake.record("winograd", 6, median: 1200, error: 3e-5)
    let exact = Fake.record("winograd", 4, median: 1230, error: 1e-6)
    let found = try winner([large, fast, exact])
    #expect(found.fastest == exact && found.passedOver?.record == large)
    #expect(try winner([large, fast, exact], Constraints(maxWorkspace: 0)).passedOver?.record == fast)
  }

  @Test func theSmallOneIsKeptInFiles() {
    let records = [
      Fake.record("winograd", 6, median: 1000, workspace: 5 * tensors),
      Fake.record("winograd", 4, median: 1400, workspace: 3 * tensors),
      Fake.record("winograd", 3, median: 1450, workspace: 3 * tensors),
      Fake.record("winograd", 2, median: 1480, workspace: 2 * tensors),
    ]
    let kept = ProblemResult(key: Fake.key(), candidates: records).kept(runs: [:])
    #expect(Set(kept.candidates.compactMap(\.median)) == [1000, 1400, 1480])
    #expect(kept.winner()?.fastest.median == 1400)
  }
}
