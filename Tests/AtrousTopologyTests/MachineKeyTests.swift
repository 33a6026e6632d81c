import AtrousCore
import Testing

@Suite struct MachineKeyTests {
  static let zen3 = Machine(
    architecture: "x86_64", vendor: "amd", model: "25.1.1", level: 3,
    kinds: [
      CoreKind(
        cores: 2, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8),
        l3: Cache(bytes: 32 << 20, ways: 16, sharingCores: 2))
    ])

  @Test func printsTheContractsText() {
    #expect(Self.zen3.key.description == "m1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16")
  }

  @Test(arguments: [
    "m1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16",
    "m1 x86_64 intel 6.186.2 v3 l1d:48K/12 l2:1280K/10 l3:24M/12+l1d:32K/8 l2:2M/16 l3:24M/12",
    "m1 x86_64 intel 6.85.7 v4 l1d:32K/8 l2:1M/16 l3:28160K/11",
    "m1 x86_64 amd 16.9.1 v1 l1d:64K/2 l2:512K/16 l3:5118K/0",
    "m1 arm64 arm 65.3340.1 v0 l1d:64K/4 l2:1000/1", "m1 x86_64 unknown unknown v2",
    "m1 arm64 apple 458787763 v0 l1d:128K/0+",
  ])
  func parsesBackExactly(text: String) throws {
    #expect(try MachineKey(text: text).description == text)
  }

  @Test(arguments: [
    "", "m2 x86_64 amd 25.1.1 v3", "m1 x86_64 amd", "m1 x86_64  25.1.1 v3", "m1 x86_64 amd 25.1.1 v5",
    "m1 x86_64 amd 25.1.1 3", "m1 x86_64 amd 25.1.1 v3 ", "m1 x86_64 amd 25.1.1 v3 l1d:32K",
    "m1 x86_64 amd 1.1.1 v3 l4:1K/1",
    "m1 x86_64 amd 1.1.1 v3 l2:1K/1 l1d:1K/1", "m1 x86_64 amd 1.1.1 v3 l2:1K/1 l2:1K/1",
    "m1 x86_64 amd 1.1.1 v3 l2:-1K/1",
    "m1 x86_64 amd 1.1.1 v3 l2:9223372036854775807M/1", "m1 x86_64 amd 1.1.1 v3 l2:/",
    "m1 x86_64 amd 1.1.1 v3 l2:1K/1  l3:1K/1",
  ])
  func refusesOtherTexts(text: String) {
    #expect(throws: MachineKeyError.self) { try MachineKey(text: text) }
  }

  @Test func microarchitectureLeavesTheSteppingOut() throws {
    let a = try MachineKey(text: "m1 x86_64 amd 25.1.1 v3 l1d:32K/8")
    let b = try MachineKey(text: "m1 x86_64 amd 25.1.2 v3 l1d:16K/8")
    let c = try MachineKey(text: "m1 x86_64 amd 25.1.1 v4 l1d:70K/8")
    #expect(a != b && a.microarchitecture == b.microarchitecture && a.microarchitecture != c.microarchitecture)
    #expect(a.hasCachesWithinTwice(of: b) && b.hasCachesWithinTwice(of: a) && !a.hasCachesWithinTwice(of: c))
  }

  @Test func namesWhatKeepsARecordFromHolding() {
    var slice = Self.zen3
    #expect(slice.difference(from: Self.zen3, threads: 2) == nil)
    slice.kinds[0].l3?.sharingCores = 8
    #expect(slice.key == Self.zen3.key)
    #expect(
      slice.difference(from: Self.zen3, threads: 2)
        == "l3 over the cores sharing it is 4M here, 16M where it was measured")
    var limited = Self.zen3
    limited.facts.quotaCPUs = 1.5
    #expect(limited.difference(from: Self.zen3, threads: 2)?.hasPrefix("quota is 1.5 CPUs") == true)
    #expect(limited.difference(from: Self.zen3, threads: 1) == nil)
  }
}
