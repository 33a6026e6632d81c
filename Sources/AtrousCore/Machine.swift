/// A cache as one core sees it.
public struct Cache: Hashable, Sendable {
  public var bytes: Int
  /// Associativity; 0 where unknown.
  public var ways: Int
  /// Cores that share one such cache.
  public var sharingCores: Int

  public init(bytes: Int, ways: Int, sharingCores: Int = 1) {
    self.bytes = bytes
    self.ways = ways
    self.sharingCores = sharingCores
  }

  /// The bytes that fall to one core when all that share the cache use it.
  public var bytesPerCore: Int { bytes / max(sharingCores, 1) }
}

/// Cores that are alike; a hybrid machine has several kinds, the fastest first.
public struct CoreKind: Hashable, Sendable {
  public var cores: Int
  /// nil where the machine has no such level, or does not tell.
  public var l1d: Cache?
  public var l2: Cache?
  public var l3: Cache?

  public init(cores: Int, l1d: Cache?, l2: Cache?, l3: Cache?) {
    self.cores = cores
    self.l1d = l1d
    self.l2 = l2
    self.l3 = l3
  }
}

/// A machine as cpuid and sysfs (in the library) or hwloc (in the tools) describe it.
///
/// The fields up to `kinds` make the machine key; `facts` are recorded and compared beside it.
public struct Machine: Hashable, Sendable {
  /// `x86_64` or `arm64`.
  public var architecture: String
  /// `amd`, `intel`, `arm`, `apple`, … or `unknown`.
  public var vendor: String
  /// `family.model.stepping` on x86; the MIDR's implementer.part.variant or Apple's cpufamily elsewhere.
  public var model: String
  /// The highest usable psABI level, 1…4 on x86-64; 0 elsewhere.
  public var level: Int
  /// At least one.
  public var kinds: [CoreKind]
  public var facts: MachineFacts

  public init(
    architecture: String, vendor: String, model: String, level: Int, kinds: [CoreKind], facts: MachineFacts = .init()
  ) {
    self.architecture = architecture
    self.vendor = vendor
    self.model = model
    self.level = level
    self.kinds = kinds
    self.facts = facts
  }

  /// The best instruction set of this build that the machine can run.
  public var bestInstructionSet: InstructionSet {
    architecture != "x86_64" ? .baseline : level >= 4 ? .avx512 : level == 3 ? .avx2 : .baseline
  }
}

/// What is true of a machine without being part of its key. Empty fields are unknown.
public struct MachineFacts: Hashable, Sendable {
  public var onlineCPUs: Int?
  /// CPUs this process may use.
  public var allowedCPUs: Int?
  public var cores: Int?
  /// CPU time per wall time that the control groups allow, in CPUs: the least over all ancestors; nil is no limit.
  public var quotaCPUs: Double?
  public var threadsPerCore: Int?
  public var numaNodes: Int?
  public var hypervisor: String?
  public var brand: String?
  public var microcode: String?
  public var kernel: String?
  public var governor: String?
  public var hwloc: String?

  public init() {}

  /// Threads that can run at once: allowed CPUs within the quota, at least 1.
  public var usableThreads: Int {
    let allowed = allowedCPUs ?? onlineCPUs ?? 1
    guard let quotaCPUs else { return max(allowed, 1) }
    return max(min(allowed, Int(quotaCPUs)), 1)
  }
}

/// Whom a plan is for.
public struct Target: Hashable, Sendable {
  public var machine: Machine
  public var isa: InstructionSet
  /// Threads the plan's partition is made for, at least 1.
  public var threads: Int

  public init(machine: Machine, isa: InstructionSet, threads: Int = 1) {
    self.machine = machine
    self.isa = isa
    self.threads = threads
  }

  /// The caches candidates are sized by: those of the fastest core kind, with defaults where the machine does not tell.
  public var l1Bytes: Int { machine.kinds.first?.l1d?.bytes ?? 32 << 10 }
  public var l2Bytes: Int { machine.kinds.first?.l2?.bytesPerCore ?? 512 << 10 }
  public var l3Bytes: Int { machine.kinds.first?.l3?.bytes ?? l2Bytes }
}
