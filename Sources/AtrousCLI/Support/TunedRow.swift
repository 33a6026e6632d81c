import AtrousCore
import AtrousDatabase
import AtrousReports
import AtrousTuner

/// A problem in the JSON of `atrous tune`.
struct TunedRow: Encodable {
  var problem: String
  /// How often the problem file or the suites list it.
  var count = 1
  var machine: String
  var threads: Int
  var placement: String?
  var cache: String
  var candidate: String
  var medianNs: Double?
  /// Of what runs without any measurement, where that was measured.
  var untunedMedianNs: Double?
  var ci95Ns: [Double]?
  var samples: Int
  var maxError: Double?
  var workspaceBytes: Int?
  /// At least half of the samples were disturbed.
  var noisy: Bool
  /// GFLOP/s of the reference loop beside the samples.
  var referenceGflops: Double?
  /// What goes into tables: of those about as fast the smallest.
  var ships: String?
  var ties: [String]
  /// A faster candidate that did not win, and why.
  var passedOver: String?
  var whyPassedOver: String?
  /// The rung of the lookup that chose, where there was no time to measure.
  var predicted: String?

  init(_ item: TuneItem, _ prediction: Prediction, machine: MachineKey, cache: CacheState) {
    problem = "\(item.problem)"
    self.machine = "\(machine)"
    threads = item.threads
    self.cache = cache.rawValue
    candidate = "\(prediction.candidate.ordered())"
    (samples, noisy, ties) = (0, false, [])
    predicted = prediction.source
  }

  init(_ winner: Winner) {
    let record = winner.fastest
    problem = "\(winner.key.problem)"
    machine = "\(winner.key.machine)"
    threads = winner.key.threads
    placement = winner.key.placement
    cache = winner.key.cache.rawValue
    candidate = "\(record.candidate.ordered())"
    medianNs = record.median
    ci95Ns = record.interval.map { [$0.lowerBound, $0.upperBound] }
    samples = record.times.count
    maxError = record.maxError
    workspaceBytes = record.workspaceBytes
    noisy = record.isNoisy
    referenceGflops = record.reference
    ships = "\(winner.shipped.candidate.ordered())"
    ties = winner.ties.dropFirst().map { "\($0.candidate.ordered())" }
    passedOver = winner.passedOver.map { "\($0.record.candidate.ordered())" }
    whyPassedOver = winner.passedOver?.reason
  }
}

extension TuneOutcome {
  /// The winners', then those of what was only predicted.
  ///
  /// - Parameters:
  ///   - lines: the problems asked for, each once.
  ///   - times: one for each number of threads.
  func rows(_ winners: [Winner], _ lines: [ProblemLine], _ times: [ModelTime], cache: CacheState) -> [TunedRow] {
    let counts = Dictionary(lines.map { ($0.problem, $0.count) }, uniquingKeysWith: +)
    let measured = winners.map { winner in
      let problem = winner.key.problem
      var row = TunedRow(winner)
      row.count = counts[problem] ?? 1
      row.untunedMedianNs = times.first { $0.threads == winner.key.threads }?.untunedMedians[problem]
      return row
    }
    return measured
      + predicted.map { item, prediction in
        var row = TunedRow(item, prediction, machine: run.machine.key, cache: cache)
        row.count = counts[item.problem] ?? 1
        return row
      }
  }
}
