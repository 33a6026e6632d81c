import Atrous
import AtrousCore
import AtrousDatabase
import AtrousReports
import Foundation
import Testing

/// Databases of made-up samples: three problems, each with a fast and a slow candidate.
private struct Sampled {
  static let machine = Machine(
    architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
    kinds: [
      CoreKind(cores: 8, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8), l3: nil)
    ])
  var machine = Self.machine
  var compiler = "Swift 6.3"
  var threads = 1
  var random: SplitMix64
  private(set) var database = Database()

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A run in which the machine is as fast as `rate` says: its times, and the reference loop's, follow. Beside that it is
  /// off by about 1 %, alike for all its samples; a sample by about 3 %, and one in ten comes up to half as late again.
  mutating func add(_ run: String, rate: Double = 1, slower: Double = 1, samples: Int = 20, problems: Int = 3) {
    database.add(Run(id: run, generator: Generator(version: "1.0", compiler: compiler), machine: machine))
    let drift = exp(0.01 * normal())
    for problem in 0..<problems {
      for (variant, median) in [("direct-nhwc", 10_000.0), ("direct-scalar", 20_000)] {
        let times = (0..<samples).map { _ in
          let late = Double.random(in: 0..<1, using: &random) < 0.1 ? Double.random(in: 1...1.5, using: &random) : 1
          return median * slower * drift * late * exp(0.03 * normal()) / rate
        }
        database.add(
          CandidateRecord(
            run: run, candidate: Candidate(variant: VariantID(variant), isa: .avx2, configuration: Configuration()),
            revision: 1, times: times, maxError: 1e-6, verification: .full, reference: 100 * rate), to: key(problem))
      }
    }
  }

  func key(_ problem: Int) -> ResultKey {
    ResultKey(
      problem: try! Problem(text: "c\(16 << problem) h9 w9 k8 r3 s3 d2 p2 nhwc"), machine: machine.key,
      threads: threads,
      placement: "compact")
  }

  /// Box and Muller's.
  private mutating func normal() -> Double {
    let (u, v) = (Double.random(in: 0.000_001...1, using: &random), Double.random(in: 0...1, using: &random))
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }

  static func one(_ seed: UInt64, rate: Double = 1, slower: Double = 1) -> Database {
    var made = Sampled(seed: seed)
    made.add("r\(seed)", rate: rate, slower: slower)
    return made.database
  }
}

extension Database {
  /// The same with some variant's times longer.
  fileprivate func slowed(_ variant: VariantID, by factor: Double) -> Database {
    let slow = results.map { result in
      ProblemResult(
        key: result.key,
        candidates: result.candidates.map { record in
          CandidateRecord(
            run: record.run, candidate: record.candidate, revision: record.revision,
            times: record.times.map { $0 * (record.variant == variant ? factor : 1) }, maxError: record.maxError,
            verification: record.verification, reference: record.reference, timestamp: record.timestamp)
        })
    }
    return Database(runs: runs, results: slow)
  }
}

@Suite struct CompareTests {
  @Test func withItselfNothingDiffers() {
    let database = Sampled.one(1)
    for threshold in [0, 0.05] {
      let comparison = Comparison(base: database, new: database, threshold: threshold)
      #expect(comparison.rows.map(\.ratio) == [1, 1, 1] && comparison.mean?.value == 1)
      #expect(comparison.rows.allSatisfy { $0.verdict == .noDifference } && !comparison.isSlower)
      #expect(comparison.differences.isEmpty && comparison.changes.isEmpty)
    }
  }

  @Test func aSlowedCopyIsFoundAndGivesTheSameNumbersAgain() {
    let database = Sampled.one(1)
    let slow = database.slowed("direct-nhwc", by: 1.1)
    let comparison = Comparison(base: database, new: slow)
    #expect(comparison.isSlower && comparison.rows.allSatisfy { $0.verdict == .slower })
    #expect(abs(comparison.mean!.value - 1.1) < 1e-4)
    #expect(Comparison(base: database, new: slow).markdown == comparison.markdown)
    #expect(Comparison(base: slow, new: database).rows.allSatisfy { $0.verdict == .faster })
    #expect(!Comparison(base: database, new: slow, threshold: 0.2).isSlower)
  }

  @Test func equalRunsAreSeldomToldApart() {
    let wrong = (UInt64(0)..<40).filter { seed in
      // The second run meets a machine at 80 % of its clock, and its reference loop tells.
      let comparison = Comparison(base: Sampled.one(seed), new: Sampled.one(1000 + seed, rate: 0.8))
      return comparison.isSlower || comparison.rows.contains { $0.verdict != .noDifference }
    }
    #expect(wrong.count <= 2, "\(wrong)")
  }

  @Test func tenPercentIsMostlyFound() {
    let found = (UInt64(0)..<40).filter { seed in
      Comparison(base: Sampled.one(seed), new: Sampled.one(1000 + seed, rate: 0.8, slower: 1.1)).isSlower
    }
    #expect(found.count >= 38, "\(found.count)")
  }

  @Test func theSpreadOnRecordWidensIntervals() throws {
    var base = Sampled(seed: 5)
    base.add("r1", slower: 1)
    base.add("r2", slower: 1.1)
    let plain = Comparison(base: Sampled.one(5), new: Sampled.one(6))
    let wide = Comparison(base: base.database, new: Sampled.one(6))
    #expect(plain.betweenRuns == nil)
    #expect(abs(try #require(wide.betweenRuns) - log(1.1) / 2.0.squareRoot()) < 0.02)
    func width(_ comparison: Comparison) -> Double {
      comparison.rows[0].interval.map { $0.upperBound / $0.lowerBound } ?? 0
    }
    #expect(width(wide) > width(plain) * 1.1)
  }

  /// A file that holds the other's runs as well has only its own of them for itself.
  @Test func runsOfOneBuildCountWithTheirMean() throws {
    func two(_ names: [String], slower: Double) -> Sampled {
      var made = Sampled(seed: 7)
      made.add(names[0], slower: 1.02 * slower)
      made.add(names[1], slower: slower / 1.02)
      return made
    }
    let (base, new) = (two(["r1", "r2"], slower: 1), two(["r3", "r4"], slower: 1.1))
    var last = Sampled(seed: 7)
    last.add("r4", slower: 1.1 / 1.02)
    func row(_ new: Database) -> Comparison.Row { Comparison(base: base.database, new: new).rows[0] }
    func width(_ row: Comparison.Row) -> Double { row.interval.map { $0.upperBound / $0.lowerBound } ?? 0 }
    #expect(abs(row(new.database).ratio / 1.1 - 1) < 0.02)
    #expect(abs(row(last.database).ratio / (1.1 / 1.02) - 1) < 0.02)
    #expect(width(row(new.database)) < width(row(last.database)) / 1.01)
    var both = base.database
    both.merge(new.database)
    #expect(abs(row(both).ratio / row(new.database).ratio - 1) < 1e-9)
  }

  @Test func otherMachinesThreadsAndCompilersAreSaid() throws {
    var other = Sampled(seed: 2)
    other.machine.model = "6.143.8"
    other.compiler = "Swift 6.4"
    other.threads = 2
    other.add("r2", rate: 2)
    let comparison = Comparison(base: Sampled.one(1), new: other.database)
    #expect(comparison.rows.count == 3)
    #expect(comparison.rows.allSatisfy { !$0.isNormalised && $0.verdict == .faster })
    #expect(comparison.differences.map(\.name) == ["machine", "threads", "compiler"])
    #expect(comparison.summary[1] == "threads: 1 → 2")
    #expect(comparison.summary[2] == "compiler: Swift 6.3 → Swift 6.4")
    #expect(comparison.summary[0].contains("25.1.1") && comparison.summary[0].contains("6.143.8"))
  }

  @Test func winnersThatChangedSayWhy() throws {
    let database = Sampled.one(1)
    let comparison = Comparison(base: database, new: database.slowed("direct-nhwc", by: 3))
    let change = try #require(comparison.rows[0].change)
    #expect(change.hasPrefix("`direct-scalar avx2` took 2.0"), "\(change)")
    #expect(change.contains("× the winner's time before; `direct-nhwc avx2` took 1.48×"), "\(change)")
    #expect(comparison.markdown.contains("## Winners that changed"))
  }

  @Test func aWinnerThatBecameWrongIsCalledSoAfterMerging() throws {
    let database = Sampled.one(1)
    let wrong = database.results.map { result in
      ProblemResult(
        key: result.key,
        candidates: result.candidates.map { record in
          record.variant == "direct-scalar"
            ? record
            : CandidateRecord(
              run: record.run, candidate: record.candidate, revision: record.revision, invalidity: .correctness)
        })
    }
    let comparison = Comparison(base: database, new: Database(runs: database.runs, results: wrong).kept())
    let change = try #require(comparison.rows[0].change)
    #expect(change.hasSuffix("`direct-nhwc avx2` was refused now: correctness"), "\(change)")
  }

  @Test func whatOnlyOneHasIsListedAndFewSamplesGiveNoVerdict() {
    var few = Sampled(seed: 3)
    few.add("r3", slower: 4, samples: 3, problems: 2)
    let comparison = Comparison(base: Sampled.one(1), new: few.database)
    #expect(comparison.rows.map(\.verdict) == [.tooFewSamples, .tooFewSamples])
    #expect(comparison.mean == nil && !comparison.isSlower)
    #expect(comparison.onlyInBase.map { "\($0.problem)" } == ["c64 h9 w9 k8 r3 s3 d2 p2 nhwc"])
    #expect(comparison.onlyInNew.isEmpty)
    #expect(Comparison(base: few.database, new: Sampled.one(1)).onlyInNew.count == 1)
    #expect(comparison.markdown.contains("## Only in the base"))
  }

  @Test func layoutsAreComparedWhereEachSideHasOne() throws {
    func made(_ layout: String) throws -> Database {
      var database = Database(runs: Sampled.one(1).runs)
      var key = Sampled(seed: 1).key(0)
      key.problem = try Problem(text: "c16 h9 w9 k8 r3 s3 d2 p2 \(layout)")
      database.add(Sampled.one(1).results[0].candidates.map { (key, $0) })
      return database
    }
    let comparison = Comparison(base: try made("nchw"), new: try made("nhwc"))
    #expect(comparison.rows.map(\.problemText) == ["c16 h9 w9 k8 r3 s3 d2 p2 nchw → c16 h9 w9 k8 r3 s3 d2 p2 nhwc"])
    #expect(comparison.differences.map(\.name) == ["layout"])
  }
}
