import Atrous
import AtrousCore
import AtrousKernels
import AtrousTopology
import AtrousTuner
import Foundation
import Testing

/// The folder of real machines' XML, where `ATROUS_TOPOLOGIES` names one.
private let folder = ProcessInfo.processInfo.environment["ATROUS_TOPOLOGIES"].flatMap { $0.isEmpty ? nil : $0 }

private let realFiles: [String] = {
  guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
  return names.filter { $0.hasSuffix(".xml") }.sorted()
}()

private let synthetics = [
  "pu:1", "pu:3", "package:2 l3:1 core:4 pu:2",
  "pack:2 l3:2(size=16777216) l2:2(size=1048576) core:2 l1d:1(size=32768) pu:2",
  "numa:4 l2:2(size=524288) core:4 l1d:1(size=65536) pu:1", "core:128 l1d:1(size=16384) pu:1",
]

private let problems = [
  "c64 h33 w33 k64 r3 s3 d2 p2 nhwc bias relu", "c21 h64 w64 k21 r3 s3 d16 p16 nchw",
  "c32 w400 k32 s2 d64 pcausal nchw",
  "g96 c96 h65 w65 k96 r3 s3 d4 p4 nhwc", "c256 h33 w33 k48 r1 s1 nhwc",
].map { try! Problem(text: $0) }

/// The space of every variant on machines that nobody is logged in to.
@Suite struct MachineSpacesTests {
  private func check(_ topology: Topology, _ isa: InstructionSet) {
    let choices = topology.threadChoices()
    #expect(choices.first?.threads == 1 && choices.map(\.threads) == choices.map(\.threads).sorted())
    #expect(choices.allSatisfy { $0.threads <= topology.machine.facts.usableThreads })
    #expect(choices.allSatisfy { $0.threads <= max(topology.cores.count { !$0.allowed.isEmpty }, 1) })
    for problem in problems {
      for threads in choices.map(\.threads) {
        let target = Target(machine: topology.machine, isa: isa, threads: threads)
        #expect(target.l1Bytes > 0 && target.l2Bytes > 0 && target.l3Bytes >= target.l2Bytes / 2)
        var takers = 0
        for variant in Registry.shared.racing where variant.rejection(of: problem, on: target) == nil {
          takers += 1
          let space = variant.configurations(for: problem, on: target)
          #expect((1...256).contains(space.count), "\(variant.id), \(problem), \(threads) threads")
          #expect(
            space.allSatisfy { variant.rejection(of: $0, for: problem, on: target) == nil }, "\(variant.id), \(problem)"
          )
        }
        #expect(takers >= 2, "\(problem)")
      }
    }
  }

  /// Every core sees its share of the second-level cache that hwloc says it shares.
  private func checkShare(_ topology: Topology) {
    let target = Target(machine: topology.machine, isa: .baseline)
    guard let kind = topology.machine.kinds.first, let l2 = kind.l2 else { return }
    let group = topology.caches(level: 2).first { $0.cores.contains { topology.cores[$0].kind == 0 } }
    #expect(group.map { $0.bytes / max($0.cores.count, 1) } == target.l2Bytes && l2.bytesPerCore == target.l2Bytes)
  }

  @Test(.enabled(if: folder != nil), arguments: realFiles) func realMachines(file: String) throws {
    for isa in InstructionSet.allCases {
      let topology = try Topology(.xml(path: "\(folder!)/\(file)"), isa: isa)
      check(topology, isa)
      checkShare(topology)
    }
  }

  @Test(arguments: synthetics) func madeUpMachines(text: String) throws {
    let topology = try Topology(.synthetic(text), isa: .avx2)
    check(topology, .avx2)
    checkShare(topology)
  }

  /// A table from one machine, read for another: its rung says how alike they are.
  @Test(.enabled(if: folder != nil), arguments: realFiles) func tablesFromElsewhereNameTheirRung(file: String) throws {
    let there = try Topology(.xml(path: "\(folder!)/\(file)"), isa: .avx2).machine
    let problem = problems[0]
    let target = Target(machine: there, isa: .avx2)
    let variant = try #require(Registry.shared["direct-nhwc"])
    let candidate = Candidate(
      variant: variant.id, isa: .avx2, configuration: variant.initialConfiguration(for: problem, on: target))
    let table = Table(
      generator: "test", machines: [there],
      entries: [
        Table.Entry(
          problem: problem, machine: 0, threads: 1, candidate: candidate, revision: variant.revision, median: 1000,
          interval: 990...1010)
      ])
    let tables = TableStack([TableStack.Layer(origin: "table", table: table)])
    for other in realFiles {
      let here = try Topology(.xml(path: "\(folder!)/\(other)"), isa: .avx2).machine
      let resolution = try Resolver(tables: tables, machine: here, isa: .avx2).resolve(problem)
      if here.key == there.key {
        #expect(resolution.rung == .exact || resolution.demotion != nil, "\(file) on \(other)")
      } else {
        #expect(resolution.rung > .exact, "\(file) on \(other)")
        #expect((resolution.rung == .costModel) == (resolution.evidence == nil))
      }
      #expect("\(resolution)".contains("by \(resolution.rung)"))
    }
  }
}
