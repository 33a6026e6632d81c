import AtrousCore

/// A machine as hwloc tells it: this one, one written down as XML, or one made up as a synthetic text. A value: nothing
/// is bound or measured through it.
public struct Topology: Sendable {
  public enum Source: Hashable, Sendable {
    case system
    case xml(path: String)
    case synthetic(String)
  }

  /// A physical core. Processors are the system's CPU numbers.
  public struct Core: Hashable, Sendable {
    /// The core's hardware threads, in hwloc's order; at least one.
    public let processors: [Int]
    /// Those of them this process may use.
    public let allowed: [Int]
    /// Index into the machine's core kinds.
    public let kind: Int
  }

  /// One cache, and the cores (indices into `cores`) that share it; none where all its processors are hidden.
  public struct CacheGroup: Hashable, Sendable {
    /// 1 (data), 2 or 3.
    public let level: Int
    public let bytes: Int
    /// Associativity; 0 where unknown.
    public let ways: Int
    public let cores: [Int]
  }

  public struct NUMANode: Hashable, Sendable {
    public let number: Int
    /// Local memory; 0 where unknown.
    public let bytes: Int
    /// Empty for a node of memory alone.
    public let processors: [Int]
  }

  /// A kind of CPUs as hwloc was told: it may be false, so core kinds go by caches instead.
  public struct CPUKind: Hashable, Sendable {
    /// From 0, the least efficient in hwloc's sense (the slowest) first; nil where unknown.
    public let efficiency: Int?
    public let processors: [Int]
    /// Name and value.
    public let infos: [[String]]
  }

  public let source: Source
  /// Whether this is the system the process runs on. Where it is not, every attempt to bind "succeeds" without binding.
  public let isThisSystem: Bool
  public let machine: Machine
  public let packages: Int
  public let cores: [Core]
  public let caches: [CacheGroup]
  public let numaNodes: [NUMANode]
  public let cpuKinds: [CPUKind]
  public let onlineProcessors: [Int]
  public let allowedProcessors: [Int]
  /// hwloc's XML, with everything it knows.
  let exportedXML: String
}

extension Topology {
  /// Caches of one level.
  public func caches(level: Int) -> [CacheGroup] { caches.filter { $0.level == level } }

  /// Cores (indices) that share a last-level cache, each core once. A core without any cache is a domain of its own.
  public var cacheDomains: [[Int]] {
    var domainOf: [Int?] = Array(repeating: nil, count: cores.count)
    var domains: [[Int]] = []
    // The outermost level first: an inner cache makes a domain only of cores no outer one covers.
    let shared = caches.filter { !$0.cores.isEmpty }.sorted { $0.level > $1.level }
    for cache in shared where cache.cores.allSatisfy({ domainOf[$0] == nil }) {
      for core in cache.cores { domainOf[core] = domains.count }
      domains.append(cache.cores)
    }
    for core in cores.indices where domainOf[core] == nil { domains.append([core]) }
    return domains.sorted { $0[0] < $1[0] }
  }

  /// Allowed processors in the order threads take them: a thread of each core before any second one, the fastest kind
  /// first, cores of one cache domain next to each other.
  public var pinningOrder: [Int] { processors(cacheDomains.flatMap { $0 }) }

  /// The same, but a core of each cache domain before any second one: fewer threads share a cache.
  public var spreadOrder: [Int] {
    let domains = machine.kinds.indices.flatMap { kind in
      let domains = cacheDomains.map { domain in domain.filter { cores[$0].kind == kind && !cores[$0].allowed.isEmpty }
      }
      return (0..<(domains.map(\.count).max() ?? 0)).flatMap { place in
        domains.compactMap { place < $0.count ? $0[place] : nil }
      }
    }
    return processors(domains)
  }

  /// Allowed processors of these cores, the fastest kind first.
  private func processors(_ order: [Int]) -> [Int] {
    let byKind = machine.kinds.indices.flatMap { kind in order.filter { cores[$0].kind == kind } }
    let deepest = cores.map(\.allowed.count).max() ?? 0
    return (0..<deepest).flatMap { thread in
      byKind.compactMap { thread < cores[$0].allowed.count ? cores[$0].allowed[thread] : nil }
    }
  }

  /// The topology as XML that can be given away: without host and process names, serial numbers, addresses and devices.
  /// Only infos that describe the processors stay.
  public func strippedXML() -> String {
    exportedXML.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      guard let start = line.firstRange(of: "<info name=\"") else { return true }
      let name = line[start.upperBound...].prefix { $0 != "\"" }
      return Self.keptInfos.contains(String(name))
    }.joined(separator: "\n")
  }

  private static let keptInfos: Set<String> = [
    "Architecture", "Backend", "CPUArchitecture", "CPUFamilyNumber", "CPUImplementer", "CPUModel", "CPUModelNumber",
    "CPUPart", "CPURevision", "CPUStepping", "CPUVariant", "CPUVendor", "CoreType", "FrequencyBaseMHz",
    "FrequencyMaxMHz", "Inclusive", "LinuxCapacity", "OSName", "OSRelease", "SyntheticDescription", "hwlocVersion",
  ]
}
