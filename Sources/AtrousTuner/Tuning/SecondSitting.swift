import AtrousDatabase

/// The best of a race, sampled once more later in the run: as often as before, so that both hours count alike.
///
/// What goes on beside a race (neighbours on the host, where pages lie) lasts for minutes and moves the ratio of two
/// candidates by some percent: samples of one minute cannot tell which of them is the faster in the next.
struct SecondSitting {
  /// Of a budget, kept back from the races.
  static let share = 0.2

  /// Of the item.
  let index: Int
  /// Those close to the best.
  private let entrants: [Entrant]

  /// Nil where nobody is close to the best.
  init?(index: Int, after field: Field, _ rules: RaceRules) {
    let ranking = field.ranking
    let best = ranking.first?.score ?? 0
    self.index = index
    entrants = ranking.prefix(rules.finalists).filter {
      $0.score <= rules.closeCutoff * best && $0.samples.count >= Statistics.leastSamples
    }
    if entrants.count < 2 { return nil }
  }

  /// The entrants with the samples of both sittings; those that failed this time without any.
  /// - Parameter limit: seconds.
  func run(on source: any SampleSource, limit: Double, stops: () -> Bool) -> [Entrant] {
    let start = source.seconds
    func isOver() -> Bool { stops() || source.seconds - start >= limit }
    var wanted: [(entrant: Entrant, samples: Int)] = []
    for first in entrants where !isOver() {
      let again = Entrant(first.proposal)
      source.probe(again, cutoff: .infinity)
      if again.isTimed {
        again.samples = first.samples + again.samples
        again.disturbed.merge(first.disturbed, uniquingKeysWith: +)
      }
      wanted.append((again, 2 * first.samples.count))
    }
    while !isOver() {
      let due = wanted.filter { $0.entrant.isTimed && $0.entrant.samples.count < $0.samples }.map(\.entrant)
      if due.isEmpty || !source.round(due, stops: isOver) { break }
    }
    return wanted.map(\.entrant)
  }
}
