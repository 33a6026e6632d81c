import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

@Suite struct CacheLimitsTests {
  private let machine = Machine(
    architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
    kinds: [
      CoreKind(
        cores: 2, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8),
        l3: Cache(bytes: 32 << 20, ways: 16, sharingCores: 2))
    ])

  private func run(_ id: String, l2: Int, l3: Int, on other: Machine? = nil) -> Run {
    let bytes = [("l1", 32 << 10), ("l2", l2), ("l3", l3)]
    return Run(
      id: id, generator: Generator(version: "1", compiler: "none"), machine: other ?? machine,
      measurements: bytes.map { Measurement(name: "\($0.0)_bytes", unit: "B", samples: [Double($0.1)]) })
  }

  @Test func onlyWhatIsFarBelowItsClaimLimits() throws {
    let limits = try #require(
      CacheLimits(Database(runs: [run("1", l2: 384 << 10, l3: 16 << 20)]), machine: machine))
    #expect(limits.levels.map(\.name) == ["l3"] && limits.levels[0].measured == 16 << 20)
    let target = Target(machine: limits.applied(to: machine), isa: .avx2)
    #expect(target.l2Bytes == 512 << 10 && target.l3Bytes == 16 << 20)
    #expect(CacheLimits(Database(runs: [run("1", l2: 1 << 20, l3: 64 << 20)]), machine: machine) == nil)
    #expect(CacheLimits(Database(), machine: machine) == nil)
  }

  @Test func theLatestRunOfTheMachineCounts() {
    var other = machine
    other.model = "25.1.2"
    let runs = [
      run("1", l2: 512 << 10, l3: 4 << 20), run("2", l2: 512 << 10, l3: 32 << 20),
      run("3", l2: 512 << 10, l3: 1 << 20, on: other),
    ]
    #expect(CacheLimits(Database(runs: runs), machine: machine) == nil)
    #expect(CacheLimits(Database(runs: [runs[0], runs[2]]), machine: machine)?.levels[0].measured == 4 << 20)
  }

  /// Candidates are sized by less; results still belong to the machine that claims more.
  @Test func candidatesAreSizedByTheMeasured() throws {
    let problem = try Problem(text: "c512 h65 w65 k512 r3 s3 d4 p4 nhwc")
    var tuner = Tuner(
      machine: machine, isa: .baseline, processors: [], generator: Generator(version: "1", compiler: "none"))
    let claimed = try tuner.forecast([problem]).seconds
    tuner.cacheLimits = CacheLimits(
      Database(runs: [run("1", l2: 32 << 10, l3: 1 << 20)]), machine: machine)
    #expect(try tuner.forecast([problem]).seconds != claimed)
    #expect(tuner.machine.key == machine.key)
  }
}
