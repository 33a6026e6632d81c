import AtrousCore

extension Topology {
  /// What `atrous topology` prints: the facts, a word and its value a line, then the caches of each core kind.
  public func lines() -> [String] {
    factRows.map { name, value in padded(name, 12) + value } + cacheLines + cpuKindLines
  }

  private var factRows: [(String, String)] {
    let facts = machine.facts
    let level = machine.level > 0 ? "v\(machine.level), \(machine.bestInstructionSet.rawValue)" : "level unknown"
    var rows = [
      ("machine", "\(machine.vendor) \(machine.model), \(machine.architecture), \(level)"),
      ("key", machine.key.description),
      ("source", sourceText),
      ("brand", facts.brand ?? "unknown"),
      ("packages", "\(packages)"),
      ("NUMA nodes", numaText),
      ("cores", "\(cores.count), \(smtText)"),
      ("online", "\(onlineProcessors.count) CPUs: \(rangeText(onlineProcessors))"),
      ("allowed", "\(allowedProcessors.count) CPUs: \(rangeText(allowedProcessors))"),
    ]
    if isThisSystem {
      rows += [
        ("quota", facts.quotaCPUs.map { "\($0) CPUs" } ?? "none"),
        ("hypervisor", facts.hypervisor ?? "none"),
        ("microcode", facts.microcode ?? "unknown"),
        ("governor", facts.governor ?? "unknown"),
      ]
    }
    return rows + [("kernel", facts.kernel ?? "unknown"), ("hwloc", Self.hwlocVersion)]
  }

  private var sourceText: String {
    let text =
      switch source {
      case .system: "hwloc"
      case .xml(let path): path
      case .synthetic(let text): "synthetic \"\(text)\""
      }
    return text + (isThisSystem ? ", this system" : ", not this system: nothing is bound or measured")
  }

  private var numaText: String {
    let withoutCPUs = numaNodes.count { $0.processors.isEmpty }
    let nodes = numaNodes.filter { !$0.processors.isEmpty }.map { "\($0.number) (CPUs \(rangeText($0.processors)))" }
    return "\(numaNodes.count): " + nodes.joined(separator: ", ")
      + (withoutCPUs > 0 ? ", \(withoutCPUs) of memory alone" : "")
  }

  private var smtText: String {
    let counts = Set(cores.map(\.processors.count)).sorted()
    let threads = counts.map(String.init).joined(separator: " or ")
    return counts == [1] ? "1 thread each" : "\(threads) threads each"
  }

  private var cacheLines: [String] {
    var lines: [String] = []
    for (index, kind) in machine.kinds.enumerated() {
      lines += ["", machine.kinds.count == 1 ? "caches" : "caches of core kind \(index + 1), \(kind.cores) cores"]
      let members = Set(cores.indices.filter { cores[$0].kind == index })
      for (level, name) in [(1, "L1d"), (2, "L2"), (3, "L3")] {
        let groups = caches(level: level).filter { !members.isDisjoint(with: $0.cores) }
        if groups.isEmpty { lines.append("  " + padded(name, 5) + "none") }
        lines += rows(of: groups).map { "  " + padded(name, 5) + $0 }
      }
    }
    return lines
  }

  /// Caches of one level that are alike and alike shared make one row.
  private func rows(of groups: [CacheGroup]) -> [String] {
    var kinds: [(group: CacheGroup, count: Int)] = []
    for group in groups {
      let index = kinds.firstIndex {
        $0.group.bytes == group.bytes && $0.group.ways == group.ways && $0.group.cores.count == group.cores.count
      }
      if let index { kinds[index].count += 1 } else { kinds.append((group, 1)) }
    }
    return kinds.map { group, count in
      let ways = group.ways > 0 ? "\(group.ways) ways" : "ways unknown"
      let sharing = group.cores.count == 1 ? "1 core" : "\(group.cores.count) cores"
      return padded("\(count) × \(byteText(group.bytes))", 14) + padded(ways, 14) + "each of \(sharing)"
    }
  }

  private var cpuKindLines: [String] {
    guard cpuKinds.count > 1 else { return [] }
    let trust = machine.kinds.count > 1 ? "" : " (caches do not differ: one core kind)"
    return ["", "CPU kinds by hwloc\(trust)"]
      + cpuKinds.map { kind in
        let infos = kind.infos.map { $0.joined(separator: " ") }.joined(separator: ", ")
        let efficiency = kind.efficiency.map { "efficiency \($0)" } ?? "efficiency unknown"
        return "  CPUs \(rangeText(kind.processors)): \(efficiency)" + (infos.isEmpty ? "" : ", \(infos)")
      }
  }
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(width - text.count, 1))
}

/// `0-3,8` for 0, 1, 2, 3, 8; `none` for no number.
func rangeText(_ numbers: [Int]) -> String {
  var ranges: [ClosedRange<Int>] = []
  for number in numbers.sorted() {
    if let last = ranges.last, last.upperBound + 1 == number {
      ranges[ranges.count - 1] = last.lowerBound...number
    } else {
      ranges.append(number...number)
    }
  }
  let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  return texts.isEmpty ? "none" : texts.joined(separator: ",")
}
