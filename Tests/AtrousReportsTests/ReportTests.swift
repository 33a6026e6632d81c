import Atrous
import AtrousDatabase
import AtrousReports
import Testing

/// A made-up database of a machine with an FMA peak of 100 GFLOP/s.
struct Made {
  let machine = Machine(
    architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
    kinds: [
      CoreKind(
        cores: 8, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8),
        l3: Cache(bytes: 32 << 20, ways: 16, sharingCores: 8))
    ])
  var database = Database()
  let problem = try! Problem(text: "c16 h33 w33 k16 r3 s3 d2 psame nhwc")

  init() {
    var claimed = machine
    claimed.facts.brand = "Chip | of the | year"
    database.add(
      Run(
        id: "r1", generator: Generator(version: "1.0", commit: "abc", compiler: "Swift 6.3", flags: "-O"),
        machine: claimed,
        measurements: [
          Measurement(name: "fma_peak", isa: .avx2, unit: "GFLOP/s", samples: [99, 99, 100, 100, 100, 101, 101]),
          Measurement(name: "fma_peak", isa: .avx2, threads: 2, unit: "GFLOP/s", samples: [200]),
        ],
        preflight: [PreflightCheck(name: "load", passed: false, detail: "load average 9")]))
  }

  func key(_ problem: Problem? = nil, threads: Int = 1) -> ResultKey {
    ResultKey(problem: problem ?? self.problem, machine: machine.key, threads: threads, placement: "compact")
  }

  /// Samples of `median` nanoseconds ± 1 %.
  mutating func add(
    _ candidate: Candidate, _ median: Double, to key: ResultKey? = nil, invalidity: Invalidity = .correct,
    error: Double = 2e-6, workspace: Int = 3 << 20
  ) {
    let times = invalidity == .correct ? (-4...4).map { median * (1 + 0.0025 * Double($0)) } : []
    database.add(
      CandidateRecord(
        run: "r1", candidate: candidate, revision: 1, times: times, maxError: error, verification: .full,
        workspaceBytes: workspace, packedWeightsBytes: 9216, invalidity: invalidity),
      to: key ?? self.key())
  }

  /// What the library runs untuned.
  var untuned: Candidate { ProblemResult(key: key(), candidates: []).untuned(on: machine, isa: .avx2)! }
  func candidate(_ text: String) -> Candidate { try! Candidate(text: text) }
}

@Suite struct ReportTests {
  @Test func opensWithWhoWonAndByHowMuch() throws {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.untuned, 200_000)
    let lines = Report(made.database).markdown.split(separator: "\n").map(String.init)
    #expect(lines[0] == "# What was tuned")
    #expect(lines[1].contains("1 thread, placement compact, warm caches, on `m1 x86_64 amd 25.1.1 v3"))
    #expect(lines[1].contains("**direct-scalar** wins 1 of 1 problem."))
    #expect(lines[2].contains("4.00× as fast as the untuned default"))
  }

  @Test func setsVariantsBesideEachOther() throws {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 200_000)
    made.add(made.candidate("direct-nhwc avx2 mr6 nv2"), 50_000)
    let text = Report(made.database).markdown
    #expect(text.contains("| problem | direct-nhwc | direct-scalar |\n|:--|--:|--:|\n"))
    #expect(text.contains("` | **100 (100 %)** | 25.1 (25 %) |"))
  }

  @Test func aWinnersRowHasEveryNumberWithItsSpread() throws {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.untuned, 100_000)
    let report = Report(made.database).markdown
    let row = try #require(report.split(separator: "\n").first { $0.hasPrefix("| `\(made.problem)`") })
    let cells = row.split(separator: "|").map { String($0.dropFirst().dropLast()) }
    let nominal = Double(made.problem.nominalFLOPs) / 50_000
    let useful = Double(made.problem.usefulFLOPs) / 50_000
    #expect(cells[1] == "`direct-scalar avx2`" && cells[2] == "0")
    #expect(cells[3].hasPrefix("50.0 µs [49.") && cells[3].hasSuffix("]"))
    #expect(cells[4] == Format.digits(nominal) && cells[5] == Format.digits(useful))
    #expect(cells[6] == "\(Int(nominal.rounded())) %" && cells[7] == "\(Int(useful.rounded())) %")
    let fewest = Double(2 * made.problem.fewestMultiplications) / 50_000
    #expect(cells[8] == Format.fixed(100 * nominal / fewest, 0) && cells[9] == "\(Int(fewest.rounded())) %")
    #expect(cells[10] == Format.fixed(Double(made.problem.minimumBytes) / 50_000, 1))
    #expect(cells[11].hasPrefix("2.00× [1.9") && cells[12] == "2.0e-06" && cells[13] == "3.00 MiB")
    let tensors = Double(made.problem.tensorBytes)
    #expect(cells[14] == "9.00 KiB" && cells[15] == Format.ratio((0x1p20 * 3 + 9216) / tensors))
    #expect(!report.contains("Faster, but not winners"))
  }

  @Test func whatIsFasterButDoesNotWinIsNamed() throws {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.candidate("direct-nhwc avx2 mr6 nv2 kc0 pb0"), 49_000, error: 4e-5)
    let report = Report(made.database).markdown
    #expect(report.contains("| `\(made.problem)` | `direct-scalar avx2` | 0 |"))
    #expect(
      report.contains(
        "Faster, but not winners:\n- `\(made.problem)`: `direct-nhwc avx2 mr6 nv2 kc0 pb0`, 1.02× as fast as the winner, "
          + "has an error of 4.0e-05, over 2.0e-05, and staying under takes only 2.0 % longer\n"))
    let tables = ReportTables(made.database).files
    #expect(tables[0].text.contains("direct-nhwc avx2 mr6 nv2 kc0 pb0,\"has an error"))
  }

  @Test func tiesAreCountedAndOnlyTheBestStandsSideBySide() {
    var made = Made()
    made.add(made.candidate("direct-nhwc avx2 mr6 nv2 kc0 pb0"), 50_000)
    made.add(made.candidate("direct-nhwc avx2 mr4 nv2 kc0 pb0"), 50_100, workspace: 1 << 20)
    made.add(made.candidate("direct-nhwc avx2 mr2 nv2 kc0 pb0"), 70_000)
    let report = Report(made.database).markdown
    let ships = "(ships `direct-nhwc avx2 mr4 nv2 kc0 pb0`)"
    #expect(report.contains("| `\(made.problem)` | `direct-nhwc avx2 mr6 nv2 kc0 pb0` \(ships) | 1 |"))
    #expect(report.contains("**direct-nhwc** wins 1 of 1 problem."))
    #expect(!report.contains("mr2"))
  }

  @Test func theMachineIsClaimedAndThePeakMeasured() {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    let report = Report(made.database).markdown
    #expect(report.contains("As the machine itself claims, unchecked:"))
    #expect(report.contains("| brand | Chip \\| of the \\| year |"))
    #expect(report.contains("| avx2 | 1 | 100 [99.0, 101] | `r1` |"))
    #expect(report.contains("Not at rest when measured: `r1`: load: load average 9"))
    #expect(report.contains("`r1`: atrous 1.0 abc (Swift 6.3, -O)"))
  }

  @Test func refusalsGiveTheirReasons() {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    let report = Report(made.database).markdown
    #expect(report.contains("Refused:\n"))
    #expect(report.contains("- depthwise: takes one channel and one filter a group"))
  }

  @Test func coverageNamesWhatHasNoMeasurement() throws {
    var made = Made()
    let other = try Problem(text: "c16 h9 w9 k16 r3 s3 nhwc")
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.candidate("direct-scalar avx2"), 30_000, to: made.key(threads: 2))
    made.add(made.candidate("direct-scalar avx2"), 1, to: made.key(other), invalidity: .correctness)
    let report = Report(made.database).markdown
    #expect(report.contains("- `\(other)`, with 1 thread, placement compact"))
    #expect(report.contains(": tried: 1 correctness"))
    #expect(report.contains("- `\(other)`, with 2 threads, placement compact"))
    #expect(report.contains("measured under other conditions only"))
    #expect(!report.contains("Every problem of the database has a winner"))
  }

  @Test func tablesAsCSVHoldTheNumbers() throws {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.untuned, 100_000)
    let texts = Dictionary(uniqueKeysWithValues: ReportTables(made.database).files.map { ($0.name, $0.text) })
    func rows(_ name: String) throws -> [[String: String]] {
      let lines = try #require(texts[name]).split(separator: "\r\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }
    let winner = try #require(rows("winners.csv").first)
    #expect(winner["problem"] == "\(made.problem)" && winner["threads"] == "1" && winner["caches"] == "warm")
    #expect(winner["candidate"] == "direct-scalar avx2" && winner["median_ns"] == "50000.0")
    #expect(winner["peak_gflops"] == "100.0" && winner["over_default"] == "2.0" && winner["samples"] == "9")
    #expect(winner["nominal_gflops"] == "\(Double(made.problem.nominalFLOPs) / 50_000)")
    #expect(try rows("candidates.csv").map { $0["to_best"] } == ["1.0", "2.0"])
    #expect(try rows("peaks.csv").map { $0["low_gflops"] } == ["99.0", ""])
    #expect(try rows("coverage.csv").isEmpty)
    #expect(
      texts["refusals.csv"]?.contains(",depthwise,\"takes one channel and one filter a group, not 16 and 16\"") == true)
  }

  @Test func theRegretOfEachRungIsShown() throws {
    var made = Made()
    for (channels, scalar, wide) in [(16, 1000.0, 3000.0), (20, 1000, 2000), (24, 1500, 1000)] {
      let key = made.key(try Problem(text: "c\(channels) h9 w9 k8 r3 s3 d2 p2 nhwc"))
      made.add(made.candidate("direct-scalar avx2"), scalar, to: key)
      made.add(made.candidate("direct-nhwc avx2 mr6 nv2 kc0 pb0"), wide, to: key)
    }
    let report = Report(made.database).markdown
    #expect(report.contains("### Expected regret of each rung"))
    let row = "| exact machine, nearest problem | 3 | 0 | 50.0 % | 44.2 % | 100.0 %, `c20 h9 w9 k8 r3 s3 d2 p2 nhwc` |"
    #expect(report.contains(row))
    #expect(report.contains("| cost model | 3 | "))
    let rows = try #require(ReportTables(made.database).files.first { $0.name == "regrets.csv" }).text
    #expect(rows.split(separator: "\r\n").count == 7)
  }

  @Test func anEmptyDatabaseSaysSo() {
    #expect(Report(Database()).markdown.contains("Nothing has been measured yet."))
  }

  /// What tuning gains is told against a candidate that may be slow, so it stays where other slow ones go.
  @Test func whatRunsUntunedIsKept() {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    for tile in 1...4 {
      made.add(
        Candidate(
          variant: made.untuned.variant, isa: .avx2,
          configuration: Configuration([Setting(key: "zz", value: Int32(tile))])), 100_000)
    }
    made.add(made.untuned, 200_000)
    let kept = made.database.kept()
    #expect(kept.results[0].candidates.contains { $0.candidate == made.untuned })
    #expect(kept.kept() == kept)
    #expect(Report(kept).markdown.contains("4.00× as fast as the untuned default"))
  }

  @Test func numbersReadWell() {
    #expect(Format.time(1234.4) == "1.23 µs" && Format.time(999.2) == "999 ns" && Format.time(2.5e9) == "2.50 s")
    #expect(Format.time(1_000_000, 990_000...1_020_000) == "1.00 ms [0.990, 1.02]")
    #expect(Format.bytes(0) == "0 B" && Format.bytes(1 << 20) == "1.00 MiB")
    #expect(Format.percent(50, of: nil) == "–" && Format.count(1, "line") == "1 line")
  }
}
