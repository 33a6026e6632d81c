import AtrousDatabase

extension Field {
  /// Gives the records what comparisons and reports ask for, when the search has its answer: more samples of the
  /// finalists, some of every variant's best, and an interval of what runs untuned, as far as the time goes. Then all are
  /// out.
  package func complete() {
    let finalists = finalists
    keep(finalists)
    if seconds(of: running) > left { keep(finalists, leaders: false) }
    // Without a limit nobody gains from more than the least; with one, time that is left is used.
    let most = limit == nil ? rules.leastSamples : rules.mostSamples
    while running.contains(where: { $0.samples.count < wanted($0, most) }) {
      if !round({ wanted($0, most) }) { break }
    }
    answer()
    close()
  }

  /// So many as the rules say; and whoever is close to the best, as far as half of the time that is left goes.
  private var finalists: [Entrant] {
    let ranked = ranked
    var chosen = Array(ranked.prefix(rules.finalists))
    let close = ranked.dropFirst(rules.finalists).prefix(rules.mostExtra).filter {
      $0.standing <= rules.closeCutoff * best
    }
    for entrant in close where seconds(of: chosen + [entrant]) <= left / 2 { chosen.append(entrant) }
    return chosen
  }

  private func seconds(of entrants: [Entrant]) -> Double {
    entrants.reduce(0) { $0 + $1.seconds(of: wanted($1, rules.leastSamples) - $1.samples.count) }
  }

  /// Who may be the fastest gets the most; the least is enough of who is clearly slower, an interval of who is far behind.
  private func wanted(_ entrant: Entrant, _ most: Int) -> Int {
    if entrant.standing > rules.leaderCutoff * best { return Statistics.leastSamples }
    return mayWin(entrant) ? most : min(most, rules.leastSamples)
  }

  private func mayWin(_ entrant: Entrant) -> Bool {
    guard let leader, let mine = Statistics.interval(entrant.samples), let best = Statistics.interval(leader.samples)
    else { return true }
    return entrant.handicap * mine.lowerBound <= leader.handicap * best.upperBound
  }

  /// Gives the best and the untuned candidate an interval even after the limit: the best where that takes next to no
  /// time, the untuned one where it takes no longer than the race was given. By turns: what is sampled by itself meets
  /// another machine than its rivals did, and would win or lose by that.
  private func answer() {
    guard !isCancelled, let best = leader else { return }
    let due = running.filter { entrant in
      guard entrant === best || entrant === untuned else { return false }
      let most = entrant === untuned ? max(rules.answerSeconds, limit ?? 0) : rules.answerSeconds
      return 0 < entrant.missing && entrant.seconds(of: entrant.missing) <= most
    }
    while true {
      let turn = due.filter { $0.missing > 0 }
      if turn.isEmpty { return }
      let isShort = best.seconds(of: 1) <= rules.answerSeconds
      let beside = isShort && !turn.contains { $0 === best } ? [best] : []
      if stopsNow || !source.round(turn + beside, stops: { stopsNow }) { return }
    }
  }

  private var stopsNow: Bool {
    _ = stops()
    return isCancelled
  }
}

extension Entrant {
  /// Samples it lacks for an interval.
  fileprivate var missing: Int { Statistics.leastSamples - samples.count }
}
