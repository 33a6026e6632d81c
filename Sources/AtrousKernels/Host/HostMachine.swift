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
      cpuid: CPUID(instruction: atrous_cpuid, savedState: atrous_xgetbv),
      files: files, systemInteger: atrous_system_integer)
    let cores = files.cores
    let kinds = CoreKind.kinds(of: files.caches(of: cores), processor: identity.caches)
    var facts = files.facts(cores: cores, allowed: allowed)
    if facts.onlineCPUs == nil { facts.onlineCPUs = Int(atrous_online_processors()) }
    return Machine(identity, kinds: kinds, facts: facts)
  }
}
