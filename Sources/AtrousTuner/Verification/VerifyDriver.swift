import AtrousCore
import AtrousKernels

/// What `atrous verify` runs.
public struct VerifyOptions: Sendable {
  /// What is done with a problem of more than `maxGFLOP`.
  public enum Large: String, Sendable, CaseIterable {
    /// It is left out.
    case skip
    /// Of each variant the initial configuration, one of each tile size, and the `favourites` are verified.
    case tiles
  }

  public var generator = DataGenerator()
  /// nil is all, the reference too.
  public var variants: [VariantID]?
  /// Nominal GFLOP from which on a problem counts as large; nil is none.
  public var maxGFLOP: Double?
  public var large = Large.skip
  /// Candidates that are verified on large problems too, such as those that were measured to be the best.
  public var favourites: [Problem: [Candidate]] = [:]
  /// Configurations a variant and problem.
  public var maxCandidates: Int?
  public var threads = 1

  public init() {}
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

  /// - Parameters:
  ///   - journal: what it holds is not verified again; the rest is added to it.
  ///   - progress: called after every candidate with the problem's place in the list, from 0.
  /// - Throws: `TunerError` for the thread count, and for a journal that cannot be written.
  public func run(
    _ problems: [Problem], journal: VerifyJournal? = nil, cancellation: CancellationFlag? = nil,
    progress: (_ index: Int, _ result: VerifiedCandidate) -> Void = { _, _ in }
  ) throws(TunerError) -> VerifyReport {
    let pool: WorkerPool?
    do throws(WorkerPoolError) {
      pool = options.threads > 1 ? try WorkerPool(threads: options.threads) : nil
    } catch {
      throw .threads(error)
    }
    var report = VerifyReport()
    for (index, problem) in problems.enumerated() {
      let isLarge = options.maxGFLOP.map { Double(problem.nominalFLOPs) > $0 * 1e9 } ?? false
      if isLarge && options.large == .skip {
        report.skipped += 1
        continue
      }
      report.problems += 1
      report.reduced += isLarge ? 1 : 0
      // Computing the reference is the longest part: only where something is left to do.
      var verifier: Verifier?
      for proposal in proposals(problem, isLarge: isLarge) {
        if cancellation?.isSet == true {
          report.isCancelled = true
          return report
        }
        let seed = options.generator.seed
        if let known = journal?.passed(problem, proposal.candidate, threads: options.threads, seed: seed) {
          report.resumed += 1
          report.add(VerifiedCandidate(problem: problem, candidate: proposal.candidate, verification: known))
          continue
        }
        do throws(PlanError) {
          if verifier == nil { verifier = try Verifier(problem, generator: options.generator, isa: isa, shift: 1) }
        } catch {
          report.unusable.append((problem, "\(error)"))
          break
        }
        let verification = try verify(proposal, verifier!, pool)
        let result = VerifiedCandidate(problem: problem, candidate: proposal.candidate, verification: verification)
        do { try journal?.append(result, threads: options.threads, seed: seed) } catch { throw .database(error) }
        report.add(result)
        progress(index, result)
      }
    }
    return report
  }

  private func proposals(_ problem: Problem, isLarge: Bool) -> [Proposal] {
    let target = Target(machine: machine, isa: isa, threads: options.threads)
    let all = registry.proposals(
      for: problem, on: target, from: registry.variants, variants: options.variants, limit: options.maxCandidates)
    return isLarge ? all.onePerTile(keeping: options.favourites[problem] ?? []) : all
  }

  private func verify(
    _ proposal: Proposal, _ verifier: Verifier, _ pool: WorkerPool?
  ) throws(TunerError) -> Verification {
    let target = Target(machine: machine, isa: isa, threads: options.threads)
    let configuration = proposal.candidate.configuration
    var verification = verifier.verify(proposal.variant, configuration, on: target, epilogues: .offAndOn, pool: pool)
    if options.threads > 1 && verification.passed {
      do throws(WorkerPoolError) {
        verification.failure = try verifier.threadDifference(
          proposal.variant, configuration, machine: machine, isa: isa, threads: [options.threads])
      } catch {
        throw .threads(error)
      }
    }
    return verification
  }
}
