import AtrousCore
import AtrousDatabase
import AtrousKernels
import CAtrousPlatform

/// What one core sees of the caches and the memory, beside what the machine claims.
public struct MemoryProbe: Sendable {
  public struct Level: Sendable {
    /// `l1`, `l2`, `l3` or `memory`.
    public let name: String
    /// Bytes; nil for the memory.
    public let claimed: Int?
    /// Bytes of the plateau nearest to the claim: 4096 times a power of two, or 1.5 times that; nil where none is near.
    public let measured: Int?
    /// Nanoseconds of a load that waits for the one before, from within the level.
    public let latency: Double
    /// GB/s of reading from within the level.
    public let bandwidth: Measurement

    package init(name: String, claimed: Int?, measured: Int?, latency: Double, bandwidth: Measurement) {
      (self.name, self.claimed, self.measured) = (name, claimed, measured)
      (self.latency, self.bandwidth) = (latency, bandwidth)
    }

    /// How many times the larger of claim and measurement is the smaller, where that is at least 2.
    public var disagreement: Double? {
      guard let claimed, let measured else { return nil }
      let factor = LatencySteps.factor(claimed, measured)
      return factor >= 2 ? factor : nil
    }

    /// As they stand in a run.
    public var measurements: [Measurement] {
      [Measurement(name: "\(name)_latency", unit: "ns", samples: [latency]), bandwidth]
        + (measured.map { [Measurement(name: "\(name)_bytes", unit: "B", samples: [Double($0)])] } ?? [])
    }
  }

  /// By growing size.
  public let curve: [LatencyPoint]
  /// The claimed cache levels of the fastest core kind, the innermost first, then the memory.
  public let levels: [Level]
  /// Sizes at which the latency rises and which no claim is near.
  public let unclaimed: [Int]

  /// Walks over growing sizes, up to four times the largest cache, and reads from every level. Takes a few seconds.
  ///
  /// - Parameters:
  ///   - isa: whose vectors read.
  ///   - processor: where the calling thread is kept meanwhile; nil leaves it free.
  /// - Throws: `PlanError` where the machine lacks the set, or memory is short.
  public static func measure(
    isa: InstructionSet, machine: Machine, processor: Int?, clock: any NanosecondClock = MonotonicClock()
  ) throws(PlanError) -> MemoryProbe {
    let pin = CallerPin(processor)
    defer { withExtendedLifetime(pin) {} }
    let claims = claims(of: machine)
    let walk = try MemoryWalk(bytes: largest(claims.map(\.bytes)), isa: isa, clock: clock)
    let curve = sizes(upTo: walk.bytes).map { walk.latency(bytes: $0) }
    let steps = LatencySteps.sizes(curve)
    let matched = LatencySteps.matched(claimed: claims.map(\.bytes), steps: steps)
    var levels: [Level] = []
    for (claim, measured) in zip(claims, matched) {
      // Half of what both say it holds lies within it.
      let most = min(claim.bytes, measured ?? claim.bytes) / 2
      levels.append(
        level(claim.name, claimed: claim.bytes, measured, curve.last { $0.bytes <= most } ?? curve[0], walk, isa))
    }
    levels.append(level("memory", claimed: nil, nil, curve.last!, walk, isa))
    return MemoryProbe(curve: curve, levels: levels, unclaimed: steps.filter { !matched.contains($0) })
  }

  private static func level(
    _ name: String, claimed: Int?, _ measured: Int?, _ point: LatencyPoint, _ walk: MemoryWalk, _ isa: InstructionSet
  ) -> Level {
    Level(
      name: name, claimed: claimed, measured: measured, latency: point.nanoseconds,
      bandwidth: Measurement(
        name: "\(name)_bandwidth", isa: isa, unit: "GB/s", samples: walk.readRates(bytes: point.bytes, samples: 21)))
  }

  private static func claims(of machine: Machine) -> [(name: String, bytes: Int)] {
    guard let kind = machine.kinds.first else { return [] }
    return [("l1", kind.l1d), ("l2", kind.l2), ("l3", kind.l3)].compactMap { name, cache in
      cache.map { (name, $0.bytes) }
    }
  }

  /// Four times the largest cache, but within an eighth of the memory and 512 MiB.
  static func largest(_ caches: [Int]) -> Int {
    let memory = Int(atrous_memory_bytes())
    let most = min(512 << 20, memory > 0 ? max(memory / 8, 64 << 20) : 64 << 20)
    return min(max(4 * (caches.max() ?? 0), 64 << 20), most)
  }

  /// 4 KiB, 6 KiB, 8 KiB, 12 KiB, …
  package static func sizes(upTo most: Int) -> [Int] {
    let powers = sequence(first: 4096) { $0 * 2 }.prefix { $0 <= most }
    return powers.flatMap { [$0, $0 / 2 * 3] }.filter { $0 <= most }
  }
}
