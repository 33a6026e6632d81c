import Atrous
import AtrousCore

extension ProblemResult {
  /// Candidates that take up to so many times the best median are kept.
  public static let keptFactor = 1.25
  /// Up to so many times, if they are more exact or smaller than all that are faster.
  private static let frontFactor = 5.0

  /// The result with only the candidates worth keeping; what is left out stays counted in `omitted`.
  ///
  /// Kept are, of those with enough samples to compare, all correct ones within 1.25× of the best median, each variant's
  /// best, the fastest under an error of 1e-6, 1e-5 and 1e-4, the one with the smallest workspace, and the
  /// fastest that is small by `MemoryRule`; and, with however few samples, what runs untuned: what tuning gains is told
  /// against it; and all up to five times as long that no faster one matches in error and memory; and all that was measured
  /// to tell the regret of the lookup. Kept is also, without samples, what was wrong or failed, so that a comparison can say
  /// why it no longer runs. Keeping commutes with merging: what one part leaves out, the whole leaves out too.
  ///
  /// - Parameter runs: those the records are of; the untuned candidate follows from their machines.
  public func kept(runs: [String: Run], registry: Registry = .shared) -> ProblemResult {
    let all = candidates.filter { $0.invalidity == .correct && $0.median != nil }
    let correct = Self.comparable(all)
    let pace = Pace(all, of: key, runs: runs)
    guard let best = correct.map(pace.median).min() else { return keeping(\.invalidity.isFailure) }
    var kept = Set(correct.filter { pace.median($0) <= Self.keptFactor * best }.map(\.identity))
    kept.formUnion(pace.front(correct.filter { pace.median($0) <= Self.frontFactor * best }).map(\.identity))
    for records in Dictionary(grouping: correct, by: \.variant).values {
      kept.insert(records.min(by: pace.isFaster)!.identity)
    }
    for bound in [1e-6, 1e-5, 1e-4] {
      let exact = correct.filter { ($0.maxError ?? .infinity) <= bound }
      if let fastest = exact.min(by: pace.isFaster) { kept.insert(fastest.identity) }
    }
    let smallest = correct.min {
      $0.workspaceBytes != $1.workspaceBytes ? $0.workspaceBytes < $1.workspaceBytes : pace.isFaster($0, $1)
    }
    if let smallest { kept.insert(smallest.identity) }
    let memory = MemoryRule(key.problem)
    let small = correct.filter { memory.isSmall($0.extraBytes) }.min(by: pace.isFaster)
    if let small { kept.insert(small.identity) }
    let untuned = untuned(all, runs, registry)
    kept.formUnion(all.filter { untuned[$0.context] == $0.candidate }.map(\.identity))
    kept.formUnion(all.filter { runs[$0.run]?.isLeaveOneOut == true }.map(\.identity))
    return keeping { kept.contains($0.identity) || $0.invalidity.isFailure }
  }

  /// The candidate that runs without any measurement, with its settings in the order of records; nil where no variant
  /// takes the problem.
  public func untuned(on machine: Machine, isa: InstructionSet, registry: Registry = .shared) -> Candidate? {
    let resolver = Resolver(tables: TableStack([]), machine: machine, isa: isa, registry: registry)
    return try? resolver.resolve(key.problem, threads: max(key.threads, 1)).candidate.sorted
  }

  private func untuned(
    _ records: [CandidateRecord], _ runs: [String: Run], _ registry: Registry
  ) -> [CandidateRecord.Context: Candidate] {
    var candidates: [CandidateRecord.Context: Candidate] = [:]
    for context in Set(records.map(\.context)) {
      guard let machine = runs[context.run]?.machine else { continue }
      candidates[context] = untuned(on: machine, isa: context.isa, registry: registry)
    }
    return candidates
  }
}

extension CandidateRecord {
  /// What the untuned candidate depends on, besides the problem.
  fileprivate struct Context: Hashable {
    let run: String
    let isa: InstructionSet
  }

  fileprivate var context: Context { Context(run: run, isa: isa) }
}

extension ProblemResult {
  /// The records with enough samples for a 95 % interval, where there are any: one lucky sample beats no median.
  static func comparable(_ records: [CandidateRecord]) -> [CandidateRecord] {
    let sampled = records.filter { $0.times.count >= Statistics.leastSamples }
    return sampled.isEmpty ? records : sampled
  }
}

extension CandidateRecord {
  /// By median, then identity: a total order of the timed records of one result.
  static func isFaster(_ left: Self, _ right: Self) -> Bool {
    let (mine, theirs) = (left.median ?? .infinity, right.median ?? .infinity)
    return mine != theirs ? mine < theirs : left.identity < right.identity
  }
}
