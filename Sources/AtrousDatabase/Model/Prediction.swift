import AtrousCore

/// What a run would use for a problem that it had no time to measure.
public struct Prediction: Hashable, Sendable {
  /// `Run.id`
  public let run: String
  /// With its settings in alphabetical order of their keys.
  public let candidate: Candidate
  public let revision: Int
  /// Where it comes from: a rung of the lookup, such as `cost model`.
  public let source: String

  public init(run: String, candidate: Candidate, revision: Int, source: String) {
    self.run = run
    self.candidate = candidate.sorted
    self.revision = revision
    self.source = source
  }

  /// Which of two stays: that of the later run, whose id begins with the time.
  static func preferred(_ left: Self, _ right: Self) -> Self {
    let (mine, theirs) = (
      [left.run, "\(left.candidate)", left.source], [right.run, "\(right.candidate)", right.source]
    )
    return theirs.lexicographicallyPrecedes(mine) ? left : right
  }
}
