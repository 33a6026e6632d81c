import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Runs strategies on recorded sweeps: what they would have found, and what share of the sweep's measuring they needed.
/// Measures nothing, so equal input gives equal output.
public struct Replay {
  /// Each strategy searches each problem so many times, with other draws.
  public static let trials = 25
  /// What a strategy that only a limit ends is given, as a share of the sweep's measuring time.
  static let limitShare = 0.05

  private let sweeps: [Sweep]
  /// Problems without enough of their candidates measured to be replayed.
  public let left: [ResultKey]
  private let rules: RaceRules
  private let seed: UInt64
  private let disturbance: Disturbance?
  public var problems: Int { sweeps.count }
  /// Candidates recorded, over all problems.
  public var candidates: Int { sweeps.reduce(0) { $0 + $1.records.count } }

  /// - Parameters:
  ///   - database: with all that sweeps recorded (`Store.readWithJournals(sweeps:)`).
  ///   - disturbance: made up, beside what the recorded samples hold.
  public init(
    _ database: Database, registry: Registry = .shared, rules: RaceRules = .init(), seed: UInt64 = 1,
    disturbance: Disturbance? = nil
  ) {
    let all = database.results.map { Sweep($0, runs: database.runsByID, registry: registry) }
    sweeps = all.compactMap { $0.isWhole ? $0 : nil }
    left = all.compactMap { $0.isWhole ? nil : $0.key }
    self.rules = rules
    self.seed = seed
    self.disturbance = disturbance
  }

  /// One line a strategy.
  public func run(_ strategies: [StrategyName]) -> [ReplayRow] {
    strategies.map { strategy in
      var row = ReplayRow(strategy: strategy)
      for (index, sweep) in sweeps.enumerated() {
        var regrets: [Double] = []
        var (used, probes) = (0.0, 0)
        for trial in 0..<Self.trials {
          let seed = DataGenerator.mix(DataGenerator.mix(seed) &+ UInt64(index * Self.trials + trial))
          let source = sweep.source(seed: seed, disturbance)
          let limit = strategy == .random ? Self.limitShare * sweep.seconds : nil
          let field = Field(source, rules: rules, limit: limit)
          strategy.strategy(rules, seed: seed).search(sweep.proposals, in: field)
          used += source.seconds
          probes += field.probes
          guard let choice = field.ranking.first else { continue }
          regrets.append(sweep.regret(of: choice.proposal.candidate))
        }
        let trials = Double(Self.trials)
        row.add(
          ReplayProblem(
            key: sweep.key, regret: regrets.isEmpty ? .infinity : Statistics.median(regrets),
            worstRegret: regrets.max() ?? .infinity, seconds: used / trials, sweepSeconds: sweep.seconds,
            candidates: sweep.proposals.count, probes: Double(probes) / trials))
      }
      return row
    }
  }
}

/// One strategy on one problem.
public struct ReplayProblem: Sendable {
  public let key: ResultKey
  /// How much longer the choice takes than the best of the sweep, as a share, by `ShippingRules`: the median over the
  /// trials, and the worst.
  public let regret: Double
  public let worstRegret: Double
  /// Of measuring: by the strategy in the mean, and by the sweep.
  public let seconds: Double
  public let sweepSeconds: Double
  public let candidates: Int
  /// Candidates measured, in the mean.
  public let probes: Double
}

/// One strategy on all problems.
public struct ReplayRow: Sendable {
  public let strategy: StrategyName
  public private(set) var problems: [ReplayProblem] = []

  init(strategy: StrategyName) { self.strategy = strategy }

  mutating func add(_ problem: ReplayProblem) { problems.append(problem) }

  /// Over the problems.
  public var medianRegret: Double { problems.isEmpty ? 0 : Statistics.median(problems.map(\.regret)) }
  public var worst: ReplayProblem? { problems.max { $0.regret < $1.regret } }
  /// Of the sweep's measuring time, over all problems together.
  public var share: Double {
    let sweep = problems.reduce(0) { $0 + $1.sweepSeconds }
    return sweep > 0 ? problems.reduce(0) { $0 + $1.seconds } / sweep : 0
  }
}

/// One problem's recorded candidates.
private struct Sweep {
  let key: ResultKey
  /// One a candidate, times of different runs normalised.
  let records: [CandidateRecord]
  /// What this build proposes, as far as it was recorded: variants added since do not count.
  let proposals: [Proposal]
  let isWhole: Bool

  init(_ result: ProblemResult, runs: [String: Run], registry: Registry) {
    key = result.key
    let records = result.sweep(runs: runs)
    self.records = records
    guard let first = records.first, let machine = runs[first.run]?.machine else {
      (proposals, isWhole) = ([], false)
      return
    }
    let target = Target(machine: machine, isa: first.isa, threads: key.threads)
    let variants = Array(Set(records.map(\.variant)))
    let all = registry.proposals(for: key.problem, on: target, from: registry.racing, variants: variants)
    let known = Set(records.map(\.candidate))
    proposals = all.filter { known.contains($0.candidate.sorted) }
    let sampled = records.count { $0.times.count >= Statistics.leastSamples }
    isWhole = 10 * proposals.count >= 9 * all.count && sampled > 0 && proposals.count > 1
  }

  func source(seed: UInt64, _ disturbance: Disturbance?) -> RecordedSweep {
    RecordedSweep(records, cache: key.cache, seed: seed, disturbance: disturbance)
  }

  /// What measuring all took.
  var seconds: Double {
    timed.reduce(0) { sum, record in
      let executions = Double(Sampler.repeats(for: record.times[0], cache: key.cache) + 1)
      return sum + (record.times[0] + executions * record.times.reduce(0, +)) * 1e-9
    }
  }

  func regret(of candidate: Candidate) -> Double {
    (timed.first { $0.candidate == candidate.sorted }.map(score) ?? .infinity) / best - 1
  }

  private func score(_ record: CandidateRecord) -> Double {
    let rules = ShippingRules(key.problem)
    return rules.handicap(extraBytes: record.extraBytes, error: record.maxError) * record.median!
  }

  private var timed: [CandidateRecord] {
    let proposed = Set(proposals.map(\.candidate.sorted))
    return records.filter { $0.invalidity == .correct && $0.median != nil && proposed.contains($0.candidate) }
  }

  /// Of those with enough samples to compare.
  private var best: Double {
    timed.filter { $0.times.count >= Statistics.leastSamples }.map(score).min() ?? timed.map(score).min() ?? .infinity
  }
}
