import Atrous
import AtrousCore
import AtrousDatabase
import AtrousKernels

/// What the lookup chooses for measured problems as if they had not been, as far as it is not known what that takes.
struct LeftOutChoices {
  private var candidates: [ResultKey: [Candidate]] = [:]

  /// - Parameter database: of all builds: a table made of it would hold them all.
  init(_ database: Database, _ tuner: Tuner) {
    let runs = database.runsByID
    for rung in [Rung.nearest, .costModel] {
      let choices = database.leftOut(rung, on: tuner.machine, isa: tuner.isa, registry: tuner.registry)
      for choice in choices {
        guard let result = database.result(choice.key), !Self.isKnown(choice, result, runs) else { continue }
        candidates[choice.key, default: []].append(choice.choice)
      }
    }
    for key in candidates.keys {
      // Beside each other they need no reference loop to be compared.
      let best = database.result(key)?.winner(runs: runs, registry: tuner.registry)?.fastest
      candidates[key]?.append(contentsOf: best.map { [$0.candidate] } ?? [])
    }
  }

  func proposals(_ item: TuneItem, _ key: ResultKey, _ tuner: Tuner) -> [Proposal] {
    var seen: Set<Candidate> = []
    return (candidates[key] ?? []).filter { seen.insert($0).inserted }.compactMap {
      tuner.registry.proposal($0, for: item.problem, on: tuner.target(item))
    }
  }

  /// Measured often enough for an interval, or for this very purpose, where who is far behind gets one sample.
  private static func isKnown(_ choice: LeftOut, _ result: ProblemResult, _ runs: [String: Run]) -> Bool {
    result.candidates.contains { record in
      record.candidate == choice.choice && record.median != nil
        && (record.times.count >= Statistics.leastSamples || runs[record.run]?.isLeaveOneOut == true)
    }
  }
}

extension Registry {
  /// A candidate as it is measured; nil where its variant is unknown or refuses.
  func proposal(_ candidate: Candidate, for problem: Problem, on target: Target) -> Proposal? {
    guard let variant = self[candidate.variant] else { return nil }
    let target = Target(machine: target.machine, isa: candidate.isa, threads: target.threads)
    guard let cost = try? variant.cost(of: candidate.configuration, for: problem, on: target) else { return nil }
    let initial = variant.initialConfiguration(for: problem, on: target)
    let isInitial = candidate.sorted == Candidate(variant: variant.id, isa: target.isa, configuration: initial).sorted
    return Proposal(
      variant: variant, candidate: candidate, cost: cost, isInitial: isInitial, rules: ShippingRules(problem))
  }
}
