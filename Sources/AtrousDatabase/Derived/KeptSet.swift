import AtrousCore

extension ProblemResult {
  /// The result with only the candidates worth keeping; what is left out stays counted in `omitted`.
  ///
  /// Kept are, of those with enough samples to compare, all correct ones within 1.25× of the best median, each variant's best, the fastest under an error of 1e-6,
  /// 1e-5 and 1e-4, and the one with the smallest workspace. Keeping commutes with merging: what one part leaves out,
  /// the whole leaves out too.
  public func kept() -> ProblemResult {
    let correct = Self.comparable(candidates.filter { $0.invalidity == .correct && $0.median != nil })
    guard let best = correct.min(by: CandidateRecord.isFaster)?.median else { return keeping { _ in false } }
    var kept = Set(correct.filter { $0.median! <= 1.25 * best }.map(\.identity))
    for records in Dictionary(grouping: correct, by: \.variant).values {
      kept.insert(records.min(by: CandidateRecord.isFaster)!.identity)
    }
    for bound in [1e-6, 1e-5, 1e-4] {
      let exact = correct.filter { ($0.maxError ?? .infinity) <= bound }
      if let fastest = exact.min(by: CandidateRecord.isFaster) { kept.insert(fastest.identity) }
    }
    let smallest = correct.min {
      $0.workspaceBytes != $1.workspaceBytes ? $0.workspaceBytes < $1.workspaceBytes : CandidateRecord.isFaster($0, $1)
    }
    if let smallest { kept.insert(smallest.identity) }
    return keeping { kept.contains($0.identity) }
  }
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
