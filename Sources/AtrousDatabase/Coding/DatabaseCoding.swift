import AtrousCore

extension Database: Codable {
  private enum Keys: String, CodingKey {
    case schemaVersion = "schema_version"
    case runs, results
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let version = try container.decode(Int.self, forKey: .schemaVersion)
    guard (1...Self.schemaVersion).contains(version) else { throw UnreadableVersion(version: version) }
    let runs = try container.decode([Run].self, forKey: .runs)
    self.init(runs: runs, results: try container.decode([ProblemResult].self, forKey: .results))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(Self.schemaVersion, forKey: .schemaVersion)
    try container.encode(runs, forKey: .runs)
    try container.encode(results, forKey: .results)
  }
}

/// A schema version this build does not read.
struct UnreadableVersion: Error {
  let version: Int
}

extension ResultKey: Codable {
  private enum Keys: String, CodingKey {
    case problem, machine, threads, placement, cache
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    problem = try container.parse(.problem) { (text) throws(ProblemError) in try Problem(text: text) }
    machine = try container.machineKey(.machine)
    threads = try container.whole(.threads, 1...65536)
    placement = try container.decode(String.self, forKey: .placement)
    cache = try container.decode(CacheState.self, forKey: .cache)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(problem.description, forKey: .problem)
    try container.encode(machine.description, forKey: .machine)
    try container.encode(threads, forKey: .threads)
    try container.encode(placement, forKey: .placement)
    try container.encode(cache, forKey: .cache)
  }
}

extension ProblemResult: Codable {
  private enum Keys: String, CodingKey {
    case candidates, omitted, attempted, tried, predicted
  }

  /// The run that counts are booked on where a file tells only what was omitted.
  private static let unknownRun = ""

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let candidates = try container.decode([CandidateRecord].self, forKey: .candidates)
    var attempted: [String: [Invalidity: Int]] = [:]
    if let counts = try container.decodeIfPresent([String: [String: Int]].self, forKey: .attempted) {
      attempted = try counts.mapValues { try Self.known($0, decoder) }
    } else if let counts = try container.decodeIfPresent([String: Int].self, forKey: .omitted), !counts.isEmpty {
      attempted[Self.unknownRun] = try Self.known(counts, decoder)
    }
    let tried = try container.decodeIfPresent([String: [String: Bool]].self, forKey: .tried) ?? [:]
    self.init(
      key: try ResultKey(from: decoder), candidates: candidates, attempted: attempted, tried: tried,
      predicted: try container.decodeIfPresent(Prediction.self, forKey: .predicted))
  }

  public func encode(to encoder: any Encoder) throws {
    try key.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(candidates, forKey: .candidates)
    try container.encode(Self.text(omitted), forKey: .omitted)
    try container.encode(attempted.mapValues(Self.text), forKey: .attempted)
    try container.encode(tried, forKey: .tried)
    try container.encodeIfPresent(predicted, forKey: .predicted)
  }

  /// - Throws: `DecodingError` for a count that is negative or past 2³¹ − 1.
  private static func known(_ counts: [String: Int], _ decoder: any Decoder) throws -> [Invalidity: Int] {
    var known: [Invalidity: Int] = [:]
    for (word, count) in counts {
      guard (0...Int(Int32.max)).contains(count) else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath, debugDescription: "\(count) candidates; allowed: 0 to \(Int32.max)"))
      }
      if let word = Invalidity(rawValue: word) { known[word] = count }
    }
    return known
  }

  private static func text(_ counts: [Invalidity: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
  }
}

extension KeyedDecodingContainer {
  /// A machine key that a table's line can hold.
  func machineKey(_ key: Key) throws -> MachineKey {
    let machine = try parse(key) { (text) throws(MachineKeyError) in try MachineKey(text: text) }
    let text = "\(machine)"
    guard text.utf8.count <= 160, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "no machine key; allowed: up to 160 printable ASCII characters")
    }
    return machine
  }

  /// Decodes a string and parses it; what the parser throws becomes a decoding error with the position.
  func parse<Value, Failure: Error>(
    _ key: Key, with parser: (String) throws(Failure) -> Value
  ) throws -> Value {
    let text = try decode(String.self, forKey: key)
    do throws(Failure) {
      return try parser(text)
    } catch {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "\(error)")
    }
  }
}
