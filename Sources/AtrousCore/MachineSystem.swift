extension SystemFiles {
  private static let processors = "/sys/devices/system/cpu/"

  package var onlineProcessors: [Int] { processors(Self.processors + "online") }

  /// One entry a core: the first of its online threads.
  package var cores: [[Int]] {
    let online = Set(onlineProcessors)
    return onlineProcessors.compactMap { processor in
      let siblings = threads(of: processor).filter(online.contains)
      return siblings.first == processor || siblings.isEmpty ? (siblings.isEmpty ? [processor] : siblings) : nil
    }
  }

  private func threads(of processor: Int) -> [Int] {
    let folder = Self.processors + "cpu\(processor)/topology/"
    let list = processors(folder + "core_cpus_list")
    return list.isEmpty ? processors(folder + "thread_siblings_list") : list
  }

  /// The caches of each core, with who shares them; without caches where the system does not tell.
  package func caches(of cores: [[Int]]) -> [CoreCaches] {
    let firstThreads = Set(cores.compactMap(\.first))
    return cores.map { core in
      var caches = CoreCaches()
      for index in 0..<10 {
        let folder = Self.processors + "cpu\(core[0])/cache/index\(index)/"
        guard let level = line(folder + "level").flatMap({ Int($0) }) else { break }
        guard line(folder + "type") != "Instruction", let bytes = line(folder + "size").flatMap({ byteCount($0[...]) })
        else { continue }
        let ways = line(folder + "ways_of_associativity").flatMap { Int($0) } ?? 0
        let sharing = processors(folder + "shared_cpu_list").filter(firstThreads.contains).count
        caches.set(level: level, Cache(bytes: bytes, ways: ways, sharingCores: max(sharing, 1)))
      }
      return caches
    }
  }

  /// Vendor and `implementer.part.variant` of an ARM processor, from its MIDR.
  package var armIdentity: (vendor: String, model: String)? {
    guard let text = line(Self.processors + "cpu0/regs/identification/midr_el1"),
      let midr = UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text[...], radix: 16)
    else { return nil }
    let implementer = midr >> 24 & 255
    return (armVendor(implementer), "\(implementer).\(midr >> 4 & 0xfff).\(midr >> 20 & 15)")
  }

  /// What these files tell of the facts that are not in the key.
  package func facts(cores: [[Int]], allowed: [Int]) -> MachineFacts {
    var facts = MachineFacts()
    facts.onlineCPUs = onlineProcessors.isEmpty ? nil : onlineProcessors.count
    facts.allowedCPUs = allowed.isEmpty ? nil : allowed.count
    facts.cores = cores.isEmpty ? nil : cores.count
    facts.threadsPerCore = cores.map(\.count).max()
    let nodes = processors("/sys/devices/system/node/online")
    facts.numaNodes = nodes.isEmpty ? nil : nodes.count
    facts.quotaCPUs = quotaCPUs
    facts.kernel = line("/proc/sys/kernel/osrelease")
    facts.governor = line(Self.processors + "cpu\(allowed.first ?? 0)/cpufreq/scaling_governor")
    facts.microcode = line(Self.processors + "cpu0/microcode/version")
    return facts
  }
}

/// The key's word for the implementer byte of an ARM MIDR.
package func armVendor(_ implementer: UInt64) -> String {
  switch implementer {
  case 0x41: "arm"
  case 0x42: "broadcom"
  case 0x43: "cavium"
  case 0x46: "fujitsu"
  case 0x48: "hisilicon"
  case 0x4e: "nvidia"
  case 0x51: "qualcomm"
  case 0x61: "apple"
  case 0x6d: "microsoft"
  case 0xc0: "ampere"
  default: "unknown"
  }
}
