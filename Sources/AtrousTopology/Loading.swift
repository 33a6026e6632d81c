import AtrousCore
import CAtrousPlatform
import CHwloc

extension Topology {
  /// The version of hwloc this was built with.
  public static var hwlocVersion: String { HWLOC_VERSION }

  /// Looks at this system, or reads a topology.
  ///
  /// - Parameter isa: what the machine can run, where it is not this system: XML and synthetic texts do not tell. The
  ///   machine's level stays 0 (unknown) without it.
  /// - Throws: `TopologyError` for a file or text that hwloc does not understand.
  public init(_ source: Source, isa: InstructionSet? = nil) throws(TopologyError) {
    let handle = try Handle.open(source)
    let walk = Walk(handle)
    self.source = source
    isThisSystem = handle.isThisSystem
    packages = handle.objects(HWLOC_OBJ_PACKAGE).count
    onlineProcessors = numbers(handle.root.pointee.cpuset)
    allowedProcessors = isThisSystem ? handle.bound : handle.allowed
    numaNodes = handle.objects(HWLOC_OBJ_NUMANODE).map {
      NUMANode(
        number: Int($0.pointee.os_index), bytes: Int(clamping: $0.pointee.attr.pointee.numanode.local_memory),
        processors: numbers($0.pointee.cpuset))
    }
    cpuKinds = handle.cpuKinds
    caches = walk.groups
    exportedXML = try handle.exportXML()

    let files = SystemFiles(read: atrous_read_file)
    let identity =
      isThisSystem
      ? Self.hostIdentity(files)
      : Self.identity(root: handle.root, packages: handle.objects(HWLOC_OBJ_PACKAGE), isa: isa)
    let kinds = CoreKind.kinds(of: walk.caches, processor: identity.caches)
    var facts = isThisSystem ? files.facts(cores: walk.cores, allowed: allowedProcessors) : MachineFacts()
    facts.onlineCPUs = onlineProcessors.count
    facts.allowedCPUs = allowedProcessors.count
    facts.cores = walk.cores.count
    facts.threadsPerCore = walk.cores.map(\.count).max()
    facts.numaNodes = numaNodes.count
    facts.hwloc = Self.hwlocVersion
    if !isThisSystem { facts.kernel = info("OSRelease", of: handle.root) }
    machine = Machine(identity, kinds: kinds, facts: facts)

    let allowed = Set(allowedProcessors)
    cores = zip(walk.cores, walk.caches).map { processors, caches in
      Core(
        processors: processors, allowed: processors.filter(allowed.contains),
        kind: kinds.firstIndex { $0.hasCaches(caches) } ?? 0)
    }
  }

  private static func hostIdentity(_ files: SystemFiles) -> MachineIdentity {
    MachineIdentity(
      architecture: String(cString: atrous_architecture()),
      cpuid: CPUID(instruction: atrous_cpuid, savedState: atrous_xgetbv),
      files: files, systemInteger: atrous_system_integer)
  }

  /// Who made a machine that is only described: from the infos of its first package, as far as they are there.
  private static func identity(root: Object, packages: [Object], isa: InstructionSet?) -> MachineIdentity {
    func about(_ name: String) -> String? { packages.first.flatMap { info(name, of: $0) } ?? info(name, of: root) }
    var identity = MachineIdentity(architecture: "unknown")
    identity.brand = about("CPUModel")
    if let vendor = about("CPUVendor").map(x86Vendor), vendor != "unknown" {
      (identity.architecture, identity.vendor) = ("x86_64", vendor)
    } else if let text = about("CPUImplementer"), let implementer = hexadecimal(text) {
      (identity.architecture, identity.vendor) = ("arm64", armVendor(implementer))
      if let part = about("CPUPart").flatMap(hexadecimal), let variant = about("CPUVariant").flatMap(hexadecimal) {
        identity.model = "\(implementer).\(part).\(variant)"
      }
    } else if let told = about("Architecture") {
      identity.architecture = told == "aarch64" ? "arm64" : told
    } else if let isa, isa > .baseline {
      identity.architecture = "x86_64"
    }
    if let family = about("CPUFamilyNumber"), let model = about("CPUModelNumber") {
      identity.model = "\(family).\(model).\(about("CPUStepping") ?? "0")"
    }
    if identity.architecture == "x86_64", let isa {
      identity.level = isa == .avx512 ? 4 : isa == .avx2 ? 3 : 2
    }
    return identity
  }
}

private func hexadecimal(_ text: String) -> UInt64? {
  UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text[...], radix: 16)
}

/// Cores and caches of a topology, found by going through every processor and up from it: levels may differ in size and
/// sharing from core to core, so no object stands for the others.
private struct Walk {
  /// The processors of each core. A processor outside any core object is a core of its own.
  var cores: [[Int]] = []
  /// What each core sees.
  var caches: [CoreCaches] = []
  var groups: [Topology.CacheGroup] = []

  init(_ handle: borrowing Handle) {
    var coreOf: [Object: Int] = [:]
    var groupOf: [Object: Int] = [:]
    var members: [(object: Object, cores: [Int])] = []
    var seen: [[Object]] = []
    for processor in handle.objects(HWLOC_OBJ_PU) {
      let above = Array(sequence(first: processor) { $0.pointee.parent })
      let object = above.first { $0.pointee.type == HWLOC_OBJ_CORE } ?? processor
      let core = coreOf[object] ?? cores.count
      let levels = above.filter { cacheLevel($0) != nil }
      if core == cores.count {
        coreOf[object] = core
        cores.append([])
        seen.append(levels)
      }
      cores[core].append(Int(processor.pointee.os_index))
      for cache in levels {
        let group = groupOf[cache] ?? members.count
        if group == members.count {
          groupOf[cache] = group
          members.append((cache, []))
        }
        if members[group].cores.last != core { members[group].cores.append(core) }
      }
    }
    let all = [HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE].flatMap { handle.objects($0) }
    members += all.filter { groupOf[$0] == nil && cacheLevel($0) != nil }.map { ($0, []) }
    groups = members.map { object, cores in
      let cache = object.pointee.attr.pointee.cache
      return Topology.CacheGroup(
        level: cacheLevel(object)!, bytes: Int(clamping: cache.size), ways: max(Int(cache.associativity), 0),
        cores: cores)
    }
    caches = seen.map { levels in
      var caches = CoreCaches()
      for object in levels {
        let group = groups[groupOf[object]!]
        caches.set(
          level: group.level, Cache(bytes: group.bytes, ways: group.ways, sharingCores: group.cores.count))
      }
      return caches
    }
  }
}

/// The level of a data or unified cache of known size, 1…3.
private func cacheLevel(_ object: Object) -> Int? {
  let level: Int
  switch object.pointee.type {
  case HWLOC_OBJ_L1CACHE: level = 1
  case HWLOC_OBJ_L2CACHE: level = 2
  case HWLOC_OBJ_L3CACHE: level = 3
  default: return nil
  }
  return object.pointee.attr.pointee.cache.size > 0 ? level : nil
}
