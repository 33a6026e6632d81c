import AtrousCore
import AtrousKernels

extension Table {
  /// Reads what `text` writes. Entries whose variant the registry lacks, or whose instruction set this build lacks, are
  /// left out and told in `skipped`.
  public init(text: String, registry: Registry = .shared) throws(TableError) {
    var parser = TableParser(registry: registry)
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      guard line.count <= Table.longestLine else { throw .lineTooLong(line: number, bytes: line.count) }
      let fields = Substring(line).split(separator: "\t", omittingEmptySubsequences: false)
      try parser.read(fields, line: number)
    }
    guard let generator = parser.generator else { throw .noHeader }
    self.init(
      generator: generator, machines: parser.machines, entries: parser.entries, skipped: parser.skipped)
  }
}

private struct TableParser {
  let registry: Registry
  var generator: String?
  var machines: [Machine] = []
  var entries: [Table.Entry] = []
  var skipped: [Table.Skipped] = []

  init(registry: Registry) { self.registry = registry }

  mutating func read(_ fields: [Substring], line: Int) throws(TableError) {
    if generator == nil {
      generator = try header(fields, line)
    } else if fields[0] == "machine" {
      machines.append(try machine(fields, line))
    } else if let entry = try entry(fields, line) {
      entries.append(entry)
    }
  }

  private func header(_ fields: [Substring], _ line: Int) throws(TableError) -> String {
    let words = fields[0].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0] == "atrous-table" else { throw .noHeader }
    guard words[1] == "\(Table.formatVersion)" else { throw .version(line: line, text: String(words[1])) }
    try expect(2, fields, line)
    return String(fields[1])
  }

  private func machine(_ fields: [Substring], _ line: Int) throws(TableError) -> Machine {
    try expect(4, fields, line)
    guard fields[1] == "\(machines.count)" else {
      throw .machineIndex(line: line, text: String(fields[1]), expected: machines.count...machines.count)
    }
    let key: MachineKey
    do throws(MachineKeyError) { key = try MachineKey(text: String(fields[2])) } catch {
      throw .machineKey(line: line, error)
    }
    let sharing = fields[3].split(separator: "+", omittingEmptySubsequences: false).map { wholeNumber($0) ?? -1 }
    guard sharing.count == key.caches.count, sharing.allSatisfy({ $0 >= 0 }) else {
      throw .sharing(line: line, text: String(fields[3]), kinds: key.caches.count)
    }
    return Machine(key, l3Sharing: sharing)
  }

  /// nil for an entry that is skipped.
  private mutating func entry(_ fields: [Substring], _ line: Int) throws(TableError) -> Table.Entry? {
    try expect(8, fields, line)
    guard let machine = wholeNumber(fields[1]), machines.indices.contains(machine) else {
      throw .machineIndex(
        line: line, text: String(fields[1]), expected: machines.isEmpty ? nil : 0...machines.count - 1)
    }
    let problem: Problem
    do throws(ProblemError) { problem = try Problem(text: String(fields[0])) } catch {
      throw .problem(line: line, error)
    }
    let threads = try count(fields[2], "threads", line)
    let revision = try count(fields[4], "revision", line)
    let median = try nanoseconds(fields[5], "median", line)
    let low = try nanoseconds(fields[6], "low", line)
    let high = try nanoseconds(fields[7], "high", line)
    guard low <= median, median <= high else { throw .interval(line: line) }
    guard let candidate = try candidate(fields[3], line) else { return nil }
    return Table.Entry(
      problem: problem, machine: machine, threads: threads, candidate: candidate, revision: revision, median: median,
      interval: low...high)
  }

  private mutating func candidate(_ text: Substring, _ line: Int) throws(TableError) -> Candidate? {
    do throws(CandidateError) {
      let candidate = try Candidate(text: String(text))
      if registry[candidate.variant] != nil { return candidate }
      skipped.append(Table.Skipped(line: line, reason: "variant \"\(candidate.variant)\" is unknown to this build"))
    } catch {
      guard case .unknownInstructionSet = error else { throw .candidate(line: line, error) }
      skipped.append(Table.Skipped(line: line, reason: "\(error)"))
    }
    return nil
  }

  private func expect(_ expected: Int, _ fields: [Substring], _ line: Int) throws(TableError) {
    if fields.count != expected { throw .fieldCount(line: line, count: fields.count, expected: expected) }
  }

  private func count(_ text: Substring, _ field: String, _ line: Int) throws(TableError) -> Int {
    guard let number = wholeNumber(text), number >= 1 else {
      throw .number(line: line, field: field, text: String(text))
    }
    return number
  }

  private func nanoseconds(_ text: Substring, _ field: String, _ line: Int) throws(TableError) -> Double {
    guard let number = Double(text), number > 0, number < 1e15 else {
      throw .number(line: line, field: field, text: String(text))
    }
    return number
  }
}

/// Decimal digits alone.
private func wholeNumber(_ text: Substring) -> Int? {
  text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
}

extension Machine {
  /// The machine of a key, with the cores that share each kind's L3.
  fileprivate init(_ key: MachineKey, l3Sharing: [Int]) {
    func cache(_ shape: MachineKey.CacheShape?, sharing: Int = 1) -> Cache? {
      shape.map { Cache(bytes: $0.bytes, ways: $0.ways, sharingCores: max(sharing, 1)) }
    }
    self.init(
      architecture: key.architecture, vendor: key.vendor, model: key.model, level: key.level,
      kinds: zip(key.caches, l3Sharing).map { caches, sharing in
        CoreKind(
          cores: max(sharing, 1), l1d: cache(caches.l1d), l2: cache(caches.l2), l3: cache(caches.l3, sharing: sharing))
      })
  }
}
