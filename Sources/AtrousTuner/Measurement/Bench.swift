import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Times given candidates of one problem side by side, in interleaved rounds.
public struct Bench: Sendable {
  public var registry: Registry
  public var machine: Machine
  /// Candidates of a better instruction set are refused.
  public var isa: InstructionSet
  /// Where threads are pinned, the first thread first; too few leave them free.
  public var processors: [Int]
  public var generator: Generator
  public var threads = 1
  public var rounds = 20
  public var cache = CacheState.warm
  public var data = DataGenerator()
  public var clock: any NanosecondClock = MonotonicClock()
  /// nil reads the system's counters.
  public var watch: (any InterferenceWatch)?

  public init(
    registry: Registry = .shared, machine: Machine, isa: InstructionSet, processors: [Int], generator: Generator
  ) {
    self.registry = registry
    self.machine = machine
    self.isa = isa
    self.processors = processors
    self.generator = generator
  }

  /// Verifies every candidate, then samples each that is right once a round, beginning with another one each round: the
  /// samples of one index belong to one round.
  ///
  /// - Throws: `TunerError` for an unknown or refused candidate, and for threads the system refuses.
  public func run(
    _ problem: Problem, _ candidates: [Candidate], cancellation: CancellationFlag? = nil,
    progress: (_ round: Int) -> Void = { _ in }
  ) throws(TunerError) -> BenchResult {
    var entrants: [Entrant] = []
    for candidate in candidates { entrants.append(Entrant(try proposal(candidate, problem))) }
    let pin = CallerPin(processors.first)
    defer { withExtendedLifetime(pin) {} }
    let preflight = Preflight.checks(machine: machine, threads: threads)
    let teams = try Teams(tuner, processors: pin == nil ? [] : processors)
    let item = TuneItem(problem: problem, threads: threads)
    let measured: MeasuredProblem
    do throws(PlanError) {
      let verifier = try Verifier(problem, generator: data, isa: isa)
      measured = teams.measured(verifier, item)
      for entrant in entrants where cancellation?.isSet != true {
        measured.probe(entrant, cutoff: .infinity)
        entrant.samples = []
        entrant.disturbed = [:]
      }
      sample(measured, entrants.filter(\.isRunning), cancellation, progress)
    } catch {
      throw .measurement(error)
    }
    let run = Run(
      generator: generator, machine: machine, measurements: teams.peaks + teams.rounds, preflight: preflight)
    return BenchResult(
      run: run, placement: teams.placement(item), peak: teams.peaks[0],
      isCancelled: cancellation?.isSet ?? false,
      rows: entrants.map {
        BenchRow(
          record: $0.record(run: run.id, reference: measured.reference), verification: $0.verification,
          reason: $0.reason)
      })
  }

  private func sample(
    _ measured: MeasuredProblem, _ entrants: [Entrant], _ cancellation: CancellationFlag?, _ progress: (Int) -> Void
  ) {
    guard !entrants.isEmpty else { return }
    for round in 0..<rounds {
      if cancellation?.isSet == true { return }
      progress(round)
      _ = measured.round(entrants.indices.map { entrants[(round + $0) % entrants.count] }) { false }
    }
  }

  private func proposal(_ candidate: Candidate, _ problem: Problem) throws(TunerError) -> Proposal {
    guard let variant = registry[candidate.variant] else {
      throw .candidate(.unknownVariant(candidate.variant, known: registry.variants.map(\.id)))
    }
    guard candidate.isa <= isa else {
      throw .candidate(
        .rejected(
          variant.id, Rejection(.machine, "\(candidate.isa.rawValue) is not available; \(isa.rawValue) is the best")))
    }
    let target = Target(machine: machine, isa: candidate.isa, threads: threads)
    do throws(Rejection) {
      let cost = try variant.cost(of: candidate.configuration, for: problem, on: target)
      return Proposal(
        variant: variant, candidate: candidate, cost: cost, isInitial: true, rules: ShippingRules(problem))
    } catch {
      throw .candidate(.rejected(variant.id, error))
    }
  }

  private var tuner: Tuner {
    var tuner = Tuner(
      registry: registry, machine: machine, isa: isa, processors: processors, generator: generator)
    tuner.options.threads = [threads]
    tuner.options.cache = cache
    tuner.clock = clock
    tuner.watch = watch
    return tuner
  }
}

/// What a bench measured.
public struct BenchResult: Sendable {
  public let run: Run
  public let placement: String
  /// GFLOP/s of the best register tile with as many threads.
  public let peak: Measurement
  public let isCancelled: Bool
  /// Nanoseconds of a cache line from one thread's processor to another's and back; nil for one thread, and free ones.
  public var roundTrip: Measurement? { run.measurements.first { $0.name == "round_trip" } }
  /// In the order asked.
  public let rows: [BenchRow]
}

public struct BenchRow: Sendable {
  public let record: CandidateRecord
  /// nil where the candidate could not be run.
  public let verification: Verification?
  /// Why it failed; nil where it is right.
  public let reason: String?
}
