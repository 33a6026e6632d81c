import AtrousCore
import AtrousDatabase
import AtrousKernels

/// The candidates of one problem in a search: who is still in it, the time it has, and whom to tell of those that are done.
package final class Field {
  /// Candidates with a part of their own.
  package struct Roles {
    /// The best of an earlier run, measured again beside the newcomers.
    var incumbent: Candidate?
    /// What the tables run here: the nearest known problem's or machine's choice.
    var hint: Candidate?
    /// What runs without any measurement.
    var untuned: Candidate?
    /// What an earlier run tried and did not settle: the others come first, so that interrupted runs get through all.
    var tried: Set<Candidate> = []
    /// Nanoseconds of the best median of earlier runs.
    var known = Double.infinity

    package init() {}
  }

  let source: any SampleSource
  let rules: RaceRules
  let roles: Roles
  private let cancellation: CancellationFlag?
  /// Told of every entrant that is out, or done.
  private let finish: (Entrant) -> Void
  private let start: Double
  /// Seconds; at least one candidate is made ready and timed whatever it is.
  let limit: Double?

  private(set) var running: [Entrant] = []
  private var done: [Entrant] = []
  private(set) var untuned: Entrant?
  private(set) var isCancelled = false
  /// Candidates probed.
  private(set) var probes = 0
  /// The longest a probe has taken.
  private var longest = 0.0

  package init(
    _ source: any SampleSource, rules: RaceRules, limit: Double? = nil, roles: Roles = Roles(),
    cancellation: CancellationFlag? = nil, finish: @escaping (Entrant) -> Void = { _ in }
  ) {
    self.source = source
    self.rules = rules
    self.limit = limit
    self.roles = roles
    self.cancellation = cancellation
    self.finish = finish
    start = source.seconds
  }

  /// The median of the best still in the search, in nanoseconds.
  var best: Double { leader?.median ?? .infinity }
  /// The best still in the search.
  var leader: Entrant? { running.min { $0.median < $1.median } }
  /// The least sample of all, or of earlier runs the best median, in nanoseconds: unlike a median it never rises.
  var leastSample: Double {
    (running + done).filter(\.isTimed).compactMap { $0.samples.min() }.reduce(roles.known, min)
  }
  var elapsed: Double { source.seconds - start }
  /// Seconds until the limit.
  var left: Double { limit.map { $0 - elapsed } ?? .infinity }

  /// Those that are right, best first; one with few samples comes after those with enough to compare.
  package var ranking: [Entrant] {
    let most = Double(min(rules.finalSamples, Statistics.leastSamples))
    return (running + done).filter(\.isTimed).sorted { left, right in
      let (mine, theirs) = (Double(left.samples.count) >= most, Double(right.samples.count) >= most)
      return mine != theirs ? mine : left.median < right.median
    }
  }

  /// Makes a candidate ready and takes its first sample; those far behind the best drop out, unless all stay.
  @discardableResult
  func probe(_ proposal: Proposal, allStay: Bool = false) -> Entrant {
    let began = elapsed
    let entrant = Entrant(proposal)
    source.probe(entrant, cutoff: allStay ? .infinity : rules.probeCutoff * best)
    probes += 1
    longest = max(longest, elapsed - began)
    if proposal.candidate.sorted == roles.untuned { untuned = entrant }
    guard entrant.isTimed else {
      done.append(entrant)
      finish(entrant)
      return entrant
    }
    running.append(entrant)
    if !allStay { dropStragglers() }
    return entrant
  }

  /// One sample of everybody who is below what is wanted of it, beginning with another one each time; false where the
  /// time was up before the end.
  func round(_ wanted: (Entrant) -> Int) -> Bool {
    let due = running.filter { $0.samples.count < wanted($0) }
    let first = (due.first?.samples.count ?? 0) % max(due.count, 1)
    return source.round(Array(due[first...] + due[..<first])) { stops() }
  }

  /// Keeps the fastest `count` by median of those within `factor` of the best, every variant's best and the untuned.
  func keep(_ count: Int, within factor: Double = .infinity, leaders isWanted: Bool = true) {
    let leaders = isWanted ? leaders : []
    let ranked = running.sorted { $0.median < $1.median }
    for (place, entrant) in ranked.enumerated() where place >= count || entrant.median > factor * best {
      if !isHeld(entrant) && !leaders.contains(where: { $0 === entrant }) { drop(entrant) }
    }
  }

  func drop(_ entrant: Entrant) {
    running.removeAll { $0 === entrant }
    entrant.ready = nil
    done.append(entrant)
    finish(entrant)
  }

  /// Ends the search for everybody.
  func close() { running.sorted { $0.median < $1.median }.forEach(drop) }

  /// The fastest of each variant so far.
  var leaders: [Entrant] {
    Dictionary(grouping: running, by: \.variant).values.compactMap { $0.min { $0.median < $1.median } }
      .sorted { $0.median < $1.median }
  }

  /// Whether it stays however slow it is: what tuning gains is told against it.
  func isHeld(_ entrant: Entrant) -> Bool {
    entrant === untuned && entrant.samples.count < Statistics.leastSamples
  }

  /// Cancelled, or the time is up.
  func stops() -> Bool { isStopped() || left <= 0 }

  /// Cancelled, or so little time is left that one more probe would take from what the finals need.
  func stopsProbing() -> Bool { isStopped() || limit != nil && left <= 1.3 * reserve + longest }

  /// Cancelled, or only the finals' time is left.
  func stopsHalving() -> Bool { isStopped() || left <= reserve }

  private func isStopped() -> Bool {
    if cancellation?.isSet == true { isCancelled = true }
    return isCancelled
  }

  /// Seconds kept back for the last rounds: the least samples of the finalists so far, and an interval of the untuned.
  private var reserve: Double {
    guard let limit else { return 0 }
    let ranked = running.sorted { $0.median < $1.median }.prefix(rules.finalists)
    let finals = ranked.reduce(0) { $0 + $1.seconds(of: rules.leastSamples) }
    let untuned = untuned.map { isHeld($0) ? $0.seconds(of: Statistics.leastSamples - $0.samples.count) : 0 } ?? 0
    return min(finals + untuned, rules.finalsShare * limit)
  }

  /// Drops who is far behind, but for the best of a variant, and the slowest where plans take too much memory.
  private func dropStragglers() {
    let leaders = leaders
    for entrant in running where !isHeld(entrant) {
      let isLeader = leaders.contains { $0 === entrant }
      if entrant.median > (isLeader ? rules.leaderCutoff : rules.probeCutoff) * best { drop(entrant) }
    }
    while running.count > 1, running.reduce(0, { $0 + ($1.ready?.bytes ?? 0) }) > rules.planBytes {
      drop(running.filter { !isHeld($0) }.max { $0.median < $1.median } ?? running[0])
    }
  }
}
