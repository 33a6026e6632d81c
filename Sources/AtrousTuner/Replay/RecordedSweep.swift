import AtrousCore
import AtrousDatabase
import AtrousKernels

/// One problem's sweep as a source of samples: a sample is one of those recorded, drawn at random, and takes the time that
/// measuring it took.
final class RecordedSweep: SampleSource {
  private let times: [Candidate: [Double]]
  private let failed: [Candidate: Invalidity]
  private let cache: CacheState
  private var draw: SplitMix64
  private(set) var seconds = 0.0

  /// - Parameter records: one a candidate.
  init(_ records: [CandidateRecord], cache: CacheState, seed: UInt64) {
    let timed = records.filter { $0.invalidity == .correct && !$0.times.isEmpty }
    times = Dictionary(timed.map { ($0.candidate, $0.times) }) { first, _ in first }
    failed = Dictionary(
      records.filter { $0.invalidity != .correct }.map { ($0.candidate, $0.invalidity) }
    ) { first, _ in first }
    self.cache = cache
    draw = SplitMix64(seed: seed)
  }

  /// The verifying run is counted, what else verification takes is not: a sweep verifies all.
  func probe(_ entrant: Entrant, cutoff: Double) {
    let candidate = entrant.proposal.candidate.sorted
    guard let times = times[candidate] else {
      entrant.invalidity = failed[candidate] ?? .runtime
      return
    }
    entrant.repeats = Sampler.repeats(for: times[0], cache: cache)
    seconds += times[0] * 1e-9
    let first = times[draw.below(times.count)]
    if cache == .warm && entrant.repeats == 1 && first > cutoff {
      seconds += first * 1e-9
      entrant.samples.append(first)
    } else {
      sample(entrant)
    }
  }

  func sample(_ entrant: Entrant) {
    let times = times[entrant.proposal.candidate.sorted] ?? []
    let time = times[draw.below(times.count)]
    seconds += time * Double(entrant.repeats + 1) * 1e-9
    entrant.samples.append(time)
  }

  func round(_ entrants: [Entrant], stops: () -> Bool) -> Bool {
    for entrant in entrants {
      if stops() { return false }
      sample(entrant)
    }
    return true
  }
}
