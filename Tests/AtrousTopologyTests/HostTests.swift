import AtrousCore
import AtrousKernels
import AtrousTopology
import CAtrousPlatform
import Testing

@Suite struct HostTests {
  @Test func libraryAndHwlocAgreeOnTheKey() throws {
    let topology = try Topology(.system)
    #expect(topology.isThisSystem)
    #expect(topology.machine.key == HostMachine.current.key)
    #expect(topology.machine.kinds == HostMachine.current.kinds)
    #expect(topology.allowedProcessors == HostMachine.allowedProcessors())
    #expect(topology.machine.facts.usableThreads == HostMachine.current.facts.usableThreads)
    #expect(topology.pinningOrder.sorted() == topology.allowedProcessors)
    #expect(try MachineKey(text: HostMachine.current.key.description) == HostMachine.current.key)
  }

  @Test func capsTheInstructionSet() throws {
    #expect(try HostMachine.capped(.avx512, by: nil) == .avx512)
    #expect(try HostMachine.capped(.avx512, by: "avx2") == .avx2)
    #expect(try HostMachine.capped(.avx2, by: "avx512") == .avx2)
    #expect(try HostMachine.capped(.avx2, by: "baseline") == .baseline)
    let error = #expect(throws: InstructionSetCapError.self) { try HostMachine.capped(.avx2, by: "AVX2") }
    #expect(error?.description == "ATROUS_ISA is \"AVX2\"; it is baseline, avx2 or avx512")
  }

  @Test func lookingLeavesTheThreadWhereItMayRun() throws {
    let before = HostMachine.allowedProcessors()
    _ = try Topology(.system)
    #expect(HostMachine.allowedProcessors() == before)
    var affinity = atrous_affinity()
    #expect(atrous_affinity_get(&affinity) == 0)
    #expect(atrous_pin_thread(Int32(before.last!)) == 0)
    #expect(HostMachine.allowedProcessors() == [before.last!] && atrous_current_processor() == before.last!)
    #expect(atrous_affinity_set(&affinity) == 0)
    #expect(HostMachine.allowedProcessors() == before)
    #expect(atrous_pin_thread(-1) == -1 && atrous_pin_thread(Int32.max) == -1)
  }

  @Test func aThreadAvoidsOneProcessorAtATimeButNotItsLast() {
    let before = HostMachine.allowedProcessors()
    var affinity = atrous_affinity()
    #expect(atrous_affinity_get(&affinity) == 0)
    var avoidance = atrous_avoidance()
    #expect(atrous_avoid_processor(&avoidance, -1) == -1 && atrous_avoid_processor(&avoidance, Int32.max) == -1)
    if before.count > 1 {
      for avoided in [before[0], before[1], before[1]] {
        #expect(atrous_avoid_processor(&avoidance, Int32(avoided)) == 0)
        #expect(HostMachine.allowedProcessors() == before.filter { $0 != avoided })
        #expect(atrous_current_processor() != avoided)
      }
    }
    // Whoever pins the thread has the last word.
    #expect(atrous_pin_thread(Int32(before.last!)) == 0)
    #expect(atrous_avoid_processor(&avoidance, Int32(before.last!)) == -1)
    #expect(HostMachine.allowedProcessors() == [before.last!])
    #expect(atrous_affinity_set(&affinity) == 0)
  }

  @Test func withoutFilesTheProcessorTellsItsCaches() {
    let machine = HostMachine.find(files: SystemFiles { _ in nil }, allowed: [])
    if machine.architecture == "x86_64" {
      #expect(machine.key.microarchitecture == HostMachine.current.key.microarchitecture)
    }
    #expect(machine.facts.onlineCPUs ?? 0 >= 1)
    if HostMachine.current.kinds.count == 1 { #expect(machine.key == HostMachine.current.key) }
  }
}
