import AtrousCore
import AtrousKernels
import CAtrousPlatform
import Foundation
import Testing

@Suite struct SystemFilesTests {
  private static let processors = "/sys/devices/system/cpu/"

  /// One big core of two threads (CPUs 0 and 1) and a cluster of two small ones (2 and 3); CPU 4 is offline.
  private static var hybrid: [String: String] {
    var files = [processors + "online": "0-3\n"]
    let siblings = ["0-1", "0-1", "2", "3"]
    let caches = [["48K", "12", "0-1", "1280K", "10", "0-1"], ["32K", "8", "", "2048K", "16", "2-3"]]
    for (processor, list) in siblings.enumerated() {
      let folder = processors + "cpu\(processor)/"
      files[folder + "topology/core_cpus_list"] = list + "\n"
      let kind = caches[processor / 2]
      let levels = [("1", "Data", 0), ("1", "Instruction", 0), ("2", "Unified", 3)]
      for (index, (level, type, first)) in levels.enumerated() {
        let cache = folder + "cache/index\(index)/"
        files[cache + "level"] = level
        files[cache + "type"] = type
        files[cache + "size"] = kind[first]
        files[cache + "ways_of_associativity"] = kind[first + 1]
        files[cache + "shared_cpu_list"] = kind[first + 2].isEmpty ? "\(processor)" : kind[first + 2]
      }
    }
    return files
  }

  @Test func hybridWithoutPinning() {
    let machine = HostMachine.find(files: SystemFiles { Self.hybrid[$0] }, allowed: [0, 2])
    #expect(machine.key.description.hasSuffix(" l1d:48K/12 l2:1280K/10+l1d:32K/8 l2:2M/16"))
    #expect(machine.kinds.map(\.cores) == [1, 2] && machine.kinds[1].l2?.sharingCores == 2)
    #expect(machine.facts.onlineCPUs == 4 && machine.facts.cores == 3 && machine.facts.threadsPerCore == 2)
    #expect(machine.facts.allowedCPUs == 2)
  }

  @Test func readsUnderARoot() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let files = [
      "proc/self/mountinfo": "30 23 0:26 / /groups rw - cgroup2 cgroup2 rw\n", "proc/self/cgroup": "0::/job\n",
      "groups/job/cpu.max": "50000 100000\n", "long": String(repeating: "x", count: 40_000),
    ]
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let system = SystemFiles(root: root.path, read: atrous_read_file)
    #expect(system.quotaCPUs == 0.5)
    #expect(system.text("/long")?.count == 40_000)
    #expect(system.text("/missing") == nil && system.text("/proc") == nil)
  }

  @Test func processorLists() {
    #expect(processorList("0-2,5,7-8") == [0, 1, 2, 5, 7, 8])
    #expect(processorList("") == [] && processorList("x,3-1,-,4") == [4] && processorList("0-99999999") == [])
  }
}
