import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Something else on the machine, from time to time, that no counter tells of: while it lasts, all takes longer.
public struct Disturbance: Hashable, Sendable {
  /// Of all time.
  public var share = 0.1
  /// How many times as long a sample then takes, at most; at least halfway there.
  public var factor = 2.0
  /// How many seconds it lasts, in the mean: longer than a short sample and its repetitions.
  public var seconds = 0.005

  public init() {}
}

/// One problem's sweep as a source of samples: a sample is one of those recorded, drawn at random, and takes the time that
/// measuring it took.
final class RecordedSweep: SampleSource {
  private let timed: [Candidate: CandidateRecord]
  private let failed: [Candidate: Invalidity]
  private let cache: CacheState
  private let disturbance: Disturbance?
  private var draw: SplitMix64
  /// Of the disturbance: what it multiplies times by now, and until when.
  private var factor = 1.0
  private var end = 0.0
  private(set) var seconds = 0.0

  /// - Parameter records: one a candidate.
  init(_ records: [CandidateRecord], cache: CacheState, seed: UInt64, disturbance: Disturbance? = nil) {
    let timed = records.filter { $0.invalidity == .correct && !$0.times.isEmpty }
    self.timed = Dictionary(timed.map { ($0.candidate, $0) }) { first, _ in first }
    failed = Dictionary(
      records.filter { $0.invalidity != .correct }.map { ($0.candidate, $0.invalidity) }
    ) { first, _ in first }
    self.cache = cache
    self.disturbance = disturbance
    draw = SplitMix64(seed: seed)
    // The first time is as likely a disturbed one as any other: which it is turns at once.
    if let disturbance, unit() >= disturbance.share { factor = disturbance.factor }
  }

  /// The verifying run is counted, what else verification takes is not: a sweep verifies all.
  func probe(_ entrant: Entrant, cutoff: Double) {
    let candidate = entrant.proposal.candidate.sorted
    guard let record = timed[candidate] else {
      entrant.invalidity = failed[candidate] ?? .runtime
      return
    }
    entrant.workspaceBytes = record.workspaceBytes
    entrant.packedWeightsBytes = record.packedWeightsBytes
    entrant.maxError = record.maxError
    let times = record.times
    entrant.repeats = Sampler.repeats(for: times[0], cache: cache)
    seconds += times[0] * 1e-9
    let first = drawn(times)
    if cache == .warm && entrant.repeats == 1 && first > cutoff {
      seconds += first * 1e-9
      entrant.samples.append(first)
    } else {
      sample(entrant)
    }
  }

  func sample(_ entrant: Entrant) {
    let time = drawn(timed[entrant.proposal.candidate.sorted]!.times)
    seconds += time * Double(entrant.repeats + 1) * 1e-9
    entrant.samples.append(time)
  }

  private func drawn(_ times: [Double]) -> Double {
    let time = times[draw.below(times.count)]
    guard let disturbance else { return time }
    while end <= seconds {
      let isCalm = factor > 1
      factor = isCalm ? 1 : 1 + (disturbance.factor - 1) * (1 + unit()) / 2
      let mean = disturbance.seconds * (isCalm ? 1 / disturbance.share - 1 : 1)
      end += 2 * mean * unit()
    }
    return time * factor
  }

  /// Between 0 and 1.
  private func unit() -> Double { Double(draw.below(1 << 30)) / Double(1 << 30) }

  func round(_ entrants: [Entrant], stops: () -> Bool) -> Bool {
    for entrant in entrants {
      if stops() { return false }
      sample(entrant)
    }
    return true
  }
}
