import AtrousCore
import AtrousDatabase
import AtrousTestSupport
import Foundation
import Testing

/// The main job, and what is left of it when it is stopped.
@Suite(.serialized) struct TuneTests {
  private let problem = "c8 h12 w12 k8 r3 s3 d2 p2 nhwc"

  @Test func fromAProblemToAShippedTable() throws {
    try Command.inFolder { atrous in
      let tuned = try atrous("tune", "--problem", problem, "--budget", "2s").success()
      #expect(tuned.contains(problem) && tuned.contains("kept in atrous.json"))
      #expect(try atrous("validate", "atrous.json").success().contains("atrous.json: valid: 1 run, 1 result"))

      #expect(try atrous("report", "--markdown", "report.md").success() == "")
      let report = try String(contentsOfFile: atrous.path("report.md"), encoding: .utf8)
      let winner = try #require(try Store(atrous.path("atrous.json")).read().winners().first)
      #expect(report.contains("| `\(problem)` | `\(winner.fastest.candidate.ordered())`"))

      #expect(try atrous("report", "--html", "report.html").success() == "")
      let page = try String(contentsOfFile: atrous.path("report.html"), encoding: .utf8)
      #expect(page.hasPrefix("<!doctype html>") && page.contains("\(winner.fastest.variant) wins 1 of 1 problem"))

      _ = try atrous("export", "atrous.json", "--format", "table", "-o", "atrous.table").success()
      #expect(try atrous("validate", "atrous.table").success().contains("valid: 1 machine, 1 line"))
      _ = try atrous("export", "atrous.json", "--format", "swift", "-o", "Table.swift").success()

      // The library's answer by the table alone is the database's.
      let byDatabase = try atrous("explain", "--problem", problem).success()
      try FileManager.default.removeItem(atPath: atrous.path("atrous.json"))
      let byTable = try atrous("explain", "--problem", problem, environment: ["ATROUS_TABLE": "atrous.table"]).success()
      for text in [byDatabase, byTable] {
        #expect(text.contains("\(winner.shipped.candidate.ordered())\n"))
        #expect(text.contains("rung      1 of 7: exact machine and problem"))
      }
      #expect(byDatabase.contains("atrous.json: ") && byTable.contains("atrous.table: "))
      #expect(try atrous("explain", "--problem", problem).success().contains("rung      1 of 7") == false)
    }
  }

  /// Long enough to be stopped in the middle.
  private let long = [
    "tune", "--problem", "c128 h38 w38 k128 r3 s3 d3 p3 nhwc", "--problem", "c64 h96 w128 k64 r3 s3 d2 p2 nhwc",
    "--budget",
    "60s",
  ]

  @Test func whatAKillLeavesBehindIsKept() throws {
    try Command.inFolder { atrous in
      let store = Store(atrous.path("atrous.json"))
      let running = try atrous.start(long)
      try wait(for: 8, in: store, of: running)
      running.send(SIGKILL)
      #expect(try running.end().isSignalled)
      let left = try #require(try store.journals().first).read()
      let run = try #require(left.runs.first?.id)
      #expect(left.entries.count >= 8)
      #expect(try atrous("validate", "atrous.json").success().contains("1 journal not merged yet"))

      _ = try atrous.run(Array(long.dropLast()) + ["3s"]).success()
      let database = try store.read()
      #expect(try store.journals().isEmpty)
      let attempted = database.results.reduce(0) { $0 + ($1.attempted[run] ?? [:]).values.reduce(0, +) }
      #expect(attempted == left.entries.count)
      #expect(try atrous("validate", "atrous.json").success().contains("atrous.json: valid: 2 runs, 2 results"))
    }
  }

  @Test func ctrlCKeepsWhatIsFinished() throws {
    try Command.inFolder { atrous in
      let store = Store(atrous.path("atrous.json"))
      let running = try atrous.start(long)
      try wait(for: 4, in: store, of: running)
      running.send(SIGINT)
      let ended = try running.end()
      #expect(ended.status == 130 && !ended.isSignalled)
      #expect(ended.output.contains("interrupted: "))
      #expect(try store.journals().isEmpty)
      #expect(try !store.read().results.isEmpty)
      _ = try atrous("validate", "atrous.json").success()
    }
  }

  /// Two tuners share a database, and one of them is killed at random instants: `ATROUS_TEST_KILLS` times.
  @Test func killedBesideAnotherTunerNothingIsLost() throws {
    let kills = ProcessInfo.processInfo.environment["ATROUS_TEST_KILLS"].flatMap { Int($0) } ?? 10
    try Command.inFolder { atrous in
      let store = Store(atrous.path("atrous.json"))
      var random = SplitMix64(seed: 4)
      var finished: [String: Int] = [:]
      for _ in 0..<kills {
        let other = try atrous.start(["tune", "--problem", problem, "--budget", "1s", "--fresh"])
        let victim = try atrous.start(["tune", "--problem", "c64 w900 k64 s3 d4 p4 nhwc", "--budget", "1s", "--fresh"])
        usleep(UInt32.random(in: 100_000...1_600_000, using: &random))
        victim.send(SIGKILL)
        _ = try victim.end()
        _ = try store.readWithJournals()
        for journal in try store.journals() {
          guard let contents = try? journal.read(), let run = contents.runs.first?.id else { continue }
          finished[run] = max(finished[run] ?? 0, contents.entries.count)
        }
        _ = try other.end().success()
        _ = try atrous("validate", "atrous.json").success()
      }
      _ = try atrous("tune", "--problem", problem, "--budget", "1s").success()
      #expect(try store.journals().isEmpty)
      let database = try store.read()
      for (run, count) in finished {
        let kept = database.results.reduce(0) { $0 + ($1.attempted[run] ?? [:]).values.reduce(0, +) }
        #expect(kept >= count, "\(run)")
      }
    }
  }

  /// Records that say a tenth of what they took no longer hold; ten times as much holds, and is told.
  @Test func recordsAreMeasuredAgain() throws {
    try Command.inFolder { atrous in
      _ = try atrous("tune", "--problem", problem, "--budget", "1s").success()
      let tuned = try Store(atrous.path("atrous.json")).read()
      for (factor, word, status) in [(0.1, "slower", 1), (10.0, "faster", 0)] {
        var database = Database(runs: tuned.runs)
        for result in tuned.results {
          for record in result.candidates {
            database.add(
              CandidateRecord(
                run: record.run, candidate: record.candidate, revision: record.revision,
                times: record.times.map { $0 * factor }, maxError: record.maxError, verification: record.verification,
                reference: record.reference), to: result.key)
          }
        }
        try Store.data(of: database).write(to: URL(fileURLWithPath: atrous.path("changed.json")))
        let ended = try atrous("validate", "changed.json", "--measure", "--records", "2", "--budget", "5s")
        #expect(ended.status == status && ended.output.contains("changed.json: \(word)"), "\(ended.output)")
        #expect(ended.output.contains("measured again: 1 of 1 winner"))
      }
    }
  }

  /// A sweep is recorded, goes on where it stopped, and is replayed, twice alike.
  @Test func aSweepIsRecordedAndReplayed() throws {
    try Command.inFolder { atrous in
      let sweep = ["tune", "--problem", problem, "--strategy", "exhaustive", "--budget", "none"]
      _ = try atrous.run(sweep).success()
      #expect(try atrous.run(sweep).success().contains("0 candidates measured"))
      let table = try atrous("replay", "atrous.json", "--problems").success()
      #expect(table.contains("racing") && table.contains("exhaustive") && table.contains("random"))
      #expect(table.contains("1 problem, "))
      #expect(try atrous("replay", "atrous.json.journal", "--problems").success() == table)
      let json = try atrous("replay", "atrous.json", "--strategy", "racing", "--json", "--seed", "5").success()
      #expect(json.contains("\"median_regret\""))
      #expect(try atrous("replay", "atrous.json", "--strategy", "racing", "--json", "--seed", "5").success() == json)
    }
  }

  /// Rows of JSON have no place for it.
  @Test(arguments: [[], ["--json"]])
  func whatHasNoAnswerIsNamed(_ options: [String]) throws {
    try Command.inFolder { atrous in
      let ended = try atrous.run(["tune", "--problem", problem, "--max-error", "1e-12", "--budget", "1s"] + options)
      #expect(ended.status == 1)
      #expect((options.isEmpty ? ended.output : ended.errors).contains("no answer: \(problem)"))
    }
  }

  @Test func aModelsTimeStandsAtTheEnd() throws {
    try Command.inFolder { atrous in
      try atrous.write("model.problems", "\(problem)\t3\tconv1\nc16 w100 k16 s3 d4 p4 nhwc\n\(problem)\t2\n")
      let tune = ["tune", "--problems", "model.problems", "--budget", "3s"]
      let last = try #require(try atrous.run(tune).success().split(separator: "\n").last)
      #expect(last.contains("model, 1 thread: 6 convolutions in 2 problems: ") && last.hasSuffix("×"))
      #expect(try atrous("tune", "--problem", problem, "--budget", "1s").success().contains("model") == false)

      // The same from the numbers of the rows.
      let rows = try JSONSerialization.jsonObject(with: Data(try atrous.run(tune + ["--json"]).success().utf8))
      let named = try #require(rows as? [[String: Any]])
      #expect(named.compactMap { $0["count"] as? Int } == [5, 1])
      for row in named { #expect((row["untuned_median_ns"] as? Double ?? 0) > 0) }
    }
  }

  @Test func shardsAreMerged() throws {
    try Command.inFolder { atrous in
      try atrous.write("two.problems", "\(problem)\nc16 w100 k16 s3 d4 p4 nhwc\n")
      for shard in 1...2 {
        _ = try atrous(
          "tune", "--problems", "two.problems", "--budget", "1s", "--shard", "\(shard)/2", "--database",
          "\(shard).json"
        ).success()
      }
      #expect(try atrous("merge", "1.json", "2.json", "-o", "both.json").success().contains("2 runs, 2 results"))
    }
  }

  /// Waits until the journal holds so many candidates.
  private func wait(for count: Int, in store: Store, of running: Command.Running) throws {
    while running.isRunning, try (store.journals().first?.read().entries.count ?? 0) < count { usleep(2000) }
    try #require(running.isRunning, "the command ended before it could be stopped")
  }
}
