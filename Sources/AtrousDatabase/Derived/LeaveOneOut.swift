import Atrous
import AtrousCore
import AtrousKernels

/// What a rung chooses for a problem that was measured, as if it had not been.
public struct LeftOut: Hashable, Sendable {
  public let key: ResultKey
  /// With its settings in alphabetical order of their keys, as records hold them.
  public let choice: Candidate
  /// Whose entry was taken; nil for the cost model.
  public let neighbour: Problem?
  /// How much longer the choice takes than the best, as a share of it, 0 and more: of medians of one run where one measured
  /// both, else normalised by the reference loops. nil where the choice was not measured.
  public let regret: Double?
}

/// How much slower than the best measured candidates the choices of one rung were.
public struct Regret: Hashable, Sendable {
  public let median: Double
  /// The geometric mean of the ratios of medians, less 1.
  public let mean: Double
  public let worst: Double
  public let worstProblem: Problem
  /// Problems whose choice on this rung was itself measured, and kept.
  public let known: Int
  /// Problems whose choice was not: mostly slower than 1.25× of the best, so not kept.
  public let unknown: Int

  /// nil where no choice was measured.
  public init?(_ choices: [LeftOut]) {
    let measured = choices.compactMap { choice in choice.regret.map { (regret: $0, problem: choice.key.problem) } }
    guard let most = measured.max(by: { $0.regret < $1.regret }) else { return nil }
    median = Statistics.median(measured.map(\.regret))
    mean = Statistics.geometricMean(measured.map { 1 + $0.regret }) - 1
    worst = most.regret
    worstProblem = most.problem
    known = measured.count
    unknown = choices.count - known
  }
}

extension Database {
  /// What to expect of a rung on a machine with so many threads (see `leftOut`); nil where no choice was measured.
  public func regret(
    of rung: Rung, on machine: Machine, isa: InstructionSet, threads: Int = 1,
    constraints: Constraints = Constraints(), registry: Registry = .shared
  ) -> Regret? {
    Regret(
      leftOut(rung, on: machine, isa: isa, constraints: constraints, registry: registry) { $0.threads == threads })
  }

  /// Leaves out one problem after the other: each that was measured on the machine is resolved as if it had not been, from
  /// the winners that count on the rung alone, and the choice is looked up among what was measured.
  ///
  /// - Parameters:
  ///   - isa: the best instruction set that may be chosen.
  ///   - isAsked: which results.
  /// - Returns: in the order of the results, those where the rung chooses.
  public func leftOut(
    _ rung: Rung, on machine: Machine, isa: InstructionSet, constraints: Constraints = Constraints(),
    registry: Registry = .shared, where isAsked: (ResultKey) -> Bool = { _ in true }
  ) -> [LeftOut] {
    let runs = runsByID
    let whole = table(constraints, registry: registry).table
    let candidates = whole.entries.filter { rung.counts(whole.machines[$0.machine], on: machine) }
    return results.filter { $0.key.machine == machine.key && isAsked($0.key) }.compactMap { result in
      guard let best = result.winner(constraints, runs: runs, registry: registry)?.fastest else { return nil }
      let problem = result.key.problem
      let others = candidates.filter { rung.counts($0.problem, for: problem) }
      if others.isEmpty && rung != .costModel { return nil }
      let table = Table(generator: whole.generator, machines: whole.machines, entries: others)
      let resolver = Resolver(tables: TableStack(table), machine: machine, isa: isa, registry: registry)
      guard let choice = try? resolver.resolve(problem, threads: result.key.threads), choice.rung == rung else {
        return nil
      }
      return LeftOut(
        key: result.key, choice: choice.candidate.sorted, neighbour: choice.evidence?.entry.problem,
        regret: result.regret(of: choice.candidate.sorted, beside: best, runs: runs))
    }
  }
}

extension Rung {
  /// Whether winners of a recorded machine can be this rung's evidence on another, or the same.
  fileprivate func counts(_ recorded: Machine, on machine: Machine) -> Bool {
    switch self {
    case .exact, .costModel: false
    case .otherEpilogueOrBatch, .nearest: recorded.key == machine.key
    case .microarchitecture, .microarchitectureNearest, .similarCaches: recorded.key != machine.key
    }
  }

  /// Whether winners of a problem can be evidence for another where nothing better is to be found.
  fileprivate func counts(_ known: Problem, for problem: Problem) -> Bool {
    switch self {
    case .exact, .costModel: false
    case .otherEpilogueOrBatch: known != problem
    case .nearest, .microarchitectureNearest: known.kernel != problem.kernel
    case .microarchitecture, .similarCaches: true
    }
  }
}

extension ProblemResult {
  /// Of the choice's records that counts which stands beside the best in one run, then undisturbed ones, those with enough
  /// samples, and the latest; nil where there is none.
  fileprivate func regret(of choice: Candidate, beside best: CandidateRecord, runs: [String: Run]) -> Double? {
    let timed = candidates.filter { $0.invalidity == .correct && $0.median != nil }
    let besides = Dictionary(timed.filter { $0.candidate == best.candidate }.map { ($0.run, $0) }) { first, _ in first }
    func worth(_ record: CandidateRecord) -> (Int, Int, Int, String) {
      let isEnough = record.times.count >= Statistics.leastSamples
      return (besides[record.run] == nil ? 0 : 1, record.isNoisy ? 0 : 1, isEnough ? 1 : 0, record.run)
    }
    guard let record = timed.filter({ $0.candidate == choice }).max(by: { worth($0) < worth($1) }) else { return nil }
    let beside = besides[record.run] ?? best
    let pace = Pace([record, beside], of: key, runs: runs)
    return max(pace.median(record) / pace.median(beside) - 1, 0)
  }
}

extension Candidate {
  /// With the settings in alphabetical order of their keys, as records hold them.
  package var sorted: Candidate {
    Candidate(
      variant: variant, isa: isa, configuration: Configuration(configuration.settings.sorted { $0.key < $1.key }))
  }
}
