import AtrousCore
import AtrousKernels

/// Few probes, then successive halving in interleaved rounds (Jamieson and Talwalkar, *Non-stochastic best arm
/// identification and hyperparameter optimization*, 2016).
///
/// Those with a part of their own are probed first, then every variant's initial configuration that may come near the best,
/// then whoever is expected to be the fastest by the cost model, corrected by what the most similar measured configurations
/// took. Without a limit probing ends when it has not paid for some time; with one, when only the finals' time is left.
/// Then, and before the first that has no part of its own, those that disappointed get a second look. Rounds then sample
/// every survivor, and after each rung the slower half drops out.
struct RacingStrategy: SearchStrategy {
  let rules: RaceRules

  func search(_ proposals: [Proposal], in field: Field) {
    explore(proposals, field)
    halve(field)
  }

  private func explore(_ proposals: [Proposal], _ field: Field) {
    var expectations = Expectations()
    var open = proposals
    var (best, failures, isSecure) = (Double.infinity, 0, false)
    while let index = next(open, expectations, field) {
      let isExtra = rank(open[index], expectations, field) > 3
      if isExtra && !isSecure {
        lookAgain(field, expectations)
        isSecure = true
        continue
      }
      if field.stopsProbing() && (!field.running.isEmpty || field.isCancelled) { break }
      if field.limit == nil && isExtra && failures >= rules.patience { break }
      let proposal = open.remove(at: index)
      if rank(proposal, expectations, field) > 1 && proposal.cost.seconds * 1e9 > rules.timeoutFactor * field.best {
        continue
      }
      let entrant = field.probe(proposal)
      if entrant.isTimed { expectations.learn(entrant) }
      failures = field.best < (1 - rules.gain) * best ? 0 : failures + (isExtra ? 1 : 0)
      best = min(best, field.best)
    }
    lookAgain(field, expectations)
  }

  /// Samples again, later than their probes, those who would not be in the rounds but may be near the best: by what they
  /// took, or by what the others let expect of them. The likeliest first, as far as the share goes.
  private func lookAgain(_ field: Field, _ expectations: Expectations) {
    let entered = field.contenders(rules.fieldFactor * rules.finalists, samples: rules.finalSamples)
    let hopes = field.running.filter { entrant in !entered.contains { $0 === entrant } }.map { entrant in
      (entrant, seconds: min(entrant.standing * 1e-9, expectations.standing(entrant.proposal, without: entrant)))
    }
    var allowance = max(rules.lookShare * field.elapsed, rules.probeSeconds)
    let due = hopes.filter { $0.seconds * 1e9 <= rules.lookCutoff * field.best }.sorted { $0.seconds < $1.seconds }
      .map(\.0).filter { entrant in
        allowance -= entrant.seconds(of: rules.lookSamples)
        return allowance >= 0
      }
    for _ in 0..<rules.lookSamples where !field.stopsHalving() { field.round(of: due) }
  }

  /// The incumbent, what the tables choose, the untuned candidate, initial configurations that may be near, second chances,
  /// the others, and what an earlier run tried, each by expected time.
  private func next(_ open: [Proposal], _ expectations: Expectations, _ field: Field) -> Int? {
    open.indices.map { index in
      (rank(open[index], expectations, field), expectations.standing(open[index]), index)
    }.min { $0 < $1 }?.2
  }

  private func rank(_ proposal: Proposal, _ expectations: Expectations, _ field: Field) -> Int {
    let (candidate, roles) = (proposal.candidate.sorted, field.roles)
    if candidate == roles.incumbent || candidate == roles.hint { return 0 }
    if candidate == roles.untuned { return 1 }
    if roles.tried.contains(candidate) { return 5 }
    if proposal.isInitial {
      return expectations.standing(proposal) * 1e9 <= rules.initialCutoff * field.best ? 2 : 4
    }
    // One unlucky sample must not end a variant that the cost model believes in.
    let believed = rules.belief * (field.leader?.proposal.cost.seconds ?? .infinity)
    return expectations.count(proposal.candidate.variant) == 1 && proposal.cost.seconds <= believed ? 3 : 4
  }

  private func halve(_ field: Field) {
    var count = rules.fieldFactor * rules.finalists
    var entered = field.contenders(count, samples: rules.finalSamples)
    // What probes and second looks took of all is no part of the rounds.
    let taken = (entered.map(\.samples.count).min() ?? 1) - 1
    var samples = 2
    field.keep(entered)
    while count > rules.finalists && !field.stopsHalving() {
      entered = field.contenders(count, samples: taken + samples)
      guard field.round({ entrant in entered.contains { $0 === entrant } ? taken + samples : 0 }) else { return }
      if entered.allSatisfy({ $0.samples.count >= taken + samples }) {
        count = max(rules.finalists, count / 2)
        samples *= 2
      }
    }
    final(field, samples: taken + rules.finalSamples)
  }

  /// Samples the finalists; who is clearly slower than the best has enough.
  private func final(_ field: Field, samples: Int) {
    while true {
      let entered = field.contenders(rules.finalists, samples: samples)
      guard let best = entered.min(by: { $0.score < $1.score }),
        entered.contains(where: { isOpen($0, best, samples) })
      else { return }
      let isDone = !field.round { entrant in
        entered.contains { $0 === entrant } && isOpen(entrant, best, samples) ? samples : 0
      }
      if isDone || field.stops() { return }
    }
  }

  private func isOpen(_ entrant: Entrant, _ best: Entrant, _ samples: Int) -> Bool {
    guard entrant.samples.count < samples else { return false }
    return entrant === best || entrant.samples.count < 3
      || entrant.handicap * entrant.samples.min()! <= best.handicap * best.samples.max()!
  }
}

/// Expected times of what was not measured: the cost model's, times what it was off by on the measured configurations of
/// the variant that differ in the fewest settings; of several the least, since what disturbs a sample makes it longer.
struct Expectations {
  /// The entrants themselves, as later samples may correct what the first said.
  private struct Measured {
    let settings: [Setting]
    let entrant: Entrant
    var ratio: Double { entrant.level * 1e-9 / max(entrant.proposal.cost.seconds, 1e-12) }
  }

  private var measured: [VariantID: [Measured]] = [:]

  mutating func learn(_ entrant: Entrant) {
    let settings = entrant.proposal.candidate.configuration.settings
    measured[entrant.variant, default: []].append(Measured(settings: settings, entrant: entrant))
  }

  /// Configurations of the variant that were measured.
  func count(_ variant: VariantID) -> Int { measured[variant]?.count ?? 0 }

  /// What `Entrant.standing` is expected to be, in seconds.
  /// - Parameter entrant: one that was measured, to be told from the others.
  func standing(_ proposal: Proposal, without entrant: Entrant? = nil) -> Double {
    proposal.handicap * seconds(proposal, without: entrant)
  }

  private func seconds(_ proposal: Proposal, without entrant: Entrant?) -> Double {
    let settings = proposal.candidate.configuration.settings
    var (least, ratio) = (Int.max, Double.infinity)
    for other in measured[proposal.candidate.variant] ?? [] where other.entrant !== entrant {
      let distance = zip(settings, other.settings).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) }
      if distance < least { (least, ratio) = (distance, .infinity) }
      if distance == least { ratio = min(ratio, other.ratio) }
    }
    if least == .max {
      for other in measured.values.joined() where other.entrant !== entrant { ratio = min(ratio, other.ratio) }
    }
    if ratio == .infinity { ratio = 1 }
    return proposal.cost.seconds * ratio
  }
}
