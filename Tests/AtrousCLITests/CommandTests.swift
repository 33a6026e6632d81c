import AtrousDatabase
import Foundation
import Testing

@Suite struct CommandTests {
  @Test func aloneItSaysWhatToRunFirst() throws {
    try Command.inFolder { atrous in
      let guide = try atrous().success()
      #expect(guide.contains("atrous tune") && guide.contains("atrous explain"))
      #expect(try atrous("--version").success() == "0.1.0\n")
      let help = try atrous("--help").success()
      for command in [
        "topology", "variants", "verify", "tune", "explain", "report", "validate", "suites", "export", "replay",
        "compare",
      ] {
        #expect(help.contains("  \(command) "))
        #expect(try atrous(command, "--help").success().contains("USAGE: atrous \(command)"))
      }
    }
  }

  @Test func variantsSayWhoAppliesAndWhoRefuses() throws {
    try Command.inFolder { atrous in
      let all = try atrous("variants").success()
      #expect(all.contains("direct-nhwc, revision") && all.contains("rows of the register tile"))
      let problem = "c16 h9 w9 k16 r3 s3 d2 psame nhwc"
      let answer = try atrous("variants", "--problem", problem, "--isa", "baseline").success()
      #expect(answer.contains("target   baseline on m1 "))
      #expect(answer.contains("refuses  takes one channel and one filter a group, not 16 and 16"))
      let json = try json(atrous("variants", "--problem", problem, "--json").success())
      #expect(json["problem"] as? String == "c16 h9 w9 k16 r3 s3 d2 p2 nhwc")
    }
  }

  @Test func suitesArePrintedAsProblemFiles() throws {
    try Command.inFolder { atrous in
      #expect(try atrous("suites").success().contains("context-module"))
      #expect(try atrous("suites", "all").success().contains("\n# context-module: "))
      try atrous.write("chain.problems", try atrous("suites", "context-module").success())
      let dry = try atrous("tune", "--problems", "chain.problems", "--dry-run").success()
      #expect(dry.contains("c21 h64 w64 k21 r3 s3 d16 p16 nhwc relu") && dry.contains("nothing was measured"))
      #expect(!FileManager.default.fileExists(atPath: atrous.path("atrous.json")))
    }
  }

  @Test func aMadeUpMachineIsOnlyDescribed() throws {
    try Command.inFolder { atrous in
      let text = try atrous("topology", "--synthetic", "package:2 l3:1 core:4 pu:2", "--isa", "avx512").success()
      #expect(text.contains("not this system") && text.contains("8, 2 threads each"))
      let key = try #require(json(atrous("topology", "--json").success())["key"] as? String)
      #expect(key.hasPrefix("m1 "))
    }
  }

  @Test func measuringShowsClaimedBesideMeasured() throws {
    try Command.inFolder { atrous in
      let machine = try json(atrous("topology", "--measure", "--json").success())
      let memory = try #require(machine["memory"] as? [[String: Any]])
      #expect(memory.last?["level"] as? String == "memory")
      #expect(memory.allSatisfy { ($0["latency_ns"] as? Double ?? 0) > 0 && ($0["bandwidth_gbs"] as? Double ?? 0) > 0 })
      #expect(memory.dropLast().allSatisfy { $0["claimed_bytes"] is Int })
      let names = try #require(machine["measurements"] as? [[String: Any]]).compactMap { $0["name"] as? String }
      #expect(names.contains("fma_peak") && names.contains("l1_bandwidth") && names.contains("memory_latency"))
      #expect(try #require(machine["latencies"] as? [Any]).count > 20)
      let trips = try #require(machine["round_trips"] as? [[String: Any]])
      #expect(trips.allSatisfy { ($0["ns"] as? Double ?? 0) > 0 })
      #expect(trips.isEmpty == !names.contains("round_trips"))
    }
  }

  @Test func verifyFindsAllRight() throws {
    try Command.inFolder { atrous in
      let ended = try atrous(
        "verify", "--problem", "c5 h9 w7 k6 r3 s3 d2 psame nhwc relu", "--problem", "c4 w30 k4 s3 d4 pcausal nchw",
        "--seed", "7", "--max-candidates", "3", "--threads", "2")
      #expect(ended.success().contains("on 2 problems: all right"))
      let json = try json(
        atrous("verify", "--problem", "c5 h9 w7 k6 r3 s3 nhwc", "--variant", "reference", "--json").success())
      #expect(json["passed"] as? Bool == true)
    }
  }

  @Test func verifyGoesOnAndWritesATable() throws {
    try Command.inFolder { atrous in
      let arguments = [
        "verify", "--suite", "wavenet", "--suite", "latency", "--max-gflop", "0.001", "--large", "tiles", "--variant",
        "direct-nhwc", "--max-candidates", "2", "--resume", "verify.jsonl", "--markdown", "errors.md",
      ]
      #expect(try atrous.run(arguments).success().contains("with one candidate a tile: all right"))
      let again = try json(atrous.run(arguments + ["--json"]).success())
      let rows = try #require(again["rows"] as? [[String: Any]])
      #expect(again["resumed"] as? Int == rows.reduce(0) { $0 + ($1["verified"] as? Int ?? 0) })
      let table = try String(contentsOfFile: atrous.path("errors.md"), encoding: .utf8)
      #expect(table.contains("| variant | ISA | tile | candidates | problems | max error | bound | failed |"))
      #expect(table.contains("| direct-nhwc | "))
    }
  }

  @Test func benchTimesCandidatesSideBySide() throws {
    try Command.inFolder { atrous in
      let problem = "c8 h12 w12 k8 r3 s3 d2 p2 nhwc"
      let arguments = [
        "bench", "--problem", problem, "--rounds", "7", "--candidate", "direct-nhwc baseline", "--candidate",
        "direct-scalar baseline",
      ]
      let text = try atrous.run(arguments).success()
      #expect(text.contains("\(problem): 1 thread, placement ") && text.contains("FMA peak"))
      let rows = try #require(json(atrous.run(arguments + ["--json"]).success())["rows"] as? [[String: Any]])
      #expect(rows.map { ($0["times_ns"] as? [Double])?.count } == [7, 7])
      #expect(!FileManager.default.fileExists(atPath: atrous.path("atrous.json")))
    }
  }

  @Test func theContextModulePassesItsInputOn() throws {
    try Command.inFolder { atrous in
      let network = try json(atrous("network", "context-module", "--json").success())
      let layers = try #require(network["layers"] as? [[String: Any]])
      #expect(layers.map { ($0["receptive_field"] as? [Int])?.last } == [3, 5, 9, 17, 33, 65, 67, 67])
      #expect(try #require(network["identity_error"] as? Double) < 1e-4)
    }
  }

  /// The top of a JSON text.
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
