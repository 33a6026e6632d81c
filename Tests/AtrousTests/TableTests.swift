import Atrous
import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct TableTests {
  static let header = "atrous-table 1\tfake 1.0\n"
  static let machine = "machine\t0\tm1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16\t8\n"
  static let line = "c16 h9 w9 k8 r3 s3 d2 p2 nhwc\t0\t1\tquick avx2 tw4\t3\t1000.5\t990.0\t1010.0\n"

  @Test func textIsReadAsWritten() throws {
    let text = Self.header + Self.machine + Self.line
    let table = try Table(text: text, registry: Fake.registry)
    #expect(table.text == text)
    #expect(table.machines[0] == Fake.machine())
    #expect(table.entries.count == 1 && table.entries[0].revision == 3)
    #expect(table.generator == "fake 1.0")
    #expect(
      try Table(text: text.split(separator: "\n").joined(separator: "\r\n\n# note\n"), registry: Fake.registry)
        .text == text)
  }

  @Test func hybridMachines() throws {
    var machine = Fake.machine()
    machine.kinds.append(
      CoreKind(cores: 4, l1d: Cache(bytes: 48 << 10, ways: 12), l2: Cache(bytes: 2 << 20, ways: 16), l3: nil))
    let table = Fake.table([("c1 w1 k1 s1 nchw", 1, "quick avx2 tw1", 1)], machine: machine)
    let read = try Table(text: table.text, registry: Fake.registry)
    #expect(read.machines[0].key == machine.key)
    #expect(read.text == table.text)
  }

  @Test func unknownVariantsAreSkippedAndTold() throws {
    let strange = Self.line.replacing("quick", with: "clever")
    let newer = Self.line.replacing("avx2", with: "avx1024")
    let table = try Table(text: Self.header + Self.machine + strange + Self.line + newer, registry: Fake.registry)
    #expect(table.entries.count == 1)
    #expect(table.skipped.map(\.line) == [3, 5])
    #expect(table.skipped[0].reason.contains("clever"))
  }

  @Test(arguments: [
    ("", "line 1"), ("hello\tyou", "line 1"), ("atrous-table 2\tx", "\"2\""),
    (header + line, "none"), (header + machine + machine, "line 3"),
    (header + machine.replacing("m1", with: "m9"), "m9"), (header + machine.replacing("\t8", with: "\t8+2"), "8+2"),
    (header + machine.replacing("\t8", with: ""), "3 fields"), (header + machine.replacing("\t8", with: "\t-8"), "-8"),
    (header + machine + line.replacing("k8", with: "k0"), "line 3: k is 0"),
    (header + machine + line.replacing("\t0\t", with: "\t1\t"), "0 to 0"),
    (header + machine + line.replacing("\t1\tq", with: "\t0\tq"), "threads is \"0\""),
    (header + machine + line.replacing("tw4", with: "tw"), "line 3"),
    (header + machine + line.replacing("990.0", with: "nan"), "low is \"nan\""),
    (header + machine + line.replacing("990.0", with: "1001"), "interval"),
    (header + machine + "\n\n#\n" + line.replacing("1010.0", with: ""), "line 6: high is \"\""),
    (header + machine + String(repeating: "x", count: 201), "201 bytes"),
  ])
  func malformedTextsAreTold(text: String, part: String) {
    let error = #expect(throws: TableError.self) { try Table(text: text, registry: Fake.registry) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains(part) && !message.contains("\n"), "\(message)")
  }

  @Test func everyEntryIsFound() throws {
    var random = RandomProblems(seed: 5)
    let problems = Array(Set(random.next(500)))
    let table = Table(
      generator: "x", machines: [Fake.machine(), Fake.machine("1.1.1")],
      entries: problems.enumerated().flatMap { index, problem in
        [(0, 1), (0, 4), (1, 2)].map { machine, threads in
          Table.Entry(
            problem: problem, machine: machine, threads: threads,
            candidate: Candidate(variant: "quick", isa: .avx2, configuration: Configuration()), revision: index,
            median: 1, interval: 1...1)
        }
      })
    for (index, problem) in problems.enumerated() {
      let found = try #require(table.find(problem, machine: 0, threads: 3))
      #expect(table.entries[found].revision == index && table.entries[found].threads == 1)
      #expect(table.find(problem, machine: 0, threads: 9) == found + 1)
      #expect(table.find(problem, machine: 1, threads: 1) == nil)
    }
    #expect(table.find(Fake.problem, machine: 0, threads: 9) == nil)
  }

  @Test func stacksFollowTheEnvironment() {
    let files = [
      "/mine": Self.header.replacing("fake", with: "mine") + Self.machine + Self.line,
      "/data/atrous/atrous.table": Self.header.replacing("fake", with: "user"),
      "/home/.local/share/atrous/atrous.table": Self.header.replacing("fake", with: "home"),
      "/usr/share/atrous/atrous.table": "broken",
    ]
    func origins(_ environment: [String: String]) -> [String] {
      TableStack(environment: { environment[$0] }, file: { files[$0] }, registry: Fake.registry).layers.map(\.origin)
    }
    #expect(origins([:]) == ["embedded"])
    #expect(origins(["HOME": "/home"]) == ["/home/.local/share/atrous/atrous.table", "embedded"])
    #expect(
      origins(["HOME": "/home", "XDG_DATA_HOME": "/data", "ATROUS_TABLE": "/mine"])
        == ["/mine", "/data/atrous/atrous.table", "embedded"])
    #expect(origins(["ATROUS_TABLE": "/absent"]) == ["embedded"])
  }

  /// Whatever is done to a table, it reads or throws, and never traps; nor does a look-up in it.
  @Test(arguments: 0..<20)
  func damagedTextsNeverTrap(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("\t\n0123456789.+-e m1x:/K#".utf8)
    for _ in 0..<200 {
      var bytes = Array((Self.header + Self.machine + Self.line + Self.line).utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes.remove(at: position)
        case 1: bytes.insert(alphabet.randomElement(using: &random)!, at: position)
        default: bytes[position] = alphabet.randomElement(using: &random)!
        }
      }
      guard let table = try? Table(text: String(decoding: bytes, as: UTF8.self), registry: Fake.registry) else {
        continue
      }
      let resolver = Resolver(
        tables: TableStack(table), machine: Fake.machine(), isa: .avx2, registry: Fake.registry)
      for entry in table.entries { _ = try? resolver.resolve(entry.problem, threads: entry.threads) }
      #expect((try? Table(text: table.text, registry: Fake.registry))?.entries == table.entries)
    }
  }
}
