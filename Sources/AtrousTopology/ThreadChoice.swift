import AtrousCore

/// A number of threads worth measuring, and what it takes of the machine.
public struct ThreadChoice: Hashable, Sendable, CustomStringConvertible {
  public enum Extent: String, Hashable, Sendable {
    case oneCore = "one core"
    case cacheDomain = "one cache domain"
    case allCores = "all cores"
    /// As many as the quota allows, less than the cores.
    case quota = "the quota"
  }

  public let threads: Int
  public let extent: Extent

  public init(threads: Int, extent: Extent) {
    self.threads = threads
    self.extent = extent
  }

  /// `4 (one cache domain)`
  public var description: String { "\(threads) (\(extent.rawValue))" }
}

extension Topology {
  /// One thread, a thread for every core of the cache domain where threads go first, and one for every core: each number
  /// once, none above what may run at once. Threads of one core share its units, so no core takes two.
  ///
  /// - Parameter limit: threads that can run at once; by default the allowed CPUs within the quota.
  public func threadChoices(limit: Int? = nil) -> [ThreadChoice] {
    let limit = max(limit ?? machine.facts.usableThreads, 1)
    let usable = cores.indices.filter { !cores[$0].allowed.isEmpty }
    let first = pinningOrder.first.flatMap { processor in usable.first { cores[$0].allowed.contains(processor) } }
    let domain = cacheDomains.first { $0.contains(first ?? 0) } ?? []
    var choices = [ThreadChoice(threads: 1, extent: .oneCore)]
    for (wanted, extent) in [
      (domain.count { usable.contains($0) }, ThreadChoice.Extent.cacheDomain), (usable.count, .allCores),
    ] {
      let threads = min(wanted, limit)
      if threads <= choices.last!.threads { continue }
      choices.append(ThreadChoice(threads: threads, extent: wanted > limit ? .quota : extent))
    }
    // One domain that is the whole machine is all of its cores.
    if let last = choices.last, last.threads == usable.count, last.extent == .cacheDomain {
      choices[choices.count - 1] = ThreadChoice(threads: last.threads, extent: .allCores)
    }
    return choices
  }
}
