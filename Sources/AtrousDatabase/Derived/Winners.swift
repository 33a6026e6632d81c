import AtrousCore
import AtrousKernels

/// What a winner may cost besides time.
public struct Constraints: Hashable, Sendable {
  /// The largest `max_error` allowed.
  public var maxError: Double
  /// The largest workspace allowed, in bytes; nil allows any.
  public var maxWorkspace: Int?

  public init(maxError: Double = 1e-4, maxWorkspace: Int? = nil) {
    self.maxError = maxError
    self.maxWorkspace = maxWorkspace
  }

  /// Whether a record is correct, timed and within the bounds.
  public func allow(_ record: CandidateRecord) -> Bool {
    guard record.invalidity == .correct, record.median != nil, let error = record.maxError else { return false }
    return error <= maxError && record.workspaceBytes <= maxWorkspace ?? .max
  }
}

/// The best of one result under constraints.
public struct Winner: Hashable, Sendable {
  public let key: ResultKey
  /// The one with the least median, normalised, of those that `ShippingRules` let win.
  public let fastest: CandidateRecord
  /// All that may be as fast, the fastest first, by median: within `ProblemResult.equalMargin` of it, or, up to
  /// `ProblemResult.tieMargin`, with a 95 % interval that overlaps its.
  public let ties: [CandidateRecord]
  /// The one that goes into tables: of those within `ProblemResult.equalMargin` the smallest.
  public let shipped: CandidateRecord
  /// The fastest of all, where the rules keep it from winning.
  public let passedOver: PassedOver?
}

extension ProblemResult {
  /// Who takes up to so many times the fastest is as fast: pages, alignment and neighbours move a candidate by more from
  /// one run of a build to the next, so that to ship the fastest would be to draw lots. The smallest ships instead.
  public static let equalMargin = 1.02
  /// Few samples give wide intervals: their overlap alone would tie something slow.
  public static let tieMargin = 1.05

  /// The records allowed, one a candidate, fastest first, times of different runs normalised by their reference loops.
  ///
  /// Of a variant's revisions only the newest measured counts, and those with too few samples for an interval only where
  /// no other has enough. Of a candidate's records the latest counts that was not disturbed: it was taken beside the
  /// latest of the others, and the luckiest of many would flatter who was measured often.
  ///
  /// - Parameter runs: those the records are of, by id; records that tell no reference are normalised by their peaks.
  public func ranking(
    _ constraints: Constraints = Constraints(), runs: [String: Run] = [:]
  ) -> [CandidateRecord] {
    let newest = Dictionary(candidates.map { ($0.variant, $0.revision) }, uniquingKeysWith: max)
    let allowed = candidates.filter { $0.revision == newest[$0.variant] && constraints.allow($0) }
    let pace = pace(constraints, runs)
    return Dictionary(grouping: Self.comparable(allowed), by: \.candidate).values
      .map { records in records.max { ($0.isNoisy ? 0 : 1, $0.run) < ($1.isNoisy ? 0 : 1, $1.run) }! }
      .sorted(by: pace.isFaster)
  }

  private func pace(_ constraints: Constraints, _ runs: [String: Run]) -> Pace {
    Pace(candidates.filter(constraints.allow), of: key, runs: runs, favoursLatest: true)
  }

  /// The winner and its ties; nil where nothing is allowed.
  ///
  /// `ShippingRules` say what speed may cost. Among those as fast the smaller ships (workspace and packed weights), then
  /// the earlier in the registry, then the first by its text: whatever the noise says of them.
  public func winner(
    _ constraints: Constraints = Constraints(), runs: [String: Run] = [:], registry: Registry = .shared
  ) -> Winner? {
    let ranking = ranking(constraints, runs: runs)
    let pace = pace(constraints, runs)
    let (eligible, passedOver) = ShippingRules(key.problem).apply(to: ranking, median: pace.median)
    guard let fastest = eligible.first else { return nil }
    let (median, interval) = (pace.median(fastest), pace.interval(fastest))
    let ties = eligible.filter { record in
      let isEqual = pace.median(record) <= Self.equalMargin * median
      return isEqual || pace.median(record) <= Self.tieMargin * median && pace.interval(record).overlaps(interval)
    }
    let order = Dictionary(
      registry.variants.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: min)
    let shipped = ties.filter { pace.median($0) <= Self.equalMargin * median }.min { left, right in
      let mine = (left.extraBytes, order[left.variant] ?? .max)
      let theirs = (right.extraBytes, order[right.variant] ?? .max)
      return mine != theirs ? mine < theirs : "\(left.candidate)" < "\(right.candidate)"
    }
    return Winner(key: key, fastest: fastest, ties: ties, shipped: shipped ?? fastest, passedOver: passedOver)
  }
}

extension Database {
  /// The winner of each result that has one, in the order of the results.
  public func winners(_ constraints: Constraints = Constraints(), registry: Registry = .shared) -> [Winner] {
    let runs = runsByID
    return results.compactMap { $0.winner(constraints, runs: runs, registry: registry) }
  }
}
