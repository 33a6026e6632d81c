import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Successive halving over the candidates of one problem, in interleaved rounds.
///
/// All are verified and probed in the order of their expected time, each variant's initial configuration first; those far
/// behind the best drop out at once. Rounds then time every survivor once, in an order that changes from round to
/// round; after each rung the slower half by median drops out, until the finalists have their samples. The untuned
/// candidate stays until it has enough samples for an interval: what tuning gains is told against it.
final class Race {
  /// Candidates with a part of their own.
  struct Roles {
    /// The best of an earlier run, measured again beside the newcomers.
    var incumbent: Candidate?
    /// What runs without any measurement.
    var untuned: Candidate?
    /// What an earlier run tried and did not settle: the others come first, so that interrupted runs get through all.
    var tried: Set<Candidate> = []
  }

  private let problem: MeasuredProblem
  private let rules: RaceRules
  private let cancellation: CancellationFlag?
  /// Told of every entrant that is out, or done.
  private let finish: (Entrant) -> Void
  /// When to stop, and when it began; nil without a limit.
  private let start: UInt64
  private let limit: Double?
  private let roles: Roles
  private var untuned: Entrant?

  private(set) var running: [Entrant] = []
  private(set) var isCancelled = false

  /// - Parameters:
  ///   - limit: seconds; at least one candidate is verified and timed whatever it is.
  init(
    _ problem: MeasuredProblem, rules: RaceRules = .init(), limit: Double? = nil, roles: Roles = Roles(),
    cancellation: CancellationFlag? = nil, finish: @escaping (Entrant) -> Void
  ) {
    self.problem = problem
    self.rules = rules
    self.limit = limit
    self.roles = roles
    self.cancellation = cancellation
    self.finish = finish
    start = problem.clock.nanoseconds
  }

  /// Races the proposals and returns the finalists, best first.
  func run(_ proposals: [Proposal]) -> [Entrant] {
    probe(ordered(proposals))
    halve()
    final()
    answer()
    let best = running.sorted { $0.median < $1.median }
    best.forEach(out)
    return best
  }

  /// The incumbent, the untuned candidate, initial configurations, the others, and what an earlier run tried, each by
  /// expected time.
  private func ordered(_ proposals: [Proposal]) -> [Proposal] {
    proposals.enumerated().sorted {
      (rank($0.element), $0.element.cost.seconds, $0.offset) < (rank($1.element), $1.element.cost.seconds, $1.offset)
    }.map(\.element)
  }

  private func rank(_ proposal: Proposal) -> Int {
    let candidate = proposal.candidate.sorted
    if candidate == roles.incumbent { return 0 }
    if candidate == roles.untuned { return 1 }
    if roles.tried.contains(candidate) { return 4 }
    return proposal.isInitial ? 2 : 3
  }

  private func probe(_ proposals: [Proposal]) {
    var longest = 0.0
    for proposal in proposals {
      if stops(beforeFinals: 1.3, longest) && (!running.isEmpty || isCancelled) { break }
      if rank(proposal) > 1 && proposal.cost.seconds * 1e9 > rules.timeoutFactor * best { continue }
      let began = elapsed
      let entrant = Entrant(proposal)
      problem.probe(entrant)
      longest = max(longest, elapsed - began)
      if proposal.candidate.sorted == roles.untuned { untuned = entrant }
      if entrant.isRunning { running.append(entrant) } else { finish(entrant) }
      dropStragglers()
    }
  }

  /// Drops who is far behind, but for the best of a variant, and the slowest where plans take too much memory.
  private func dropStragglers() {
    let leaders = leaders
    for entrant in running where !isHeld(entrant) {
      let isLeader = leaders.contains { $0 === entrant }
      let factor = isLeader ? rules.leaderCutoff : rules.probeCutoff
      if entrant.median > factor * best { drop(entrant) }
    }
    while running.count > 1, running.reduce(0, { $0 + ($1.ready?.bytes ?? 0) }) > rules.planBytes {
      drop(running.filter { !isHeld($0) }.max { $0.median < $1.median } ?? running[0])
    }
  }

  private func halve() {
    keep(rules.fieldFactor * rules.finalists)
    var rounds = 2
    while running.count > rules.finalists && !stops(beforeFinals: 1) {
      for _ in 0..<rounds {
        if !round() { break }
      }
      keep(max(rules.finalists, (running.count + 1) / 2))
      if running.count <= rules.finalists + leaders.count { break }
      rounds *= 2
    }
    keep(rules.finalists)
  }

  private func final() {
    if Double(rules.leastSamples) * Self.round(running) > left { keep(rules.finalists, leaders: []) }
    while !running.isEmpty, running.contains(where: { $0.samples.count < wanted($0) }) {
      if !round() { return }
    }
  }

  /// Gives the best and the untuned candidate an interval even after the limit: the best where that takes next to no
  /// time, the untuned one where it takes no longer than the race was given.
  private func answer() {
    guard !isCancelled, let best = running.min(by: { $0.median < $1.median }) else { return }
    for entrant in running where entrant === best || entrant === untuned {
      let most = entrant === untuned ? max(rules.answerSeconds, limit ?? 0) : rules.answerSeconds
      if missing(entrant) > most { continue }
      while entrant.samples.count < Statistics.leastSamples, cancellation?.isSet != true { problem.sample(entrant) }
    }
  }

  /// Whether it stays however slow it is.
  private func isHeld(_ entrant: Entrant) -> Bool {
    entrant === untuned && entrant.samples.count < Statistics.leastSamples
  }

  /// Seconds until it has enough samples for an interval.
  private func missing(_ entrant: Entrant) -> Double {
    Double(max(Statistics.leastSamples - entrant.samples.count, 0)) * Self.round([entrant])
  }

  /// Without a limit nobody gains from more than the least; with one, time that is left is used. An interval is enough of
  /// who is far behind.
  private func wanted(_ entrant: Entrant) -> Int {
    if entrant.median > rules.leaderCutoff * best { return Statistics.leastSamples }
    return limit == nil ? rules.leastSamples : rules.mostSamples
  }

  /// One sample of everybody, beginning with another one each time; false where the time was up before the end.
  private func round() -> Bool {
    problem.yardstick?.sample()
    let first = (running.first?.samples.count ?? 0) % max(running.count, 1)
    for entrant in running[first...] + running[..<first] {
      if stops(beforeFinals: 0) { return false }
      if entrant.samples.count < wanted(entrant) { problem.sample(entrant) }
    }
    return true
  }

  /// Keeps the fastest `count` by median, and every variant's best.
  private func keep(_ count: Int) { keep(count, leaders: leaders) }

  private func keep(_ count: Int, leaders: [Entrant]) {
    let ranked = running.sorted { $0.median < $1.median }
    for entrant in ranked.dropFirst(count) where !isHeld(entrant) && !leaders.contains(where: { $0 === entrant }) {
      drop(entrant)
    }
  }

  /// The fastest of each variant so far.
  private var leaders: [Entrant] {
    Dictionary(grouping: running, by: \.variant).values.compactMap { $0.min { $0.median < $1.median } }
  }

  private var best: Double { running.map(\.median).min() ?? .infinity }

  private func drop(_ entrant: Entrant) {
    running.removeAll { $0 === entrant }
    out(entrant)
  }

  private func out(_ entrant: Entrant) {
    entrant.ready = nil
    finish(entrant)
  }

  /// Seconds until the limit.
  private var left: Double { limit.map { $0 - elapsed } ?? .infinity }
  private var elapsed: Double { Double(problem.clock.nanoseconds - start) * 1e-9 }

  /// Cancelled, or only `factor` times what the finals need, and `more` seconds, are left.
  private func stops(beforeFinals factor: Double, _ more: Double = 0) -> Bool {
    if cancellation?.isSet == true {
      isCancelled = true
      return true
    }
    guard let limit else { return false }
    return left <= factor * min(finals, rules.finalsShare * limit) + more
  }

  /// Seconds that the least samples of the finalists so far take, and an interval of the untuned candidate.
  private var finals: Double {
    let ranked = running.sorted { $0.median < $1.median }.prefix(rules.finalists)
    return Double(rules.leastSamples) * Self.round(ranked) + (untuned.map { isHeld($0) ? missing($0) : 0 } ?? 0)
  }

  /// Seconds of a round, in which every execution that is timed follows one that is not.
  private static func round(_ entrants: some Sequence<Entrant>) -> Double {
    entrants.reduce(0) { $0 + $1.median * Double($1.repeats + 1) } * 1e-9
  }
}
