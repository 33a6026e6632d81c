import Atrous
import AtrousCore
import AtrousDatabase

/// One database of a comparison, ready to be asked for a candidate.
struct ComparedSide {
  private let runs: [String: Run]
  private let results: [ResultKey: ProblemResult]
  private let constraints: Constraints
  private let registry: Registry

  init(_ database: Database, _ constraints: Constraints, _ registry: Registry) {
    runs = database.runsByID
    results = Dictionary(database.results.map { ($0.key, $0) }) { first, _ in first }
    self.constraints = constraints
    self.registry = registry
  }

  /// The reference loop's rate beside the winner's samples.
  func rate(_ winner: Winner) -> Double? { winner.fastest.pace(runs: runs, threads: winner.key.threads) }

  /// What runs of the same build say of the winner's candidate, undisturbed and with samples enough: their medians over the
  /// winner's, each by the loops beside it; 1 for the winner itself.
  /// - Parameter base: the side whose runs do not count, as a file may hold those it is compared with.
  func repetitions(of winner: Winner, without base: ComparedSide? = nil) -> [Double] {
    let fastest = winner.fastest
    let again = (results[winner.key]?.candidates ?? []).filter { record in
      let isAlike = record.candidate == fastest.candidate && record.revision == fastest.revision
      let isFit = record.invalidity == .correct && !record.isNoisy && record.times.count >= Statistics.leastSamples
      let isOwn = record.run != fastest.run && base?.runs[record.run] == nil
      return isAlike && isFit && isOwn && runs[record.run]?.generator == runs[fastest.run]?.generator
        && record.pace(runs: runs, threads: winner.key.threads) != nil
    }
    guard let median = fastest.median, rate(winner) != nil else { return [1] }
    return [1] + again.map { $0.median! / median * pace($0, winner) }
  }

  /// Why `new`, of the other side, won after `base`, of this side; nil where they are the same candidate and revision.
  func change(from base: Winner, to new: Winner, in other: ComparedSide) -> String? {
    let (old, won) = (base.fastest, new.fastest)
    if old.candidate == won.candidate {
      return old.revision == won.revision ? nil : "revision \(old.revision) became \(won.revision)"
    }
    return "\(standing(of: won.candidate, beside: base, "before")); "
      + "\(other.standing(of: old.candidate, beside: new, "now"))"
  }

  /// `direct-nhwc avx2 mr6 took 1.12× the winner's time now`
  private func standing(of candidate: Candidate, beside winner: Winner, _ when: String) -> String {
    let name = "`\(candidate.ordered(by: registry))`"
    guard let result = results[winner.key] else { return "\(name) was not measured \(when)" }
    if let record = result.ranking(constraints, runs: runs).first(where: { $0.candidate == candidate }) {
      let ratio = Format.ratio((record.median ?? 0) / (winner.fastest.median ?? 1) * pace(record, winner))
      return "\(name) took \(ratio) the winner's time \(when)" + (winner.ties.contains(record) ? ", a tie" : "")
    }
    let records = result.candidates.filter { $0.candidate == candidate }
    if let record = records.first(where: { $0.invalidity != .correct }) {
      return "\(name) was refused \(when): \(record.invalidity.rawValue)"
    }
    if !records.isEmpty { return "\(name) was past the limits, or of an older revision \(when)" }
    let wasTried = result.tried.values.contains { $0["\(candidate)"] != nil }
    return "\(name) was \(wasTried ? "too slow to be kept" : "not measured") \(when)"
  }

  /// The reference loop's rate beside a record over that beside the winner; 1 where unknown.
  private func pace(_ record: CandidateRecord, _ winner: Winner) -> Double {
    guard let mine = record.pace(runs: runs, threads: winner.key.threads), let best = rate(winner) else { return 1 }
    return mine / best
  }
}
