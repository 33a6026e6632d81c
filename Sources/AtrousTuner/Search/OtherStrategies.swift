import AtrousCore
import AtrousKernels

/// Every candidate once, and ten times who is within four times of the best, which is the least sample, so that who was far
/// once stays so (`History.unswept` asks the same): by this other strategies are judged.
///
/// In blocks of a few candidates by expected time, so that only their plans are kept at once and their samples alternate.
struct SweepStrategy: SearchStrategy {
  let rules: RaceRules

  func search(_ proposals: [Proposal], in field: Field) {
    let ordered = proposals.enumerated().sorted {
      ($0.element.cost.seconds, $0.offset) < ($1.element.cost.seconds, $1.offset)
    }.map(\.element)
    for first in stride(from: 0, to: ordered.count, by: rules.sweepBlock) {
      for proposal in ordered[first..<min(first + rules.sweepBlock, ordered.count)] {
        if field.stops() && (field.leastSample < .infinity || field.isCancelled) { return }
        field.probe(proposal, allStay: true)
      }
      let best = field.leastSample
      let wanted = { (entrant: Entrant) in entrant.median <= rules.sweepCutoff * best ? rules.sweepSamples : 1 }
      while field.running.contains(where: { $0.samples.count < wanted($0) }) {
        if !field.round(wanted) { return }
      }
      field.close()
    }
  }
}

/// Racing's rounds after probes in random order, until the limit: what order and patience gain is told against it.
struct RandomStrategy: SearchStrategy {
  let rules: RaceRules
  let seed: UInt64

  func search(_ proposals: [Proposal], in field: Field) {
    var draw = SplitMix64(seed: seed)
    let shuffled = proposals.map { proposal in (key: draw.below(1 << 30), proposal) }.sorted { $0.key < $1.key }
    for (_, proposal) in shuffled {
      if !field.running.isEmpty && field.stopsProbing() { break }
      field.probe(proposal)
    }
    RacingStrategy(rules: rules).search([], in: field)
  }
}
