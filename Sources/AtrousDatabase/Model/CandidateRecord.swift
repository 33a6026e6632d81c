import AtrousCore

/// What became of a candidate, in Kernel Tuner's words.
public enum Invalidity: String, Codable, Hashable, Sendable, CaseIterable {
  /// Verified and timed.
  case correct
  /// Its result passed the allowed error.
  case correctness
  /// It was refused, or needed more memory than allowed.
  case constraints
  case timeout
  /// It could not be planned or run.
  case runtime

  /// Whether it broke a promise, not a limit.
  public var isFailure: Bool { self == .correctness || self == .runtime }
}

/// How much of the output was compared with the reference.
public enum VerificationExtent: String, Codable, Hashable, Sendable, CaseIterable {
  case full, sampled
}

/// One candidate as one run saw it.
public struct CandidateRecord: Hashable, Sendable {
  /// `Run.id`
  public let run: String
  public let variant: VariantID
  public let revision: Int
  public let isa: InstructionSet
  /// In alphabetical order of the keys, as files hold it; a variant accepts any order.
  public let configuration: Configuration
  /// Every sample: nanoseconds of one execution, in the order measured.
  public let times: [Double]
  /// nil without samples.
  public let median: Double?
  /// The 95 % interval of the median; nil below `Statistics.leastSamples` samples.
  public let interval: ClosedRange<Double>?
  /// max|y − reference| / max|reference|; nil where nothing was compared or the result was no number.
  public let maxError: Double?
  public let verification: VerificationExtent?
  public let workspaceBytes: Int
  public let packedWeightsBytes: Int
  public let invalidity: Invalidity
  /// GFLOP/s of the reference loop in the rounds the samples are of: where it moves, the machine did. nil where unknown.
  public let reference: Double?
  /// How many of the samples were taken while something else got in the way, by what it was; empty where nothing did.
  public let disturbed: [String: Int]
  /// ISO 8601, UTC, as in `2026-11-24T07:40:00Z`.
  public let timestamp: String

  /// A record of samples, which are rounded to a tenth of a nanosecond and never less; median and interval are derived
  /// (see `Statistics`).
  public init(
    run: String, candidate: Candidate, revision: Int, times: [Double] = [], maxError: Double? = nil,
    verification: VerificationExtent? = nil, workspaceBytes: Int = 0, packedWeightsBytes: Int = 0,
    invalidity: Invalidity = .correct, reference: Double? = nil, disturbed: [String: Int] = [:],
    timestamp: String = Timestamp.now()
  ) {
    let times = times.map { max(($0 * 10).rounded(), 1) / 10 }
    self.init(
      run: run, candidate: candidate, revision: revision, times: times,
      median: times.isEmpty ? nil : Statistics.median(times),
      interval: Statistics.interval(times),
      maxError: maxError, verification: verification, workspaceBytes: workspaceBytes,
      packedWeightsBytes: packedWeightsBytes, invalidity: invalidity,
      reference: reference.map { ($0 * 100).rounded() / 100 }, disturbed: disturbed, timestamp: timestamp)
  }

  init(
    run: String, candidate: Candidate, revision: Int, times: [Double], median: Double?,
    interval: ClosedRange<Double>?, maxError: Double?, verification: VerificationExtent?, workspaceBytes: Int,
    packedWeightsBytes: Int, invalidity: Invalidity, reference: Double?, disturbed: [String: Int], timestamp: String
  ) {
    self.run = run
    self.variant = candidate.variant
    self.revision = revision
    self.isa = candidate.isa
    self.configuration = Configuration(candidate.configuration.settings.sorted { $0.key < $1.key })
    self.times = times
    self.median = median
    self.interval = interval
    self.maxError = maxError.flatMap { $0.isFinite ? $0 : nil }
    self.verification = verification
    self.workspaceBytes = workspaceBytes
    self.packedWeightsBytes = packedWeightsBytes
    self.invalidity = invalidity
    self.reference = reference.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    self.disturbed = disturbed.filter { $0.value > 0 }
    self.timestamp = timestamp
  }

  public var candidate: Candidate { Candidate(variant: variant, isa: isa, configuration: configuration) }

  /// Memory beside the tensors: workspace and packed weights.
  public var extraBytes: Int { workspaceBytes + packedWeightsBytes }

  /// Whether at least half of the samples were disturbed by one thing: a median holds against fewer.
  public var isNoisy: Bool { disturbed.values.contains { 2 * $0 >= times.count } }

  /// Two records with one identity are the same measurement.
  struct Identity: Hashable, Comparable {
    let texts: [String]
    static func < (left: Self, right: Self) -> Bool { left.texts.lexicographicallyPrecedes(right.texts) }
  }

  var identity: Identity {
    Identity(texts: [run, variant.name, isa.rawValue, configuration.description, String(revision)])
  }

  /// Which of two records of one identity stays: the one with more samples, then the later, then a fixed order.
  static func preferred(_ left: Self, _ right: Self) -> Self {
    if left.times.count != right.times.count { return left.times.count > right.times.count ? left : right }
    if left.timestamp != right.timestamp { return left.timestamp > right.timestamp ? left : right }
    return String(reflecting: left) >= String(reflecting: right) ? left : right
  }
}
