import AtrousCore

extension Run: Codable {
  private enum Keys: String, CodingKey {
    case id, generator, machine, measurements, preflight, strategy
    case facts = "machine_facts"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let key = try container.machineKey(.machine)
    let facts = try container.decode(MachineRecord.self, forKey: .facts)
    guard facts.isPlausible else {
      throw DecodingError.dataCorruptedError(
        forKey: .facts, in: container,
        debugDescription: "a cache is over 1 TiB or has over 65536 ways, or there are over a million cores")
    }
    let machine = facts.machine(key)
    guard machine.key == key else {
      throw DecodingError.dataCorruptedError(
        forKey: .facts, in: container, debugDescription: "the caches are of \(machine.key), the key is \(key)")
    }
    self.init(
      id: try container.decode(String.self, forKey: .id),
      generator: try container.decode(Generator.self, forKey: .generator),
      machine: machine,
      measurements: try container.decodeIfPresent([Measurement].self, forKey: .measurements) ?? [],
      preflight: try container.decodeIfPresent([PreflightCheck].self, forKey: .preflight) ?? [],
      strategy: try container.decodeIfPresent(String.self, forKey: .strategy))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(id, forKey: .id)
    try container.encode(generator, forKey: .generator)
    try container.encode(machine.key.description, forKey: .machine)
    try container.encode(MachineRecord(machine), forKey: .facts)
    try container.encode(measurements, forKey: .measurements)
    try container.encode(preflight, forKey: .preflight)
    try container.encodeIfPresent(strategy, forKey: .strategy)
  }
}

/// A machine beyond its key, as files hold it.
private struct MachineRecord: Codable {
  struct CacheRecord: Codable {
    var bytes: Int
    var ways: Int
    var sharing_cores: Int

    init?(_ cache: Cache?) {
      guard let cache else { return nil }
      (bytes, ways, sharing_cores) = (cache.bytes, cache.ways, cache.sharingCores)
    }

    var cache: Cache { Cache(bytes: bytes, ways: ways, sharingCores: sharing_cores) }
  }

  struct KindRecord: Codable {
    var cores: Int
    var l1d: CacheRecord?
    var l2: CacheRecord?
    var l3: CacheRecord?
  }

  var kinds: [KindRecord]
  var online_cpus: Int?
  var allowed_cpus: Int?
  var cores: Int?
  var quota_cpus: Double?
  var threads_per_core: Int?
  var numa_nodes: Int?
  var hypervisor: String?
  var brand: String?
  var microcode: String?
  var kernel: String?
  var governor: String?
  var hwloc: String?

  init(_ machine: Machine) {
    kinds = machine.kinds.map {
      KindRecord(cores: $0.cores, l1d: CacheRecord($0.l1d), l2: CacheRecord($0.l2), l3: CacheRecord($0.l3))
    }
    let facts = machine.facts
    (online_cpus, allowed_cpus, cores) = (facts.onlineCPUs, facts.allowedCPUs, facts.cores)
    (quota_cpus, threads_per_core, numa_nodes) = (facts.quotaCPUs, facts.threadsPerCore, facts.numaNodes)
    (hypervisor, brand, microcode) = (facts.hypervisor, facts.brand, facts.microcode)
    (kernel, governor, hwloc) = (facts.kernel, facts.governor, facts.hwloc)
  }

  /// Whether what is computed from it stays far within 64 bits.
  var isPlausible: Bool {
    let caches = kinds.flatMap { [$0.l1d, $0.l2, $0.l3].compactMap(\.self) }
    let counts =
      kinds.map(\.cores) + [online_cpus, allowed_cpus, cores, threads_per_core, numa_nodes].compactMap(\.self)
    return caches.allSatisfy {
      (0...1 << 40).contains($0.bytes) && (0...65536).contains($0.ways) && (0...1_000_000).contains($0.sharing_cores)
    } && counts.allSatisfy { (0...1_000_000).contains($0) } && (0...1e6).contains(quota_cpus ?? 0)
  }

  func machine(_ key: MachineKey) -> Machine {
    var facts = MachineFacts()
    (facts.onlineCPUs, facts.allowedCPUs, facts.cores) = (online_cpus, allowed_cpus, cores)
    (facts.quotaCPUs, facts.threadsPerCore, facts.numaNodes) = (quota_cpus, threads_per_core, numa_nodes)
    (facts.hypervisor, facts.brand, facts.microcode) = (hypervisor, brand, microcode)
    (facts.kernel, facts.governor, facts.hwloc) = (kernel, governor, hwloc)
    return Machine(
      architecture: key.architecture, vendor: key.vendor, model: key.model, level: key.level,
      kinds: kinds.map {
        CoreKind(cores: $0.cores, l1d: $0.l1d?.cache, l2: $0.l2?.cache, l3: $0.l3?.cache)
      }, facts: facts)
  }
}
