import Atrous
import AtrousTestSupport
import Testing

@Suite struct LadderTests {
  let text = Fake.problem.description

  func resolve(
    _ tables: [Table], _ problem: Problem = Fake.problem, threads: Int = 1, machine: Machine = Fake.machine(),
    isa: InstructionSet = .avx2
  ) throws -> Resolution {
    try Fake.resolver(tables, machine: machine, isa: isa).resolve(problem, threads: threads)
  }

  @Test func exactMachineAndProblem() throws {
    let table = Fake.table([
      ("c16 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw2", 1), (text, 1, "slow avx2 tw7", 1),
    ])
    let resolution = try resolve([table])
    #expect(resolution.rung == .exact)
    #expect(resolution.candidate.description == "slow avx2 tw7")
    #expect(resolution.evidence?.distance == 0)
    #expect(!resolution.isStale)
    #expect(abs(resolution.expectedRegret! - 0.02) < 1e-12)
  }

  @Test(arguments: ["c16 h33 w33 k16 r3 s3 d2 p2 nhwc bias", "n1024 c16 h33 w33 k16 r3 s3 d2 p2 nhwc relu"])
  func sameButForEpilogueOrBatch(other: String) throws {
    let near = ("c17 h33 w33 k16 r3 s3 d2 p2 nhwc relu", 1, "slow avx2 tw2", 1)
    let resolution = try resolve([Fake.table([near, (other, 1, "slow avx2 tw7", 1)])])
    #expect(resolution.rung == .otherEpilogueOrBatch)
    #expect(resolution.candidate.configuration["tw"] == 7)
    #expect(resolution.expectedRegret == nil)
  }

  @Test func sameMicroarchitectureExactProblem() throws {
    let other = Fake.machine("25.1.2", l2: 1024)
    let resolution = try resolve([
      Fake.table([("c17 h33 w33 k16 r3 s3 d2 p2 nhwc relu", 1, "slow avx2 tw2", 1)]),
      Fake.table([(text, 1, "slow avx2 tw7", 1)], machine: other),
    ])
    #expect(resolution.rung == .microarchitecture)
    #expect(resolution.evidence?.machine == other.key)
    #expect(resolution.evidence?.origin == "table 1")
  }

  @Test func nearestProblemOfTheMachine() throws {
    let resolution = try resolve([
      Fake.table([
        ("c64 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw2", 1),
        ("c20 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw7", 1),
        ("c16 h33 w33 k16 r5 s5 d2 p4 nhwc", 1, "slow avx2 tw3", 1),
        ("c16 h33 w33 k16 r3 s3 d2 p2 nchw", 1, "slow avx2 tw4", 1),
      ])
    ])
    #expect(resolution.rung == .nearest)
    #expect(resolution.candidate.configuration["tw"] == 7)
    #expect(resolution.evidence!.distance > 0.3 && resolution.evidence!.distance < 0.35)
  }

  /// The nearest one's tile does not fit, so the nearest that does runs.
  @Test func neighboursAreAdaptedToTheProblem() throws {
    let narrow = try Problem(text: "c16 h33 w8 k16 r3 s3 d2 p2 nhwc")
    let table = Fake.table([
      ("c16 h33 w9 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw9", 1),
      ("c16 h33 w16 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw8", 1),
    ])
    let resolution = try resolve([table], narrow)
    #expect(resolution.candidate.configuration["tw"] == 1 && resolution.isAdapted)
    #expect(resolution.evidence?.entry.candidate.configuration["tw"] == 9)
    let wide = try resolve([table], Problem(text: "c16 h33 w10 k16 r3 s3 d2 p2 nhwc"))
    #expect(wide.candidate.configuration["tw"] == 9 && !wide.isAdapted)
  }

  /// A setting that tuning left as it was follows the new problem, one that it changed stays; and what the cost model
  /// likes less than where it was measured does not run.
  @Test func settingsFollowTheProblemUnlessTuningChangedThem() throws {
    let (known, problem) = ("c16 h33 w30 k16 r3 s3 d2 p2 nhwc", try Problem(text: "c16 h33 w20 k16 r3 s3 d2 p2 nhwc"))
    func adapted(_ candidate: String) throws -> String {
      let tables = TableStack(Fake.table([(known, 1, candidate, 1)]))
      let resolver = Resolver(
        tables: tables, machine: Fake.machine(), isa: .avx2, registry: Registry([FittedVariant(id: "fitted")]))
      return try resolver.resolve(problem).candidate.description
    }
    #expect(try adapted("fitted avx2 tw30 nv2") == "fitted avx2 tw20 nv2")
    #expect(try adapted("fitted avx2 tw15 nv2") == "fitted avx2 tw15 nv2")
    #expect(try adapted("fitted avx2 tw30 nv3") == "fitted avx2 tw20 nv3")
    #expect(try adapted("fitted avx2 tw25 nv1") == "fitted avx2 tw20 nv1")
    #expect(try adapted("fitted avx2 tw30 nv9") == "fitted avx2 tw20 nv1")
  }

  /// Equal phases are nearer than an equal extent; short ones, and other divisors of stride and dilation, say nothing.
  @Test func distanceGoesByPhases() throws {
    func distance(_ one: String, _ other: String) throws -> Double? {
      try Problem(text: "c64 k64 r3 s3 nhwc \(one)").distance(to: Problem(text: "c64 k64 r3 s3 nhwc \(other)"))
    }
    let phases = try #require(try distance("h65 w65 d4 p4", "h33 w33 d2 p2"))
    #expect(try phases < distance("h65 w65 d4 p4", "h65 w65 d2 p2")!)
    #expect(try distance("h33 w33 d4 p4", "h33 w33 d12 p12") == nil)
    #expect(try distance("h33 w33 d12 p12", "h33 w33 d16 p16") != nil)
    #expect(try distance("h65 w65 st2 d2 p2", "h65 w65 st2 d3 p3") == nil)
    #expect(try distance("h65 w65 st2 d2 p2", "h65 w65 st2 d6 p6") != nil)
  }

  @Test func sameMicroarchitectureNearestProblem() throws {
    let other = Fake.machine("25.1.2", l2: 1024)
    let resolution = try resolve([
      Fake.table([("c17 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw7", 1)], machine: other),
      Fake.table([(text, 1, "slow avx2 tw2", 1)], machine: Fake.machine("6.85.7", vendor: "intel")),
    ])
    #expect(resolution.rung == .microarchitectureNearest)
    #expect(resolution.candidate.configuration["tw"] == 7)
  }

  @Test func similarCachesExactProblem() throws {
    let table = Fake.table([(text, 1, "slow avx2 tw7", 1)], machine: Fake.machine("6.85.7", vendor: "intel", l2: 1024))
    #expect(try resolve([table]).rung == .similarCaches)
    let far = Fake.table([(text, 1, "slow avx2 tw7", 1)], machine: Fake.machine("6.85.7", vendor: "intel", l2: 1280))
    #expect(try resolve([far]).rung == .costModel)
    let level = Fake.table([(text, 1, "slow avx2 tw7", 1)], machine: Fake.machine("6.85.7", vendor: "intel", level: 4))
    #expect(try resolve([level]).rung == .costModel)
  }

  @Test func costModel() throws {
    let resolution = try resolve([])
    #expect(resolution.rung == .costModel)
    #expect(resolution.candidate.description == "quick avx2 tw1")
    #expect(resolution.evidence == nil && resolution.expectedRegret == nil)
    let grouped = try Problem(text: "g2 c16 h9 w9 k16 r3 s3 nhwc")
    #expect(try resolve([], grouped).candidate.variant == "slow")
    let far = Fake.table([("c1024 h33 w33 k1024 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw7", 1)])
    #expect(try resolve([far]).rung == .costModel)
  }

  @Test func theReferenceRunsOnlyAlone() throws {
    let alone = Registry([
      FakeVariant(id: "quick", refusesGroups: true), FakeVariant(id: "reference", seconds: 9),
    ])
    let grouped = try Problem(text: "g2 c16 h9 w9 k16 r3 s3 nhwc")
    let resolver = Resolver(tables: TableStack([]), machine: Fake.machine(), isa: .avx2, registry: alone)
    #expect(try resolver.resolve(grouped).candidate.variant == "reference")
    let none = Resolver(
      tables: TableStack([]), machine: Fake.machine(), isa: .avx2,
      registry: Registry([FakeVariant(id: "quick", refusesGroups: true)]))
    let error = #expect(throws: AtrousError.self) { try none.resolve(grouped) }
    #expect("\(error!)".hasSuffix("quick: groups is 2; allowed: 1"))
  }

  @Test func theLargestTunedThreadsUpToThoseAsked() throws {
    let table = Fake.table([1, 2, 4, 8].map { (text, $0, "slow avx2 tw\($0)", 1) })
    for (asked, tuned) in [(1, 1), (2, 2), (3, 2), (4, 4), (7, 4), (100, 8)] {
      #expect(try resolve([table], threads: asked).candidate.configuration["tw"] == Int32(tuned))
    }
    let two = Fake.table([(text, 2, "slow avx2 tw2", 1)])
    #expect(try resolve([two], threads: 1).rung == .costModel)
  }

  @Test func betterRungsWinOverEarlierTables() throws {
    let near = Fake.table([("c17 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw2", 1)])
    let first = Fake.table([(text, 1, "slow avx2 tw5", 1)])
    let second = Fake.table([(text, 1, "slow avx2 tw6", 1)])
    #expect(try resolve([near, first, second]).candidate.configuration["tw"] == 5)
    #expect(try resolve([near, second, first]).candidate.configuration["tw"] == 6)
  }

  /// Equal key, but each core has a quarter of the L3: one rung down, and the field is named.
  @Test func demotion() throws {
    let slice = Fake.machine(sharing: 2)
    let table = Fake.table([(text, 1, "slow avx2 tw7", 1)])
    let demoted = try resolve([table], machine: slice)
    #expect(demoted.rung == .otherEpilogueOrBatch)
    #expect(demoted.demotion!.hasPrefix("l3 over the cores sharing it"))
    #expect(demoted.expectedRegret == nil)
    let own = Fake.table([("n2 c16 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw2", 1)], machine: slice)
    let resolution = try resolve([table, own], machine: slice)
    #expect(resolution.candidate.configuration["tw"] == 2)
    #expect(resolution.demotion == nil)
  }

  @Test func quotaBelowTheThreadsDemotes() throws {
    var machine = Fake.machine()
    machine.facts.quotaCPUs = 1.5
    let one = (text, 1, "slow avx2 tw1", 1)
    let two = (text, 2, "slow avx2 tw2", 1)
    let demoted = try resolve([Fake.table([two])], threads: 2, machine: machine)
    #expect(demoted.rung == .otherEpilogueOrBatch && demoted.demotion!.contains("quota"))
    // The entry of one thread holds in full.
    let resolution = try resolve([Fake.table([one, two])], threads: 2, machine: machine)
    #expect(resolution.rung == .exact && resolution.candidate.configuration["tw"] == 1)
  }

  @Test func otherRevisionsRunButAreStale() throws {
    let resolution = try resolve([Fake.table([(text, 1, "quick avx2 tw7", 2)])])
    #expect(resolution.rung == .exact && resolution.isStale)
    #expect(resolution.description.contains("stale"))
  }

  /// A bad key, a value out of range, an unknown variant, an instruction set past the cap: the entry is passed over.
  @Test(arguments: ["slow avx2 mc3", "slow avx2 tw17", "gone avx2 tw1", "slow avx512 tw1"])
  func unusableEntriesArePassedOver(candidate: String) throws {
    let good = ("n2 c16 h33 w33 k16 r3 s3 d2 p2 nhwc", 1, "slow avx2 tw2", 1)
    let resolution = try resolve([Fake.table([(text, 1, candidate, 1), good])])
    #expect(resolution.rung == .otherEpilogueOrBatch)
  }

  @Test func capsLowerTheInstructionSet() throws {
    let table = Fake.table([(text, 1, "slow avx2 tw7", 1)])
    let resolution = try resolve([table], isa: .baseline)
    #expect(resolution.rung == .costModel && resolution.candidate.isa == .baseline)
  }
}
