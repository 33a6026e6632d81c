import AtrousCore

/// One verified candidate.
public struct VerifiedCandidate: Sendable {
  public let problem: Problem
  public let candidate: Candidate
  public let verification: Verification
}

/// Candidates that have something in common, over all problems.
public struct VerifySummary: Sendable {
  public private(set) var verified = 0
  public private(set) var sampled = 0
  public private(set) var failed = 0
  public private(set) var maxError = 0.0
  /// The least bound any of the problems set.
  public private(set) var bound = Double.infinity
  public private(set) var problems: Set<Problem> = []

  mutating func add(_ result: VerifiedCandidate) {
    verified += 1
    sampled += result.verification.method == .sampled ? 1 : 0
    failed += result.verification.passed ? 0 : 1
    maxError = max(maxError, result.verification.maxError)
    bound = min(bound, result.verification.bound)
    problems.insert(result.problem)
  }
}

/// Summaries by candidate, in order of first appearance.
public struct VerifySummaries: Sendable {
  public private(set) var list: [(candidate: Candidate, summary: VerifySummary)] = []
  private var places: [Candidate: Int] = [:]

  mutating func add(_ result: VerifiedCandidate, to candidate: Candidate) {
    let place = places[candidate] ?? list.count
    if place == list.count { list.append((candidate, VerifySummary())) }
    places[candidate] = place
    list[place].summary.add(result)
  }
}

/// What verifying found.
public struct VerifyReport: Sendable {
  /// Each configuration by itself.
  public private(set) var candidates = VerifySummaries()
  /// Configurations of one tile size together: only the tile is left of a configuration.
  public private(set) var tiles = VerifySummaries()
  /// Configurations of one variant and instruction set together: nothing is left of a configuration.
  public private(set) var variants = VerifySummaries()
  public private(set) var failures: [VerifiedCandidate] = []
  /// Verified candidates, counted on every problem.
  public private(set) var verified = 0
  public internal(set) var problems = 0
  /// Problems over `maxGFLOP` that were left out, and those of which only some candidates were verified.
  public internal(set) var skipped = 0
  public internal(set) var reduced = 0
  /// Candidates whose result an earlier run had written down.
  public internal(set) var resumed = 0
  /// Problems whose reference could not be computed, with the reason.
  public internal(set) var unusable: [(problem: Problem, reason: String)] = []
  /// Stopped before all was done.
  public internal(set) var isCancelled = false

  public var passed: Bool { failures.isEmpty && unusable.isEmpty }

  mutating func add(_ result: VerifiedCandidate) {
    let candidate = result.candidate
    verified += 1
    candidates.add(result, to: candidate)
    tiles.add(result, to: candidate.with(candidate.configuration.tile))
    variants.add(result, to: candidate.with(Configuration()))
    if !result.verification.passed { failures.append(result) }
  }
}

extension Candidate {
  func with(_ configuration: Configuration) -> Candidate {
    Candidate(variant: variant, isa: isa, configuration: configuration)
  }
}

extension Configuration {
  /// The settings that are sizes of a register tile (mr, nv), of an output tile (th, tw) or of a transform (fh, fw).
  public var tile: Configuration {
    Configuration(settings.filter { ["mr", "nv", "th", "tw", "fh", "fw"].contains($0.key) })
  }
}
