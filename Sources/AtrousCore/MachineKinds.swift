/// The caches one core sees: what tells core kinds apart.
package struct CoreCaches: Hashable, Sendable {
  package var l1d: Cache?
  package var l2: Cache?
  package var l3: Cache?

  package init(l1d: Cache? = nil, l2: Cache? = nil, l3: Cache? = nil) {
    self.l1d = l1d
    self.l2 = l2
    self.l3 = l3
  }
}

extension CoreKind {
  /// Groups cores by the bytes and ways of their caches. The fastest kind first, which is told by the larger L1d, then
  /// the larger L2 a core, then L3: so the library and hwloc agree on the order. Where cores of a kind share a level
  /// among different numbers, the largest number counts, as the safer one.
  ///
  /// - Parameters:
  ///   - cores: as the system tells them, one entry a core.
  ///   - processor: as the core that runs this tells its own. Of a machine of one kind it knows best (the system's files
  ///     may be hidden in a container); of several it is only one.
  package static func kinds(of cores: [CoreCaches], processor: CoreCaches = CoreCaches()) -> [CoreKind] {
    var kinds = grouped(cores)
    if kinds.count == 1 {
      kinds[0].l1d = merged(processor.l1d, kinds[0].l1d)
      kinds[0].l2 = merged(processor.l2, kinds[0].l2)
      kinds[0].l3 = merged(processor.l3, kinds[0].l3)
    }
    return kinds
  }

  /// The processor's cache, with the system's word on who shares it.
  private static func merged(_ processor: Cache?, _ system: Cache?) -> Cache? {
    guard var cache = processor else { return system }
    cache.sharingCores = system?.sharingCores ?? cache.sharingCores
    return cache
  }

  private static func grouped(_ cores: [CoreCaches]) -> [CoreKind] {
    var kinds: [CoreKind] = []
    for core in cores {
      guard let index = kinds.firstIndex(where: { $0.hasCaches(core) }) else {
        kinds.append(CoreKind(cores: 1, l1d: core.l1d, l2: core.l2, l3: core.l3))
        continue
      }
      kinds[index].cores += 1
      kinds[index].l1d?.share(with: core.l1d)
      kinds[index].l2?.share(with: core.l2)
      kinds[index].l3?.share(with: core.l3)
    }
    return kinds.isEmpty ? [CoreKind(cores: 1, l1d: nil, l2: nil, l3: nil)] : kinds.sorted { $0.rank > $1.rank }
  }

  /// Whether a core of these caches is of this kind.
  package func hasCaches(_ core: CoreCaches) -> Bool {
    [(l1d, core.l1d), (l2, core.l2), (l3, core.l3)].allSatisfy { $0?.bytes == $1?.bytes && $0?.ways == $1?.ways }
  }

  private var rank: (Int, Int, Int, Int, Int, Int) {
    (
      l1d?.bytes ?? 0, l2?.bytesPerCore ?? 0, l3?.bytes ?? 0,
      l2?.bytes ?? 0, l1d?.ways ?? 0, (l2?.ways ?? 0) + (l3?.ways ?? 0)
    )
  }
}

extension Cache {
  fileprivate mutating func share(with other: Cache?) {
    sharingCores = max(sharingCores, other?.sharingCores ?? 1)
  }
}
