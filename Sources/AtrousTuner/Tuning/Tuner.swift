import Atrous
import AtrousCore
import AtrousDatabase
import AtrousKernels

/// Finds the best candidates of problems on this machine: verifies, races, remembers.
public struct Tuner: Sendable {
  public var registry: Registry
  /// With its facts.
  public var machine: Machine
  public var isa: InstructionSet
  /// Where threads are pinned, the first thread first (`Topology.pinningOrder`); too few leave them free.
  public var processors: [Int]
  /// The other way to pin them (`Topology.spreadOrder`): tuned as well for those numbers of threads that would take other
  /// processors than `processors` gives them.
  public var spread: [Int] = []
  public var options: TuneOptions
  /// What goes into the records of this run.
  public var generator: Generator
  /// What candidates are sized by where the machine claims more; nil goes by the claim.
  public var cacheLimits: CacheLimits?
  /// Where results go; nil keeps them in the outcome only.
  public var store: Store?
  public var clock: any NanosecondClock = MonotonicClock()
  /// What tells of interference; nil reads the system's counters.
  public var watch: (any InterferenceWatch)?

  public init(
    registry: Registry = .shared, machine: Machine, isa: InstructionSet, processors: [Int], generator: Generator,
    store: Store? = nil, options: TuneOptions = .init()
  ) {
    self.registry = registry
    self.machine = machine
    self.isa = isa
    self.processors = processors
    self.generator = generator
    self.store = store
    self.options = options
  }

  /// What `run` would race, and about how long it would take without a budget. Measures nothing.
  /// - Throws: `TunerError` where the database cannot be read.
  public func forecast(_ problems: [Problem]) throws(TunerError) -> TuneForecast {
    let history = try history()
    return TuneForecast(
      rows: items(problems).map { item in
        let all = proposals(item)
        let isPinned = processors.count >= item.threads
        let open = open(item, key(item, placement: isPinned ? item.placement.rawValue : "free"), history)
        let target = target(item)
        return TuneForecast.Row(
          item: item,
          candidates: registry.racing.map { variant in
            (variant.id, open.count { $0.candidate.variant == variant.id })
          }.filter { $0.1 > 0 },
          settled: max(all.count - open.count, 0),
          rejections: registry.racing.compactMap { variant in
            variant.rejection(of: item.problem, on: target).map { (variant.id, $0) }
          },
          seconds: expected(item, open))
      })
  }

  /// Tunes the problems.
  ///
  /// With a budget the cheapest problems are raced at once; then every other one for which there is time first gets one
  /// verified candidate, and what is left is spread over their races. What could not be reached is predicted. Candidates go
  /// to the journal one by one as they are done; at the end, also an early one, the journal goes into the database.
  ///
  /// - Parameters:
  ///   - cancellation: ends the run after the sample being taken.
  ///   - observer: told of everything, on the calling thread.
  /// - Throws: `TunerError`.
  public func run(
    _ problems: [Problem], cancellation: CancellationFlag? = nil, observer: (TuningEvent) -> Void = { _ in }
  ) throws(TunerError) -> TuneOutcome {
    let pin = CallerPin(processors.first)
    defer { withExtendedLifetime(pin) {} }
    let session = try TuningSession(
      self, items: items(problems), processors: pin == nil ? [] : processors, cancellation: cancellation)
    try session.run(observer)
    return try session.end()
  }

  func items(_ problems: [Problem]) -> [TuneItem] {
    var seen: Set<TuneItem> = []
    return problems.flatMap { problem in
      options.threads.flatMap { threads in
        placements(threads).map { TuneItem(problem: problem, threads: threads, placement: $0) }
      }
    }.filter { seen.insert($0).inserted }
  }

  /// Those that differ with so many threads.
  func placements(_ threads: Int) -> [Placement] {
    guard min(processors.count, spread.count) >= threads else { return [.compact] }
    return Set(processors.prefix(threads)) == Set(spread.prefix(threads)) ? [.compact] : [.compact, .spread]
  }

  func target(_ item: TuneItem) -> Target { Target(machine: machine, isa: isa, threads: item.threads) }

  func key(_ item: TuneItem, placement: String) -> ResultKey {
    ResultKey(
      problem: item.problem, machine: machine.key, threads: item.threads, placement: placement, cache: options.cache)
  }

  /// Sized by the measured caches where there are limits, and then what runs untuned too, which goes by the claim.
  func proposals(_ item: TuneItem) -> [Proposal] {
    var sized = target(item)
    sized.machine = cacheLimits?.applied(to: machine) ?? machine
    let all = registry.proposals(for: item.problem, on: sized, from: registry.racing, variants: options.variants)
    guard cacheLimits != nil, let untuned = untuned(item), options.variants?.contains(untuned.variant) ?? true,
      !all.contains(where: { $0.candidate == untuned }),
      let proposal = registry.proposal(untuned, for: item.problem, on: target(item))
    else { return all }
    return all + [proposal]
  }

  /// Of an item's proposals, those the strategy still has to measure.
  func open(_ item: TuneItem, _ key: ResultKey, _ history: History) -> [Proposal] {
    switch options.strategy {
    case .exhaustive: history.unswept(proposals(item), key)
    case .leaveOneOut: history.leftOut?.proposals(item, key, self) ?? []
    case .racing, .random: history.open(proposals(item), key)
    }
  }

  /// What runs without any measurement.
  func untuned(_ item: TuneItem) -> Candidate? {
    let resolver = Resolver(tables: TableStack([]), machine: machine, isa: isa, registry: registry)
    return try? resolver.resolve(item.problem, threads: item.threads).candidate
  }

  func expected(_ item: TuneItem, _ proposals: [Proposal]) -> Double {
    guard !proposals.isEmpty else { return 0 }
    let expectation = Expectation(item.problem)
    return options.strategy == .racing
      ? expectation.race(proposals, options.rules) : expectation.sweep(proposals, options.rules)
  }

  func history() throws(TunerError) -> History {
    guard let store, !options.isFresh else { return .none(options) }
    do throws(DatabaseError) {
      return History(
        try store.readWithJournals(sweeps: options.strategy == .exhaustive), generator: generator, machine: machine.key,
        options: options, leftOut: options.strategy == .leaveOneOut ? self : nil)
    } catch {
      throw .database(error)
    }
  }
}

/// Why tuning could not go on.
public enum TunerError: Error, CustomStringConvertible {
  case database(DatabaseError)
  case threads(WorkerPoolError)
  /// The machine's peak or the reference could not be had.
  case measurement(PlanError)
  /// A candidate that was asked for is unknown or refused.
  case candidate(PlanError)

  public var description: String {
    switch self {
    case .database(let error): "\(error)"
    case .threads(let error): "\(error)"
    case .measurement(let error): "\(error)"
    case .candidate(let error): "\(error)"
    }
  }
}
