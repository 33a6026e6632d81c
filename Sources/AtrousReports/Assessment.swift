import Atrous
import AtrousCore
import AtrousDatabase

/// One result of a database with everything a report derives from it.
struct Assessment {
  let result: ProblemResult
  /// nil where no candidate is allowed.
  let winner: Winner?
  /// The records allowed, one a candidate, fastest first.
  let ranking: [CandidateRecord]
  /// The best record of each variant, fastest first.
  let best: [CandidateRecord]
  /// All records allowed, also those with too few samples for an interval.
  let allowed: [CandidateRecord]
  /// The fastest record of a variant without a transform.
  let plain: CandidateRecord?
  /// Variants that do not take the problem on the machine measured.
  let refusals: [(variant: VariantID, rejection: Rejection)]
  /// The record of the candidate that runs without any measurement; nil where it was not measured or not kept.
  let untuned: CandidateRecord?
  private let runs: [String: Run]

  var problem: Problem { result.key.problem }

  init(_ result: ProblemResult, of database: Database, constraints: Constraints, registry: Registry) {
    self.result = result
    runs = Dictionary(database.runs.map { ($0.id, $0) }) { first, _ in first }
    winner = result.winner(constraints, runs: runs, registry: registry)
    let ranking = result.ranking(constraints, runs: runs)
    self.ranking = ranking
    allowed = result.candidates.filter(constraints.allow)
    var seen: Set<VariantID> = []
    best = ranking.filter { seen.insert($0.variant).inserted }
    plain = best.first { registry[$0.variant]?.isTransform != true }
    guard let machine = Self.machine(of: result, winner, runs) else {
      (refusals, untuned) = ([], nil)
      return
    }
    let isa = winner?.fastest.isa ?? machine.bestInstructionSet
    let target = Target(machine: machine, isa: isa, threads: max(result.key.threads, 1))
    refusals = registry.variants.compactMap { variant in
      variant.rejection(of: result.key.problem, on: target).map { (variant.id, $0) }
    }
    let choice = result.untuned(on: machine, isa: isa, registry: registry)
    // Else one with too few samples to be ranked.
    untuned =
      ranking.first { $0.candidate == choice }
      ?? allowed.filter { $0.candidate == choice }.max { $0.times.count < $1.times.count }
  }

  private static func machine(of result: ProblemResult, _ winner: Winner?, _ runs: [String: Run]) -> Machine? {
    let run = winner?.fastest.run ?? result.candidates.first?.run
    return run.flatMap { runs[$0]?.machine } ?? runs.values.first { $0.machine.key == result.key.machine }?.machine
  }

  /// The FMA peak in GFLOP/s beside a record's samples, else the one its run measured with its instruction set and threads.
  func peak(for record: CandidateRecord) -> Double? {
    record.reference ?? runs[record.run]?.peak(record.isa, threads: result.key.threads)?.median
  }

  /// The nominal GFLOP/s that the peak allows the algorithm of the fewest multiplications.
  func bound(for record: CandidateRecord) -> Double? {
    peak(for: record).map { $0 * Double(problem.nominalFLOPs) / Double(2 * problem.fewestMultiplications) }
  }

  /// How many times as long the untuned candidate takes, with the 95 % interval.
  var gain: (value: Double, interval: ClosedRange<Double>)? {
    guard let winner, let untuned else { return nil }
    if untuned == winner.fastest { return (1, 1...1) }
    let ratio = Statistics.ratio(of: untuned.times, over: winner.fastest.times)
    return (ratio.value, ratio.interval)
  }

  /// The fewer samples of the two that `gain` compares.
  var gainSamples: Int { min(untuned?.times.count ?? 0, winner?.fastest.times.count ?? 0) }

  /// Candidates tried, by outcome, over all runs.
  var outcomes: [(outcome: Invalidity, count: Int)] {
    Invalidity.allCases.map { outcome in
      (outcome, result.attempted.values.reduce(0) { $0 + ($1[outcome] ?? 0) })
    }.filter { $0.count > 0 }
  }
}
