import Atrous
import AtrousCore
import AtrousDatabase
import Foundation
import Testing

@Suite struct CompareCommandTests {
  /// One problem whose winner takes `nanoseconds`.
  private func write(_ nanoseconds: Double, _ name: String, _ atrous: Command) throws {
    let machine = Machine(
      architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
      kinds: [CoreKind(cores: 8, l1d: Cache(bytes: 32 << 10, ways: 8), l2: nil, l3: nil)])
    var database = Database(runs: [
      Run(id: name, generator: Generator(version: "1.0", compiler: "Swift 6.3"), machine: machine)
    ])
    let key = ResultKey(
      problem: try Problem(text: "c16 h9 w9 k8 r3 s3 nhwc"), machine: machine.key, threads: 1, placement: "compact")
    let times = (-10...10).map { nanoseconds * (1 + 0.001 * Double($0)) }
    database.add(
      CandidateRecord(
        run: name, candidate: Candidate(variant: "direct-scalar", isa: .avx2, configuration: Configuration()),
        revision: 1, times: times, maxError: 1e-6, verification: .full), to: key)
    try Store(atrous.path(name)).merge(database)
  }

  @Test func exitsByWhatItFinds() throws {
    try Command.inFolder { atrous in
      try write(1000, "base", atrous)
      try write(1100, "slow", atrous)
      #expect(try atrous("compare", "base", "base").success().contains("no difference"))
      let slower = try atrous("compare", "base", "slow", "--markdown", "compare.md")
      #expect(slower.status == 1 && slower.errors == "" && slower.output.contains("slower"))
      #expect(try String(contentsOfFile: atrous.path("compare.md"), encoding: .utf8).contains("| **slower** |"))
      #expect(try atrous("compare", "slow", "base").success().contains("faster"))
      #expect(try atrous("compare", "base", "slow", "--threshold", "20%").status == 0)

      let json = try atrous("compare", "base", "slow", "--json")
      let top = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
      #expect(json.status == 1 && top["is_slower"] as? Bool == true)
      let mean = try #require((top["geometric_mean"] as? [String: Any])?["ratio"] as? Double)
      #expect(abs(mean - 1.1) < 1e-6)
    }
  }
}
