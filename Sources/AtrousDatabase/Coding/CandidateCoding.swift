import AtrousCore

/// What a double tells apart.
private let byteRange = 0...1 << 53

extension CandidateRecord: Codable {
  fileprivate enum Keys: String, CodingKey {
    case run, variant, revision, isa, configuration, verification, invalidity, disturbed, source, timestamp
    case reference = "reference_gflops"
    case times = "times_ns"
    case median = "median_ns"
    case interval = "ci95_ns"
    case maxError = "max_error"
    case workspaceBytes = "workspace_bytes"
    case packedWeightsBytes = "packed_weights_bytes"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let times = try container.times()
    self.init(
      run: try container.decode(String.self, forKey: .run),
      candidate: try container.candidate(),
      revision: try container.whole(.revision, 1...Int(Int32.max)),
      times: times,
      median: try container.decodeIfPresent(Double.self, forKey: .median).map { try container.time($0, .median) },
      interval: times.count < Statistics.leastSamples ? nil : try container.interval(.interval),
      maxError: try container.decodeIfPresent(Double.self, forKey: .maxError),
      verification: try container.decodeIfPresent(VerificationExtent.self, forKey: .verification),
      workspaceBytes: try container.whole(.workspaceBytes, byteRange),
      packedWeightsBytes: try container.whole(.packedWeightsBytes, byteRange),
      invalidity: try container.decode(Invalidity.self, forKey: .invalidity),
      reference: try container.decodeIfPresent(Double.self, forKey: .reference),
      disturbed: try container.decodeIfPresent([String: Int].self, forKey: .disturbed) ?? [:],
      timestamp: try container.decode(String.self, forKey: .timestamp))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(run, forKey: .run)
    try container.encode(variant.name, forKey: .variant)
    try container.encode(revision, forKey: .revision)
    try container.encode(isa.rawValue, forKey: .isa)
    let settings = configuration.settings.map { ($0.key, $0.value) }
    try container.encode(Dictionary(settings) { first, _ in first }, forKey: .configuration)
    try container.encode(times, forKey: .times)
    try container.encodeIfPresent(median, forKey: .median)
    try container.encodeIfPresent(interval.map { [$0.lowerBound, $0.upperBound] }, forKey: .interval)
    try container.encodeIfPresent(maxError, forKey: .maxError)
    try container.encodeIfPresent(verification, forKey: .verification)
    try container.encode(workspaceBytes, forKey: .workspaceBytes)
    try container.encode(packedWeightsBytes, forKey: .packedWeightsBytes)
    try container.encode(invalidity, forKey: .invalidity)
    try container.encodeIfPresent(reference, forKey: .reference)
    if !disturbed.isEmpty { try container.encode(disturbed, forKey: .disturbed) }
    try container.encode(timestamp, forKey: .timestamp)
  }
}

extension Prediction: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CandidateRecord.Keys.self)
    self.init(
      run: try container.decode(String.self, forKey: .run), candidate: try container.candidate(),
      revision: try container.whole(.revision, 1...Int(Int32.max)),
      source: try container.decode(String.self, forKey: .source))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CandidateRecord.Keys.self)
    try container.encode(run, forKey: .run)
    try container.encode(candidate.variant.name, forKey: .variant)
    try container.encode(revision, forKey: .revision)
    try container.encode(candidate.isa.rawValue, forKey: .isa)
    let settings = candidate.configuration.settings.map { ($0.key, $0.value) }
    try container.encode(Dictionary(settings) { first, _ in first }, forKey: .configuration)
    try container.encode(source, forKey: .source)
  }
}

extension KeyedDecodingContainer<CandidateRecord.Keys> {
  /// Variant, settings and instruction set, if their text reads back as the same: tables hold that text.
  fileprivate func candidate() throws -> Candidate {
    let text = try decode(String.self, forKey: .isa)
    guard let isa = InstructionSet(rawValue: text) else {
      throw DecodingError.dataCorruptedError(
        forKey: .isa, in: self, debugDescription: "\"\(text)\" is no instruction set")
    }
    let settings = try decode([String: Int32].self, forKey: .configuration)
    let candidate = Candidate(
      variant: VariantID(try decode(String.self, forKey: .variant)), isa: isa,
      configuration: Configuration(
        settings.map { Setting(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }))
    do throws(CandidateError) {
      if try Candidate(text: candidate.description) == candidate { return candidate }
    } catch {
      throw DecodingError.dataCorruptedError(forKey: .variant, in: self, debugDescription: "\(error)")
    }
    throw DecodingError.dataCorruptedError(
      forKey: .configuration, in: self, debugDescription: "a key is not of lower-case letters alone")
  }

  fileprivate func times() throws -> [Double] {
    try decode([Double].self, forKey: .times).map { try time($0, .times) }
  }

  /// Nanoseconds that a table can hold.
  fileprivate func time(_ nanoseconds: Double, _ key: Key) throws -> Double {
    guard nanoseconds >= 0.1, nanoseconds < 1e15 else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(nanoseconds) ns; allowed: from 0.1 to below 1e15")
    }
    return nanoseconds
  }
}

extension KeyedDecodingContainer {
  /// - Throws: `DecodingError` for a number outside the range.
  func whole(_ key: Key, _ range: ClosedRange<Int>) throws -> Int {
    let number = try decode(Int.self, forKey: key)
    guard range.contains(number) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "\(number); allowed: \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Two numbers, the lower first; nil where the key is absent.
  fileprivate func interval(_ key: Key) throws -> ClosedRange<Double>? {
    guard let bounds = try decodeIfPresent([Double].self, forKey: key) else { return nil }
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(bounds) is no interval; two numbers are, the lower first")
    }
    return bounds[0]...bounds[1]
  }
}
