import AtrousDatabase

extension Field {
  /// Gives the records what comparisons and reports ask for, when the search has its answer: more samples of the
  /// finalists, some of every variant's best, and an interval of what runs untuned, as far as the time goes. Then all are
  /// out.
  func complete() {
    keep(rules.finalists)
    if running.reduce(0, { $0 + $1.seconds(of: wanted($1, rules.leastSamples) - $1.samples.count) }) > left {
      keep(rules.finalists, leaders: false)
    }
    // Without a limit nobody gains from more than the least; with one, time that is left is used.
    let most = limit == nil ? rules.leastSamples : rules.mostSamples
    while running.contains(where: { $0.samples.count < wanted($0, most) }) {
      if !round({ wanted($0, most) }) { break }
    }
    answer()
    close()
  }

  /// An interval is enough of who is far behind.
  private func wanted(_ entrant: Entrant, _ most: Int) -> Int {
    entrant.median > rules.leaderCutoff * best ? Statistics.leastSamples : most
  }

  /// Gives the best and the untuned candidate an interval even after the limit: the best where that takes next to no
  /// time, the untuned one where it takes no longer than the race was given.
  private func answer() {
    guard !isCancelled, let best = running.min(by: { $0.median < $1.median }) else { return }
    for entrant in running where entrant === best || entrant === untuned {
      let most = entrant === untuned ? max(rules.answerSeconds, limit ?? 0) : rules.answerSeconds
      let missing = Statistics.leastSamples - entrant.samples.count
      if missing <= 0 || entrant.seconds(of: missing) > most { continue }
      for _ in 0..<missing where !stopsNow { source.sample(entrant) }
    }
  }

  private var stopsNow: Bool {
    _ = stops()
    return isCancelled
  }
}
