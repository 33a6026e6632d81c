import AtrousCore
import AtrousKernels

/// One candidate on one problem with one seed of data.
public struct Trial: Sendable {
  public let problem: Problem
  public let variant: any KernelVariant
  public let configuration: Configuration
  public let isa: InstructionSet
  public let seed: UInt64

  public init(
    _ problem: Problem, _ variant: any KernelVariant, _ configuration: Configuration, isa: InstructionSet, seed: UInt64
  ) {
    self.problem = problem
    self.variant = variant
    self.configuration = configuration
    self.isa = isa
    self.seed = seed
  }

  public var candidate: Candidate { Candidate(variant: variant.id, isa: isa, configuration: configuration) }
  var target: Target { Target(machine: HostMachine.current, isa: isa) }
  var bound: Double { variant.errorBound(of: configuration, for: problem) }

  /// The same candidate on another problem: its configuration, or where that does not fit the variant's own choice; nil
  /// where the variant refuses the problem.
  public func on(_ problem: Problem) -> Trial? {
    if variant.rejection(of: problem, on: target) != nil { return nil }
    let fits = variant.rejection(of: configuration, for: problem, on: target) == nil
    let configuration = fits ? configuration : variant.initialConfiguration(for: problem, on: target)
    return Trial(problem, variant, configuration, isa: isa, seed: seed)
  }
}

/// Something that holds for every candidate on every problem it takes.
public struct Property: Sendable {
  public let name: String
  /// What is wrong; nil where it holds, or says nothing about such a problem.
  let fault: @Sendable (Trial) throws -> String?

  init(_ name: String, _ fault: @escaping @Sendable (Trial) throws -> String?) {
    self.name = name
    self.fault = fault
  }

  /// What is wrong, an error of the plan among it.
  public func check(_ trial: Trial) -> String? {
    do { return try fault(trial) } catch { return "\(error)" }
  }

  /// The smallest problem found on which the trial's candidate breaks the property.
  public func shrink(_ trial: Trial) -> Counterexample? {
    guard check(trial) != nil else { return nil }
    let problem = trial.problem.shrunk { problem in trial.on(problem).map { check($0) != nil } ?? false }
    guard let shrunk = trial.on(problem), let fault = check(shrunk) else { return nil }
    return Counterexample(property: name, trial: shrunk, original: trial.problem, fault: fault)
  }
}

/// A broken property.
public struct Counterexample: CustomStringConvertible, Sendable {
  public let property: String
  /// On the shrunk problem.
  public let trial: Trial
  public let original: Problem
  public let fault: String

  public var description: String {
    """
    \(property) does not hold: \(fault)
      problem   \(trial.problem)
      candidate \(trial.candidate)
      seed      \(trial.seed)
      shrunk from \(original)
    """
  }
}

extension Property {
  /// The candidate equals plain loops in Float64, touches nothing outside its buffers, writes every output, and its bits
  /// do not depend on the number of threads.
  public static let definition = Property("the definition") { trial in
    let data = ProblemData(trial.problem, seed: trial.seed)
    let fence = Fence.allCases[Int(trial.seed % 3)]
    let run = try GuardedRun(data.tensors, trial.variant, trial.configuration, isa: trial.isa, fence: fence)
    if let fault = run.faults.first { return fault }
    let error = data.error(of: run.output, scaleAtLeast: scale(of: trial.problem))
    if error > trial.bound { return "error \(error) over \(trial.bound)" }
    guard trial.seed % 8 == 0 else { return nil }
    let threads = trial.seed % 16 == 0 ? 2 : 3
    let pool = try WorkerPool(threads: threads)
    let other = try GuardedRun(
      data.tensors, trial.variant, trial.configuration, isa: trial.isa, threads: threads, pool: pool, fence: fence)
    if let fault = other.faults.first { return "\(threads) threads: \(fault)" }
    return isEqual(run.output, other.output, trial.problem) ? nil : "bits differ with \(threads) threads"
  }

  private static func isEqual(_ left: [Float], _ right: [Float], _ problem: Problem) -> Bool {
    problem.outputOrder.offsets(batch: problem.batch).allSatisfy { left[$0].bitPattern == right[$0].bitPattern }
  }

  /// A tenth of what a sum of as many products of numbers in [−1, 1) spreads to: single outputs that happen to be next to
  /// zero have no relative error to speak of.
  static func scale(of problem: Problem) -> Double {
    Double(problem.channelsPerGroup * problem.taps).squareRoot() / 30
  }
}
