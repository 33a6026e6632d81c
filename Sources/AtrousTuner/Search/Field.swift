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
    package var untuned: Candidate?
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

  /// The least score of those still in the search, in nanoseconds: others' standings are held against it, so that neither a
  /// lucky sample of the best nor a disturbed one of theirs ends their race.
  var best: Double { leader?.score ?? .infinity }
  /// The best still in the search.
  var leader: Entrant? { running.min { $0.score < $1.score } }
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
      return mine != theirs ? mine : left.score < right.score
    }
  }

  /// Makes a candidate ready and takes its first sample, and more where they are short; those far behind the best drop
  /// out. Where all stay, it is one sample.
  @discardableResult
  func probe(_ proposal: Proposal, allStay: Bool = false) -> Entrant {
    let began = elapsed
    let entrant = Entrant(proposal)
    source.probe(entrant, cutoff: allStay ? .infinity : rules.probeCutoff * best / entrant.handicap)
    probes += 1
    longest = max(longest, elapsed - began)
    if proposal.candidate.sorted == roles.untuned { untuned = entrant }
    guard entrant.isTimed else {
      done.append(entrant)
      finish(entrant)
      return entrant
    }
    running.append(entrant)
    if !allStay {
      repeatProbe(entrant)
      dropStragglers()
    }
    return entrant
  }

  /// Samples again what is short, twice at least before that tells that it is far behind. Their level stays as the one
  /// sample of the probe: what disturbed some disturbed them all, and so many would outweigh the rounds.
  private func repeatProbe(_ entrant: Entrant) {
    while entrant.samples.count < rules.probeSamples && !stops()
      && entrant.seconds(of: entrant.samples.count) <= rules.probeSeconds
      && (entrant.samples.count == 1 || entrant.standing <= rules.probeCutoff * best)
    {
      round(of: [entrant])
    }
    entrant.disturbed = entrant.disturbed.filter { 2 * $0.value >= entrant.samples.count }.mapValues { _ in 1 }
    entrant.samples = [entrant.level]
  }

  /// One sample of everybody who is below what is wanted of it, beginning with another one each time; false where the
  /// time was up before the end.
  func round(_ wanted: (Entrant) -> Int) -> Bool {
    let due = running.filter { $0.samples.count < wanted($0) }
    let first = (due.first?.samples.count ?? 0) % max(due.count, 1)
    return source.round(Array(due[first...] + due[..<first])) { stops() }
  }

  /// One more sample of each of these.
  func round(of entrants: [Entrant]) { _ = source.round(entrants) { stops() } }

  /// Those that may yet win, best first: up to `count`, and some more where so many samples of them cost next to nothing.
  func contenders(_ count: Int, samples: Int) -> [Entrant] {
    let near = running.filter { $0.standing <= rules.fieldCutoff * best }.sorted { $0.standing < $1.standing }
    var allowance = rules.extraShare * elapsed
    let extra = near.dropFirst(count).prefix(rules.mostExtra).prefix { entrant in
      allowance -= entrant.seconds(of: samples - entrant.samples.count)
      return allowance >= 0
    }
    return Array(near.prefix(count) + extra)
  }

  /// Keeps these, every variant's best where that is wanted, and the untuned.
  func keep(_ entrants: [Entrant], leaders isWanted: Bool = true) {
    let kept = entrants + (isWanted ? leaders : [])
    for entrant in running where !isHeld(entrant) && !kept.contains(where: { $0 === entrant }) { drop(entrant) }
  }

  func drop(_ entrant: Entrant) {
    running.removeAll { $0 === entrant }
    entrant.ready = nil
    done.append(entrant)
    finish(entrant)
  }

  /// Ends the search for everybody.
  func close() { ranked.forEach(drop) }

  /// Those still in the search, best first.
  var ranked: [Entrant] { running.sorted { $0.standing < $1.standing } }

  /// The best of each variant so far, and the fastest: reports tell whom `ShippingRules` passed over.
  var leaders: [Entrant] {
    Dictionary(grouping: running, by: \.variant).values.compactMap { $0.min { $0.standing < $1.standing } }
      + [running.min { $0.level < $1.level }].compactMap { $0 }
  }

  /// Whether it stays however slow it is: what tuning gains is told against it.
  func isHeld(_ entrant: Entrant) -> Bool {
    entrant === untuned && entrant.samples.count < Statistics.leastSamples
  }

  /// Cancelled, or the time is up.
  func stops() -> Bool { isStopped() || left <= 0 }

  /// Cancelled, or so little time is left that one more probe would take from what the finals need.
  func stopsProbing() -> Bool {
    guard let limit else { return isStopped() }
    return isStopped() || left <= max(1.3 * reserve, rules.roundsShare * limit) + longest
  }

  /// Cancelled, or only the finals' time is left.
  func stopsHalving() -> Bool { isStopped() || left <= reserve }

  private func isStopped() -> Bool {
    if cancellation?.isSet == true { isCancelled = true }
    return isCancelled
  }

  /// Seconds kept back for the last rounds: the least samples of the finalists so far, and an interval of the untuned.
  private var reserve: Double {
    guard let limit else { return 0 }
    let finals = ranked.prefix(rules.finalists).reduce(0) { $0 + $1.seconds(of: rules.leastSamples) }
    let untuned = untuned.map { isHeld($0) ? $0.seconds(of: Statistics.leastSamples - $0.samples.count) : 0 } ?? 0
    return min(finals + untuned, rules.finalsShare * limit)
  }

  /// Drops who is far behind, but for the best of a variant, and the slowest where plans take too much memory.
  private func dropStragglers() {
    let leaders = leaders
    for entrant in running where !isHeld(entrant) {
      let isLeader = leaders.contains { $0 === entrant }
      if entrant.standing > (isLeader ? rules.leaderCutoff : rules.probeCutoff) * best { drop(entrant) }
    }
    while running.count > 1, running.reduce(0, { $0 + ($1.ready?.bytes ?? 0) }) > rules.planBytes {
      drop(running.filter { !isHeld($0) }.max { $0.standing < $1.standing } ?? running[0])
    }
  }
}
