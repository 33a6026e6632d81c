import AtrousCore
import AtrousDatabase
import AtrousKernels

/// The machine's measured FMA peak, and a loop of fixed work that is timed in every round: where its time moves, the
/// machine did, not the candidates.
final class Yardstick {
  /// Calls of a tile in one run: about 0.1 ms.
  private static let calls = 200
  /// Runs before the first sample, about 0.1 s: a core that idled takes its time to clock up (75 GFLOP/s at once, 100 after).
  private static let warmUp = 1000

  private static let roundTripSeconds = 0.05

  private let loop: TileLoop
  private var workspace: Workspace
  private let team: Team
  private let sampler: Sampler
  private let isa: InstructionSet
  /// GFLOP/s of the tile before the first round.
  private let firstRates: [Double]
  /// Nanoseconds of a run of the loop, in every round so far.
  private(set) var samples: [Double] = []
  /// Nanoseconds from the caller to another thread's processor and back, one of the others at a time.
  private var roundTrips: [Double] = []
  private var roundTripsTried = 0
  private var lastRoundTrip = -Double.infinity

  /// Measures every register tile and keeps the fastest.
  /// - Throws: `PlanError.outOfMemory`.
  init(isa: InstructionSet, team: Team, clock: any NanosecondClock, target: Target) throws(PlanError) {
    let sampler = Sampler(clock: clock, cache: .warm, target: target)
    let rates = try Self.rates(isa: isa, threads: team.threads, pool: team.pool, sampler: sampler, rounds: 20)
    guard let best = rates.max(by: { Statistics.median($0.rates) < Statistics.median($1.rates) }) else {
      throw .outOfMemory(bytes: 0)
    }
    self.team = team
    self.sampler = sampler
    loop = best.loop
    workspace = try loop.makeWorkspace()
    self.isa = isa
    firstRates = best.rates
  }

  /// GFLOP/s of every register tile, all threads together, one tile after the other.
  static func rates(
    isa: InstructionSet, threads: Int, pool: WorkerPool?, sampler: Sampler, rounds: Int
  ) throws(PlanError) -> [(loop: TileLoop, rates: [Double])] {
    var all: [(loop: TileLoop, rates: [Double])] = []
    for loop in try TileLoop.all(of: isa, threads: threads, calls: calls) {
      var workspace = try loop.makeWorkspace()
      if all.isEmpty {
        for _ in 0..<warmUp { loop.execute(workspace: &workspace, pool: pool) }
      }
      let rates = (0..<rounds).map { _ in
        Double(loop.flops) / max(sampler.sample(repeats: 1) { loop.execute(workspace: &workspace, pool: pool) }, 1)
      }
      all.append((loop, rates))
    }
    return all
  }

  /// Takes one more sample.
  /// - Returns: whether it took clearly longer than usual.
  @discardableResult
  func sample() -> Bool {
    samples.append(sampler.sample(repeats: 1) { loop.execute(workspace: &workspace, pool: team.pool) })
    let recent = samples.suffix(99)
    return recent.count >= Statistics.leastSamples
      && samples.last! > Interference.driftFactor * Statistics.median(Array(recent))
  }

  /// Measures a round trip, unless the last one is too near; one thread, and free ones, make none. The caller waits for a
  /// thread meanwhile, which a watch would take for a disturbance.
  func sampleRoundTrip() {
    guard team.processors.count > 1, sampler.clock.seconds - lastRoundTrip > Self.roundTripSeconds else { return }
    lastRoundTrip = sampler.clock.seconds
    let other = team.processors[1 + roundTripsTried % (team.processors.count - 1)]
    roundTripsTried += 1
    if let trip = RoundTrip.nanoseconds(to: other) { roundTrips.append(trip) }
  }

  /// GFLOP/s in the rounds from the sample `first` on; nil where there is none.
  func rate(from first: Int) -> Double? {
    let since = samples[min(first, samples.count)...]
    return since.isEmpty ? nil : Double(loop.flops) / max(Statistics.median(Array(since)), 1)
  }

  /// GFLOP/s of the best register tile, all threads together: in the rounds where there were enough, since a machine that
  /// was slow for a moment must not lend its peak to a whole run.
  var peak: Measurement {
    let rates = samples.map { Double(loop.flops) / max($0, 1) }
    return Measurement(
      name: "fma_peak", isa: isa, threads: team.threads, unit: "GFLOP/s",
      samples: rates.count >= Statistics.leastSamples ? rates : firstRates)
  }

  private var roundTripName: String { team.placement == Placement.spread.rawValue ? "round_trip_spread" : "round_trip" }

  /// The loop's times over all rounds, and the round trips of several threads.
  var measurements: [Measurement] {
    var all: [Measurement] = []
    if !samples.isEmpty {
      all.append(Measurement(name: "fma_loop", isa: isa, threads: team.threads, unit: "ns", samples: samples))
    }
    if !roundTrips.isEmpty {
      all.append(Measurement(name: roundTripName, threads: team.threads, unit: "ns", samples: roundTrips))
    }
    return all
  }
}
