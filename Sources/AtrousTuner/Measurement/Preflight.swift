import AtrousCore
import AtrousDatabase
import CAtrousPlatform

/// Whether the machine is fit to be measured on.
public enum Preflight {
  /// Load average, stolen time since start-up, frequency governor, CPU quota and threads of one core. What the system does not tell is left
  /// out.
  ///
  /// - Parameter threads: the most threads that will run.
  public static func checks(machine: Machine, threads: Int) -> [PreflightCheck] {
    checks(machine: machine, threads: threads, files: SystemFiles(read: atrous_read_file))
  }

  package static func checks(machine: Machine, threads: Int, files: SystemFiles) -> [PreflightCheck] {
    let processors = machine.facts.onlineCPUs ?? 1
    return [
      load(files, processors: processors, threads: threads), steal(files), governor(machine),
      quota(machine, threads: threads), siblings(machine),
    ].compactMap(\.self)
  }

  private static func load(_ files: SystemFiles, processors: Int, threads: Int) -> PreflightCheck? {
    guard let field = files.line("/proc/loadavg")?.split(separator: " ").first, let load = Double(field) else {
      return nil
    }
    let idle = Double(processors) - load
    return PreflightCheck(
      name: "load", passed: idle >= Double(threads) - 0.25,
      detail: "load average \(load) on \(processors) processors, \(threads) wanted")
  }

  /// The share of time that the hypervisor gave to others since the system started.
  private static func steal(_ files: SystemFiles) -> PreflightCheck? {
    guard let line = files.line("/proc/stat") else { return nil }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return nil }
    let share = 100 * ticks[7] / max(ticks.reduce(0, +), 1)
    let rounded = (share * 10).rounded() / 10
    return PreflightCheck(name: "steal", passed: share < 2, detail: "\(rounded) % of the time since start-up")
  }

  private static func governor(_ machine: Machine) -> PreflightCheck? {
    machine.facts.governor.map { PreflightCheck(name: "governor", passed: $0 == "performance", detail: $0) }
  }

  /// Threads of one core share its units.
  private static func siblings(_ machine: Machine) -> PreflightCheck? {
    machine.facts.threadsPerCore.map {
      PreflightCheck(name: "smt", passed: $0 == 1, detail: "\($0) threads a core")
    }
  }

  private static func quota(_ machine: Machine, threads: Int) -> PreflightCheck? {
    machine.facts.quotaCPUs.map {
      PreflightCheck(name: "quota", passed: $0 >= Double(threads), detail: "\($0) CPUs for \(threads) threads")
    }
  }
}
