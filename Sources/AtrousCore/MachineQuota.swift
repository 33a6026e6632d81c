extension SystemFiles {
  /// CPU time per wall time that the control groups of this process allow, in CPUs: the least over all ancestors, of
  /// version 1 (`cpu.cfs_quota_us`) and version 2 (`cpu.max`) alike; nil is no limit.
  package var quotaCPUs: Double? {
    cpuControlGroups.compactMap { $0.isUnified ? quota2($0.folder) : quota1($0.folder) }.min()
  }

  /// How often the quotas of these control groups stopped their processes.
  package func throttled(_ groups: [CPUControlGroup]) -> UInt64 {
    groups.reduce(0) { sum, group in
      let lines = (text(group.folder + "/cpu.stat") ?? "").split(separator: "\n")
      let count = lines.first { $0.hasPrefix("nr_throttled ") }.flatMap { UInt64($0.dropFirst("nr_throttled ".count)) }
      return sum &+ (count ?? 0)
    }
  }

  /// The control groups that may limit the CPU time of this process, all ancestors among them.
  package var cpuControlGroups: [CPUControlGroup] {
    let mounts = (text("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { ControlGroupMount($0) }
    var groups: [CPUControlGroup] = []
    for line in (text("/proc/self/cgroup") ?? "").split(separator: "\n") {
      // hierarchy:controllers:path; version 2 has neither number nor controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let unified = fields[0] == "0" && fields[1].isEmpty
      guard unified || fields[1].split(separator: ",").contains("cpu") else { continue }
      for mount in mounts where mount.isUnified == unified && (unified || mount.hasCPU) {
        groups += mount.folders(to: String(fields[2])).map { CPUControlGroup(folder: $0, isUnified: unified) }
      }
    }
    return groups
  }

  private func quota1(_ folder: String) -> Double? {
    guard let quota = line(folder + "/cpu.cfs_quota_us").flatMap({ Int($0) }), quota > 0,
      let period = line(folder + "/cpu.cfs_period_us").flatMap({ Int($0) }), period > 0
    else { return nil }
    return Double(quota) / Double(period)
  }

  /// `max 100000` or `50000 100000`.
  private func quota2(_ folder: String) -> Double? {
    guard let words = line(folder + "/cpu.max")?.split(separator: " "), let quota = words.first.flatMap({ Int($0) }),
      quota > 0
    else { return nil }
    let period = words.count > 1 ? Int(words[1]) ?? 0 : 100_000
    return period > 0 ? Double(quota) / Double(period) : nil
  }
}

/// A control group's folder, of version 2 where it is unified.
package struct CPUControlGroup: Hashable, Sendable {
  package let folder: String
  let isUnified: Bool
}

/// A control group file system, from a line of mountinfo: `31 23 0:28 ROOT POINT options … - type source options`.
private struct ControlGroupMount {
  let root: String
  let point: String
  let isUnified: Bool
  let hasCPU: Bool

  init?(_ line: Substring) {
    let words = line.split(separator: " ")
    guard let dash = words.firstIndex(of: "-"), dash >= 5, words.count > dash + 1 else { return nil }
    guard words[dash + 1] == "cgroup" || words[dash + 1] == "cgroup2" else { return nil }
    isUnified = words[dash + 1] == "cgroup2"
    hasCPU = words.last!.split(separator: ",").contains("cpu")
    root = unescaped(words[3])
    point = unescaped(words[4])
  }

  /// The folders from the mount point down to a group. The group's path counts from the hierarchy's root, of which the
  /// mount may show only a part; a group outside that part is seen through the mount point alone.
  func folders(to group: String) -> [String] {
    let shown = root == "/" ? "" : root
    var folders = [point]
    guard group == shown || group.hasPrefix(shown + "/") else { return folders }
    for name in group.dropFirst(shown.count).split(separator: "/") where name != ".." {
      folders.append(folders.last! + "/" + name)
    }
    return folders
  }
}

/// mountinfo writes blank, tab, newline and backslash as `\040` and the like.
private func unescaped(_ text: Substring) -> String {
  var bytes: [UInt8] = []
  var rest = text.utf8[...]
  while let byte = rest.popFirst() {
    let digits = rest.prefix(3)
    if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(String(digits)!, radix: 8) {
      bytes.append(code)
      rest = rest.dropFirst(3)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
