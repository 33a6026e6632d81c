/// The readable name of a machine: what a tuned result belongs to.
///
/// `m1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16`: the key's version, architecture, vendor,
/// family.model.stepping, the highest usable psABI level, then bytes and ways of each cache level. A level a core does not
/// have is left out; the core kinds of a hybrid machine are joined by `+`.
public struct MachineKey: Hashable, Sendable, CustomStringConvertible {
  /// One cache: bytes and associativity, 0 where unknown.
  public struct CacheShape: Hashable, Sendable {
    public let bytes: Int
    public let ways: Int
  }

  /// The caches of one core kind.
  public struct Caches: Hashable, Sendable {
    public let l1d: CacheShape?
    public let l2: CacheShape?
    public let l3: CacheShape?
  }

  /// What stays the same over steppings and cache sizes.
  public struct Microarchitecture: Hashable, Sendable {
    public let architecture: String
    public let vendor: String
    /// `family.model`.
    public let model: String
    public let level: Int
  }

  public let architecture: String
  public let vendor: String
  public let model: String
  /// The highest usable psABI level, 1…4 on x86-64; 0 elsewhere.
  public let level: Int
  /// One entry a core kind; at least one.
  public let caches: [Caches]

  /// The key of a machine however it was found: by cpuid and sysfs, or by hwloc.
  public init(_ machine: Machine) {
    architecture = machine.architecture
    vendor = machine.vendor
    model = machine.model
    level = machine.level
    var kinds: [Caches] = []
    for kind in machine.kinds {
      let caches = Caches(l1d: kind.l1d.shape, l2: kind.l2.shape, l3: kind.l3.shape)
      if !kinds.contains(caches) { kinds.append(caches) }
    }
    caches = kinds.isEmpty ? [Caches(l1d: nil, l2: nil, l3: nil)] : kinds
  }

  public var microarchitecture: Microarchitecture {
    let parts = model.split(separator: ".", omittingEmptySubsequences: false)
    let family = parts.count == 3 ? String(parts[0] + "." + parts[1]) : model
    return Microarchitecture(architecture: architecture, vendor: vendor, model: family, level: level)
  }

  /// Whether every cache of the first core kind is there in both and differs by no more than 2×.
  public func hasCachesWithinTwice(of other: MachineKey) -> Bool {
    let (mine, theirs) = (caches[0], other.caches[0])
    return [\Caches.l1d, \.l2, \.l3].allSatisfy { level in
      switch (mine[keyPath: level], theirs[keyPath: level]) {
      case (nil, nil): true
      case (let a?, let b?): max(a.bytes, b.bytes) / 2 <= min(a.bytes, b.bytes)
      default: false
      }
    }
  }

  public var description: String {
    let kinds = caches.map(\.description).joined(separator: "+")
    return "m1 \(architecture) \(vendor) \(model) v\(level)" + (kinds.isEmpty ? "" : " " + kinds)
  }
}

extension Cache? {
  fileprivate var shape: MachineKey.CacheShape? { map { .init(bytes: $0.bytes, ways: $0.ways) } }
}

extension MachineKey.Caches: CustomStringConvertible {
  public var description: String {
    [("l1d", l1d), ("l2", l2), ("l3", l3)].compactMap { name, cache in cache.map { "\(name):\($0)" } }
      .joined(separator: " ")
  }
}

extension MachineKey.CacheShape: CustomStringConvertible {
  public var description: String { "\(byteText(bytes))/\(ways)" }
}

/// Bytes in the largest of M, K and plain that is exact: `1280K`, `32M`, `1000`.
package func byteText(_ bytes: Int) -> String {
  if bytes > 0, bytes.isMultiple(of: 1 << 20) { return "\(bytes >> 20)M" }
  if bytes > 0, bytes.isMultiple(of: 1 << 10) { return "\(bytes >> 10)K" }
  return "\(bytes)"
}
