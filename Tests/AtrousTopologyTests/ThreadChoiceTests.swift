import AtrousCore
import AtrousKernels
import AtrousTopology
import CAtrousPlatform
import Foundation
import Testing

@Suite struct ThreadChoiceTests {
  private func choices(_ text: String, limit: Int? = nil) throws -> [String] {
    try Topology(.synthetic(text)).threadChoices(limit: limit).map(\.description)
  }

  @Test func oneCoreADomainAndAllCores() throws {
    let text = "pack:2 l3:2(size=16777216) core:4 l1d:1(size=32768) pu:2"
    #expect(try choices(text) == ["1 (one core)", "4 (one cache domain)", "16 (all cores)"])
    #expect(try choices("l3:1(size=16777216) core:4 pu:2") == ["1 (one core)", "4 (all cores)"])
    #expect(try choices("core:4 l2:1(size=1048576) pu:1") == ["1 (one core)", "4 (all cores)"])
    #expect(try choices("pu:1") == ["1 (one core)"])
  }

  @Test func neverOverTheLimit() throws {
    let text = "pack:2 l3:2(size=16777216) core:4 l1d:1(size=32768) pu:2"
    #expect(try choices(text, limit: 6) == ["1 (one core)", "4 (one cache domain)", "6 (the quota)"])
    #expect(try choices(text, limit: 4) == ["1 (one core)", "4 (one cache domain)"])
    #expect(try choices(text, limit: 3) == ["1 (one core)", "3 (the quota)"])
    for limit in [1, 0, -3] { #expect(try choices(text, limit: limit) == ["1 (one core)"]) }
  }

  /// Two cores of one package, allowed half a CPU by a control group under a root of its own.
  @Test(arguments: [
    [
      "proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "proc/self/cgroup": "0::/job\n",
      "sys/fs/cgroup/job/cpu.max": "50000 100000\n",
    ],
    [
      "proc/self/mountinfo": "33 31 0:30 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
      "proc/self/cgroup": "1:cpu:/job\n", "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000\n",
    ],
  ])
  func halfACPUIsOneThread(files: [String: String]) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "atrous-root-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let machine = HostMachine.find(
      files: SystemFiles(root: root.path, read: atrous_read_file), allowed: [0, 1])
    #expect(machine.facts.quotaCPUs == 0.5 && machine.facts.usableThreads == 1)
    let topology = try Topology(.synthetic("l3:1(size=16777216) core:2 pu:1"))
    #expect(topology.threadChoices(limit: machine.facts.usableThreads).map(\.threads) == [1])
  }

  @Test func thisMachine() throws {
    let topology = try Topology(.system)
    let choices = topology.threadChoices()
    #expect(choices.first == ThreadChoice(threads: 1, extent: .oneCore))
    #expect(choices.allSatisfy { $0.threads <= topology.machine.facts.usableThreads })
  }
}
