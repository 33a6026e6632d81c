import AtrousCore
import AtrousDatabase
import AtrousKernels

/// What the register tiles reach on this machine, on data in L1, one thread: the best of them is the FMA peak that other
/// figures are a share of.
public enum TileRates {
  /// GFLOP/s of every register tile of a set, a measurement each, named as the tile is: `6x2`.
  ///
  /// - Parameter processor: where the calling thread is kept meanwhile; nil leaves it free.
  /// - Throws: `PlanError` where the machine lacks the set, or memory is short.
  public static func measure(
    isa: InstructionSet, machine: Machine, processor: Int?, clock: any NanosecondClock = MonotonicClock()
  ) throws(PlanError) -> [Measurement] {
    let pin = CallerPin(processor)
    defer { withExtendedLifetime(pin) {} }
    let sampler = Sampler(clock: clock, cache: .warm, target: Target(machine: machine, isa: isa))
    return try Yardstick.rates(isa: isa, threads: 1, pool: nil, sampler: sampler, rounds: 100).map {
      Measurement(name: $0.loop.name, isa: isa, threads: 1, unit: "GFLOP/s", samples: $0.rates)
    }
  }
}
