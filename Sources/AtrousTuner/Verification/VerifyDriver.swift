import AtrousCore
import AtrousKernels

/// What `atrous verify` runs.
public struct VerifyOptions: Sendable {
  public var generator = DataGenerator()
  /// nil is all, the reference too.
  public var variants: [VariantID]?
  /// Problems of more nominal GFLOP are left out.
  public var maxGFLOP: Double?
  /// Configurations a variant and problem.
  public var maxCandidates: Int?
  public var threads = 1

  public init() {}
}

/// One verified candidate.
public struct VerifiedCandidate: Sendable {
  public let problem: Problem
  public let candidate: Candidate
  public let verification: Verification
}

/// Candidates of one variant, instruction set and configuration over all problems.
public struct VerifySummaryRow: Sendable {
  public let candidate: Candidate
  public internal(set) var verified = 0
  public internal(set) var sampled = 0
  public internal(set) var failed = 0
  public internal(set) var maxError = 0.0
  /// The least bound any of the problems set.
  public internal(set) var bound = Double.infinity
}

/// What verifying found.
public struct VerifyReport: Sendable {
  /// In order of first appearance.
  public internal(set) var rows: [VerifySummaryRow] = []
  public internal(set) var failures: [VerifiedCandidate] = []
  public internal(set) var problems = 0
  /// Problems left out because of `maxGFLOP`.
  public internal(set) var skipped = 0
  /// Problems whose reference could not be computed, with the reason.
  public internal(set) var unusable: [(problem: Problem, reason: String)] = []
  /// Stopped before all was done.
  public internal(set) var isCancelled = false

  public var candidates: Int { rows.reduce(0) { $0 + $1.verified } }
  public var passed: Bool { failures.isEmpty && unusable.isEmpty }

  mutating func add(_ result: VerifiedCandidate) {
    let index = rows.firstIndex { $0.candidate == result.candidate } ?? rows.count
    if index == rows.count { rows.append(VerifySummaryRow(candidate: result.candidate)) }
    rows[index].verified += 1
    rows[index].sampled += result.verification.method == .sampled ? 1 : 0
    rows[index].maxError = max(rows[index].maxError, result.verification.maxError)
    rows[index].bound = min(rows[index].bound, result.verification.bound)
    if !result.verification.passed {
      rows[index].failed += 1
      failures.append(result)
    }
  }
}

/// Verifies candidates of the registry on problems, epilogue off and on, on tensors that are only element-aligned.
public struct VerifyDriver: Sendable {
  public var registry: Registry
  public var machine: Machine
  /// At most what the machine has.
  public var isa: InstructionSet
  public var options: VerifyOptions

  public init(registry: Registry, machine: Machine, isa: InstructionSet, options: VerifyOptions = .init()) {
    self.registry = registry
    self.machine = machine
    self.isa = isa
    self.options = options
  }

  /// - Parameter progress: called after every candidate with the problem's place in the list, from 0.
  /// - Throws: `WorkerPoolError` for the thread count.
  public func run(
    _ problems: [Problem], cancellation: CancellationFlag? = nil,
    progress: (_ index: Int, _ result: VerifiedCandidate) -> Void = { _, _ in }
  ) throws(WorkerPoolError) -> VerifyReport {
    let target = Target(machine: machine, isa: isa, threads: options.threads)
    let pool = options.threads > 1 ? try WorkerPool(threads: options.threads) : nil
    var report = VerifyReport()
    for (index, problem) in problems.enumerated() {
      if let most = options.maxGFLOP, Double(problem.nominalFLOPs) > most * 1e9 {
        report.skipped += 1
        continue
      }
      report.problems += 1
      let verifier: Verifier
      do throws(PlanError) {
        verifier = try Verifier(problem, generator: options.generator, isa: isa, shift: 1)
      } catch {
        report.unusable.append((problem, "\(error)"))
        continue
      }
      let proposals = registry.proposals(
        for: problem, on: target, from: registry.variants, variants: options.variants, limit: options.maxCandidates)
      for proposal in proposals {
        if cancellation?.isSet == true {
          report.isCancelled = true
          return report
        }
        var verification = verifier.verify(
          proposal.variant, proposal.candidate.configuration, on: target, epilogues: .offAndOn, pool: pool)
        if options.threads > 1 && verification.passed {
          verification.failure = try verifier.threadDifference(
            proposal.variant, proposal.candidate.configuration, machine: machine, isa: isa, threads: [options.threads])
        }
        let result = VerifiedCandidate(problem: problem, candidate: proposal.candidate, verification: verification)
        report.add(result)
        progress(index, result)
      }
    }
    return report
  }
}
