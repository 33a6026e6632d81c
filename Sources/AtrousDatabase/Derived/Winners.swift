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
  /// All that may be as fast, the fastest first, by median: within `ProblemResult.tieMargin` of it.
  public let ties: [CandidateRecord]
  /// The one that goes into tables: of those within `ProblemResult.equalMargin` that take no more than half of what the
  /// fastest takes the smallest, else the fastest.
  public let shipped: CandidateRecord
  /// The fastest of all, where the rules keep it from winning.
  public let passedOver: PassedOver?
}

extension ProblemResult {
  /// Who takes up to so many times the fastest is as fast. One of them ships instead of the fastest where it takes no more
  /// than half of its memory: less would not pay for the time, however little, nor be found again in the next run.
  public static let equalMargin = 1.02
  /// Up to so many times the fastest, whatever their intervals, candidates are ties: pages, alignment and neighbours move
  /// the ratio of two by some percent from one run of a build to the next, which no samples of one run tell (quick on a
  /// Zen 5 core, eight processes: up to 4 % for kernels out of L2, 8 % for depthwise out of L3).
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
  /// `ShippingRules` say what speed may cost. Among those as fast with half of the memory or less (workspace and packed
  /// weights) the smallest ships, of equal ones the earlier in the registry, then the first by its text.
  public func winner(
    _ constraints: Constraints = Constraints(), runs: [String: Run] = [:], registry: Registry = .shared
  ) -> Winner? {
    let ranking = ranking(constraints, runs: runs)
    let pace = pace(constraints, runs)
    let (eligible, passedOver) = ShippingRules(key.problem).apply(to: ranking, median: pace.median)
    guard let fastest = eligible.first else { return nil }
    let median = pace.median(fastest)
    let ties = eligible.filter { pace.median($0) <= Self.tieMargin * median }
    let smaller = ties.filter {
      let isHalf = $0.extraBytes < fastest.extraBytes && 2 * $0.extraBytes <= fastest.extraBytes
      return isHalf && pace.median($0) <= Self.equalMargin * median
    }
    let order = Dictionary(
      registry.variants.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: min)
    let shipped = smaller.min { left, right in
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
