import AtrousCore
import AtrousDatabase
import AtrousTestSupport
import Foundation

/// Made-up machines, runs and records.
enum Fake {
  static let machine = Machine(
    architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
    kinds: [
      CoreKind(
        cores: 8, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8),
        l3: Cache(bytes: 32 << 20, ways: 16, sharingCores: 8))
    ])

  static func run(_ id: String) -> Run {
    Run(
      id: id, generator: Generator(version: "1.0", commit: "abc", compiler: "6.3.1", flags: "-O"), machine: machine,
      measurements: [Measurement(name: "fma_peak", isa: .avx2, unit: "GFLOP/s", samples: [98, 99, 100])],
      preflight: [PreflightCheck(name: "governor", passed: true, detail: "performance")])
  }

  static func key(_ channels: Int = 16, threads: Int = 1) -> ResultKey {
    ResultKey(
      problem: try! Problem(text: "c\(channels) h9 w9 k8 r3 s3 d2 p2 nhwc bias relu"), machine: machine.key,
      threads: threads, placement: "compact")
  }

  /// A correct record around `median`, ± 1 %.
  static func record(
    _ variant: String, _ tile: Int32 = 4, median: Double = 1000, run: String = "r1", error: Double = 1e-6,
    workspace: Int = 0, packed: Int = 0, revision: Int = 1, invalidity: Invalidity = .correct,
    samples: Int = 7
  ) -> CandidateRecord {
    let times = invalidity == .correct ? (-3...3).prefix(samples).map { median * (1 + 0.003 * Double($0)) } : []
    return CandidateRecord(
      run: run,
      candidate: Candidate(
        variant: VariantID(variant), isa: .avx2,
        configuration: Configuration([Setting(key: "tw", value: tile), Setting(key: "th", value: 2)])),
      revision: revision, times: times, maxError: invalidity == .constraints ? nil : error,
      verification: invalidity == .constraints ? nil : .full, workspaceBytes: workspace, packedWeightsBytes: packed,
      invalidity: invalidity, timestamp: "2026-11-24T07:40:00Z")
  }

  /// Three runs over a few problems; a record's numbers follow from its identity, as they do in truth.
  /// - Parameter lucky: some records have one sample only.
  static func database(seed: UInt64, lucky: Bool = false) -> Database {
    var random = SplitMix64(seed: seed)
    var records: [(ResultKey, CandidateRecord)] = []
    for _ in 0..<Int.random(in: 0...40, using: &random) {
      let run = "r\(Int.random(in: 1...3, using: &random))"
      let variant = ["direct", "winograd", "gemm"].randomElement(using: &random)!
      let tile = Int32.random(in: 1...9, using: &random)
      let shade = Double((run + variant + "\(tile)").utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 101 })
      records.append(
        (
          key([16, 32].randomElement(using: &random)!),
          record(
            variant, tile, median: 1000 + 20 * shade, run: run, error: shade * 1e-6, workspace: Int(shade) * 64,
            invalidity: shade > 80 ? .correctness : .correct, samples: lucky && Int(shade) % 4 == 0 ? 1 : 7)
        ))
    }
    var database = Database(runs: Set(records.map(\.1.run)).map(run))
    database.add(records)
    return database
  }
}

/// A folder of its own, removed afterwards.
func withTemporaryFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let path = FileManager.default.temporaryDirectory.path + "/atrous-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}
