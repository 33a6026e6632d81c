import AtrousCore
import CAtrousPlatform

/// The machine this process runs on, by cpuid and sysfs alone.
public enum HostMachine {
  /// Found once, on first use.
  public static let current = find(files: SystemFiles(read: atrous_read_file), allowed: allowedProcessors())

  /// CPUs the calling thread may run on; empty where the system does not tell.
  public static func allowedProcessors() -> [Int] {
    var set = atrous_affinity()
    guard atrous_affinity_get(&set) == 0 else { return [] }
    return (0..<Int32(atrous_processor_limit)).filter { atrous_affinity_contains(&set, $0) != 0 }.map(Int.init)
  }

  /// This processor in a system that describes itself by `files`.
  package static func find(files: SystemFiles, allowed: [Int]) -> Machine {
    let identity = MachineIdentity(
      architecture: String(cString: atrous_architecture()),
      cpuid: CPUID(leaf: cpuid, savedState: { atrous_xgetbv() }),
      files: files, systemInteger: atrous_system_integer)
    let cores = files.cores
    var kinds = CoreKind.kinds(of: files.caches(of: cores))
    // One kind: the processor itself knows best; sysfs may be hidden in a container. Several: this core is only one.
    if kinds.count == 1 {
      kinds[0].l1d = merged(identity.caches.l1d, kinds[0].l1d)
      kinds[0].l2 = merged(identity.caches.l2, kinds[0].l2)
      kinds[0].l3 = merged(identity.caches.l3, kinds[0].l3)
    }
    var facts = files.facts(cores: cores, allowed: allowed)
    if facts.onlineCPUs == nil { facts.onlineCPUs = Int(atrous_online_processors()) }
    return Machine(identity, kinds: kinds, facts: facts)
  }

  /// The processor's cache, with the system's word on who shares it.
  private static func merged(_ processor: Cache?, _ system: Cache?) -> Cache? {
    guard var cache = processor else { return system }
    cache.sharingCores = system?.sharingCores ?? cache.sharingCores
    return cache
  }

  private static func cpuid(leaf: UInt32, subleaf: UInt32) -> CPUIDRegisters {
    var registers: [UInt32] = [0, 0, 0, 0]
    atrous_cpuid(leaf, subleaf, &registers)
    return CPUIDRegisters(eax: registers[0], ebx: registers[1], ecx: registers[2], edx: registers[3])
  }
}
