import AtrousCore

/// How a budget is spread over what is left to do.
package enum Budget {
  /// A share for each need: all alike, but nobody more than it needs, as far as the total goes; what is left over when
  /// all needs are met stretches them in proportion, since needs are estimates.
  package static func shares(of total: Double, needs: [Double]) -> [Double] {
    let sum = needs.reduce(0, +)
    if sum <= total { return needs.map { sum > 0 ? $0 * total / sum : total / Double(needs.count) } }
    var shares = [Double](repeating: 0, count: needs.count)
    var left = max(total, 0)
    let order = needs.indices.sorted { needs[$0] < needs[$1] }
    for (place, index) in order.enumerated() {
      shares[index] = min(needs[index], left / Double(needs.count - place))
      left -= shares[index]
    }
    return shares
  }
}

/// What verifying and racing a problem are expected to take, in seconds.
struct Expectation {
  /// Rates of one core: the Float64 reference, packing, comparing.
  private static let referenceFLOPs = 10e9
  private static let packedBytes = 1e9
  private static let comparedOutputs = 100e6
  /// What even the smallest race is given: buffers, guards and the journal cost more than its executions.
  private static let least = 2.0

  let reference: Double
  private let compared: Double

  init(_ problem: Problem) {
    let flops = Double(problem.nominalFLOPs)
    // Summing 64 output channels in two parts leaves a thirty-second.
    reference = flops / Self.referenceFLOPs / (flops > Verifier.fullGFLOP * 1e9 ? 32 : 1)
    compared = Double(problem.outputElements) / Self.comparedOutputs
  }

  func race(_ proposals: [Proposal], _ rules: RaceRules) -> Double {
    let times = proposals.map(\.cost.seconds).sorted()
    guard let best = times.first else { return 0 }
    let probes = proposals.filter { $0.cost.seconds <= rules.timeoutFactor * best }
    let rungs = 4 * times.prefix(times.count / 2).reduce(0, +)
    let finals = 2 * Double(rules.leastSamples) * times.prefix(rules.finalists).reduce(0, +)
    return max(Self.least, reference + probes.reduce(0) { $0 + probe($1) } + rungs + finals)
  }

  /// Every candidate once, and ten times more than half of them.
  func sweep(_ proposals: [Proposal], _ rules: RaceRules) -> Double {
    let samples = Double(rules.sweepSamples)
    return max(Self.least, reference + proposals.reduce(0) { $0 + probe($1) + samples * $1.cost.seconds })
  }

  /// The reference and one candidate.
  func firstLook(_ proposals: [Proposal]) -> Double {
    reference + (proposals.map { probe($0) }.min() ?? 0)
  }

  /// Two plans are made and run for verification, one of them twice more.
  private func probe(_ proposal: Proposal) -> Double {
    2 * (Double(proposal.cost.packedWeightsBytes) / Self.packedBytes + compared) + 4 * proposal.cost.seconds
  }
}
