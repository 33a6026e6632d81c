import AtrousCore
import AtrousDatabase

/// Caches that a machine's latencies showed to be far smaller than it claims: cores of others may live in them.
///
/// Candidates are sized by these; the machine's key, what runs untuned and what a plan decides by itself go by the claim, as
/// the library does.
public struct CacheLimits: Hashable, Sendable {
  /// `l1`, `l2` or `l3`, with bytes.
  public struct Level: Hashable, Sendable {
    public let name: String
    public let claimed: Int
    public let measured: Int
  }

  /// The innermost first; at least one.
  public let levels: [Level]

  /// From the latest run on the machine that measured its caches (`atrous topology --measure --database`); nil where none
  /// did, or none is half of its claim or less.
  public init?(_ database: Database, machine: Machine) {
    let runs = database.runs.filter { run in
      run.machine.key == machine.key && run.measurements.contains { $0.name.hasSuffix(Self.suffix) }
    }
    guard let run = runs.max(by: { $0.id < $1.id }), let kind = machine.kinds.first else { return nil }
    levels = [("l1", kind.l1d), ("l2", kind.l2), ("l3", kind.l3)].compactMap { name, cache in
      guard let claimed = cache?.bytes,
        let measured = run.measurements.first(where: { $0.name == name + Self.suffix })?.median,
        measured >= 4096, 2 * measured <= Double(claimed)
      else { return nil }
      return Level(name: name, claimed: claimed, measured: Int(measured))
    }
    if levels.isEmpty { return nil }
  }

  private static let suffix = "_bytes"

  /// The machine with the measured sizes in its fastest kind: what candidates are sized by, not what results belong to.
  package func applied(to machine: Machine) -> Machine {
    var machine = machine
    for level in levels {
      switch level.name {
      case "l1": machine.kinds[0].l1d?.bytes = level.measured
      case "l2": machine.kinds[0].l2?.bytes = level.measured
      default: machine.kinds[0].l3?.bytes = level.measured
      }
    }
    return machine
  }
}
