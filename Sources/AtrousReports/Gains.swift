import Atrous
import AtrousCore
import AtrousDatabase

/// How much faster winners are than something else, over several problems.
struct Gains {
  /// The geometric mean.
  let mean: Double
  let least: (value: Double, problem: Problem)
  let most: (value: Double, problem: Problem)
  let count: Int

  /// nil for none.
  init?(_ gains: [(value: Double, problem: Problem)]) {
    guard let most = gains.max(by: { $0.value < $1.value }), let least = gains.min(by: { $0.value < $1.value }) else {
      return nil
    }
    (self.least, self.most, count) = (least, most, gains.count)
    mean = Statistics.geometricMean(gains.map(\.value))
  }
}

extension [Assessment] {
  /// Results of one machine, thread count, placement and cache state together, in the order of the database.
  var byConditions: [[Assessment]] {
    var order: [String] = []
    var groups: [String: [Assessment]] = [:]
    for assessment in self {
      let name = assessment.result.key.conditions
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(assessment)
    }
    return order.map { groups[$0]! }
  }

  /// The variants by how many problems they win, the most first.
  var wins: [(name: String, count: Int)] {
    let names = compactMap(\.winner?.fastest.variant.name)
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  /// Over the untuned default, where both have enough samples for an interval.
  var gainsOverDefault: Gains? {
    Gains(
      filter { $0.gainSamples >= Statistics.leastSamples }.compactMap { assessment in
        assessment.gain.map { ($0.value, assessment.problem) }
      })
  }

  /// Over the best kernel without a transform, likewise.
  var gainsOverPlain: Gains? {
    Gains(compactMap { assessment in assessment.gainOverPlain.map { ($0.value, assessment.problem) } })
  }
}

extension Assessment {
  /// How many times as long `plain` takes as the winner; 1 where it is the winner.
  var gainOverPlain: (value: Double, interval: ClosedRange<Double>)? {
    guard let winner, let plain else { return nil }
    if plain == winner.fastest { return (1, 1...1) }
    guard min(plain.times.count, winner.fastest.times.count) >= Statistics.leastSamples else { return nil }
    let ratio = Statistics.ratio(of: plain.times, over: winner.fastest.times)
    return (ratio.value, ratio.interval)
  }

  /// FLOPs of a record's median in GFLOP/s.
  func rate(_ record: CandidateRecord, _ flops: Int) -> Double { Double(flops) / (record.median ?? .infinity) }

  /// The record's nominal rate with the interval of its median.
  func nominalInterval(_ record: CandidateRecord) -> ClosedRange<Double>? {
    record.interval.map { interval in
      let flops = Double(problem.nominalFLOPs)
      return flops / interval.upperBound...flops / max(interval.lowerBound, 0.1)
    }
  }
}
