import Atrous
import AtrousCore
import AtrousKernels

/// How much slower than the best measured candidates the choices of one rung were.
public struct Regret: Hashable, Sendable {
  /// The geometric mean of the ratios of medians, less 1.
  public let mean: Double
  public let worst: Double
  /// Problems whose choice on this rung was itself measured, and kept.
  public let known: Int
  /// Problems whose choice was not: mostly slower than 1.25× of the best, so not kept.
  public let unknown: Int
}

extension Database {
  /// What to expect of a rung, by leaving out: each problem measured on the machine with so many threads is resolved as
  /// if it had not been, from the winners of all others (from nothing, for the cost model), and the choice is looked up
  /// among what was measured.
  ///
  /// - Returns: nil where no choice on this rung was measured.
  public func regret(
    of rung: Rung, on machine: Machine, isa: InstructionSet, threads: Int = 1,
    constraints: Constraints = Constraints(), registry: Registry = .shared
  ) -> Regret? {
    let runs = runsByID
    let whole = table(constraints, registry: registry).table
    let results = results.filter { $0.key.machine == machine.key && $0.key.threads == threads }
    var ratios: [Double] = []
    var unknown = 0
    for result in results {
      guard let best = result.winner(constraints, runs: runs, registry: registry)?.fastest.median else { continue }
      let entries = rung == .costModel ? [] : whole.entries.filter { $0.problem != result.key.problem }
      let others = Table(generator: whole.generator, machines: whole.machines, entries: entries)
      let resolver = Resolver(tables: TableStack(others), machine: machine, isa: isa, registry: registry)
      guard let choice = try? resolver.resolve(result.key.problem, threads: threads), choice.rung == rung else {
        continue
      }
      if let median = result.median(of: choice.candidate, registry: registry) {
        ratios.append(max(median / best, 1))
      } else {
        unknown += 1
      }
    }
    guard let worst = ratios.max() else { return nil }
    return Regret(
      mean: Statistics.geometricMean(ratios) - 1, worst: worst - 1, known: ratios.count, unknown: unknown)
  }
}

extension ProblemResult {
  /// The least median of a candidate's records.
  fileprivate func median(of candidate: Candidate, registry: Registry) -> Double? {
    let asked = candidate.ordered(by: registry)
    return candidates.filter { $0.invalidity == .correct && $0.candidate.ordered(by: registry) == asked }
      .compactMap(\.median).min()
  }
}
