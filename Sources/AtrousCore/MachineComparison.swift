extension Machine {
  public var key: MachineKey { MachineKey(self) }

  /// What keeps a result of a machine of equal key from holding here in full: nil, or one clause that names the field.
  ///
  /// - Parameters:
  ///   - recorded: the machine that was measured.
  ///   - threads: those the result was measured with.
  public func difference(from recorded: Machine, threads: Int) -> String? {
    for (mine, theirs) in zip(kinds, recorded.kinds) {
      guard let here = mine.l3?.bytesPerCore, let there = theirs.l3?.bytesPerCore else { continue }
      if max(here, there) >= 2 * min(here, there) {
        return "l3 over the cores sharing it is \(byteText(here)) here, \(byteText(there)) where it was measured"
      }
    }
    if let quota = facts.quotaCPUs, quota < Double(threads) {
      return "quota is \(quota) CPUs here, below the \(threads) threads measured"
    }
    return nil
  }
}

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
  package static func kinds(of cores: [CoreCaches]) -> [CoreKind] {
    var kinds: [CoreKind] = []
    for core in cores {
      let index = kinds.firstIndex {
        same($0.l1d, core.l1d) && same($0.l2, core.l2) && same($0.l3, core.l3)
      }
      guard let index else {
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

  private static func same(_ a: Cache?, _ b: Cache?) -> Bool { a?.bytes == b?.bytes && a?.ways == b?.ways }

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
