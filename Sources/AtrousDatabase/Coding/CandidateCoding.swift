import AtrousCore

extension CandidateRecord: Codable {
  private enum Keys: String, CodingKey {
    case run, variant, revision, isa, configuration, verification, invalidity, timestamp
    case times = "times_ns"
    case median = "median_ns"
    case interval = "ci95_ns"
    case maxError = "max_error"
    case workspaceBytes = "workspace_bytes"
    case packedWeightsBytes = "packed_weights_bytes"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let settings = try container.decode([String: Int32].self, forKey: .configuration)
    let isa = try container.decode(String.self, forKey: .isa)
    guard let isa = InstructionSet(rawValue: isa) else {
      throw DecodingError.dataCorruptedError(
        forKey: .isa, in: container, debugDescription: "\"\(isa)\" is no instruction set")
    }
    self.init(
      run: try container.decode(String.self, forKey: .run),
      candidate: Candidate(
        variant: VariantID(try container.decode(String.self, forKey: .variant)), isa: isa,
        configuration: Configuration(settings.map { Setting(key: $0.key, value: $0.value) })),
      revision: try container.decode(Int.self, forKey: .revision),
      times: try container.decode([Double].self, forKey: .times),
      median: try container.decodeIfPresent(Double.self, forKey: .median),
      interval: try container.interval(.interval),
      maxError: try container.decodeIfPresent(Double.self, forKey: .maxError),
      verification: try container.decodeIfPresent(VerificationExtent.self, forKey: .verification),
      workspaceBytes: try container.bytes(.workspaceBytes),
      packedWeightsBytes: try container.bytes(.packedWeightsBytes),
      invalidity: try container.decode(Invalidity.self, forKey: .invalidity),
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
    try container.encode(timestamp, forKey: .timestamp)
  }
}

extension KeyedDecodingContainer {
  /// - Throws: `DecodingError` for a number that is negative or past what a double tells apart.
  fileprivate func bytes(_ key: Key) throws -> Int {
    let bytes = try decode(Int.self, forKey: key)
    guard (0...1 << 53).contains(bytes) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(bytes) bytes; allowed: 0 to \(1 << 53)")
    }
    return bytes
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
