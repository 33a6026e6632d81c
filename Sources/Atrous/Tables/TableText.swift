import AtrousCore

extension Table {
  /// The table's text, which `init(text:)` reads.
  public var text: String {
    var lines = ["atrous-table \(Self.formatVersion)\t\(generator)"]
    for (index, machine) in machines.enumerated() { lines.append(Self.line(machine, index: index)) }
    lines += entries.map(\.line)
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ machine: Machine, index: Int) -> String {
    let sharing = machine.l3Sharing.map { "\($0)" }.joined(separator: "+")
    return "machine\t\(index)\t\(machine.key)\t\(sharing)"
  }
}

extension Table.Entry {
  package var line: String {
    let times = [median, interval.lowerBound, interval.upperBound].map { "\($0)" }
    let fields = [problem.description, "\(machine)", "\(threads)", candidate.description, "\(revision)"] + times
    return fields.joined(separator: "\t")
  }
}

extension Machine {
  /// Cores that share an L3, for each kind of the key; 0 without L3.
  package var l3Sharing: [Int] {
    let all = kinds.map {
      MachineKey(Machine(architecture: "", vendor: "", model: "", level: 0, kinds: [$0])).caches[0]
    }
    return key.caches.map { caches in
      all.firstIndex(of: caches).flatMap { kinds[$0].l3?.sharingCores } ?? 0
    }
  }
}
