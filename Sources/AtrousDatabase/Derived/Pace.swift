import AtrousCore

/// Makes times of different runs comparable: each is multiplied by the rate of the reference loop beside it, so that a run
/// in which the machine was slower is not held against its candidates. Times of one run are changed alike.
///
/// The rate is the record's own, else the peak that its run measured with as many threads. Where one record has neither,
/// none is changed.
struct Pace {
  /// The latest run and its rate.
  private struct Latest {
    let run: String
    let rate: Double
  }

  /// What a reference loop says of a slower hour is not trusted further than this: kernels that wait for memory, or for
  /// each other's results, slow down by less than it or by more. So whoever is the fastest then is among those kept.
  private static let trust = ProblemResult.keptFactor

  private let runs: [String: Run]
  private let threads: Int
  private let isKnown: Bool
  private let latest: Latest?

  /// - Parameters:
  ///   - records: those that will be compared with each other.
  ///   - favoursLatest: whether a record of an earlier run that says its machine was slower is believed that with caution
  ///     only. The latest race has measured again whom the earlier ones found best.
  init(_ records: [CandidateRecord], of key: ResultKey, runs: [String: Run], favoursLatest: Bool = false) {
    self.runs = runs
    threads = key.threads
    let rates = records.map { $0.pace(runs: runs, threads: key.threads) }
    isKnown = !rates.contains(nil)
    let run = favoursLatest && isKnown ? records.map(\.run).max() : nil
    latest = run.map { run in
      Latest(run: run, rate: zip(records, rates).reduce(0) { $1.0.run == run ? max($0, $1.1!) : $0 })
    }
  }

  func rate(_ record: CandidateRecord) -> Double {
    if !isKnown { return 1 }
    let own = record.pace(runs: runs, threads: threads)!
    guard let latest, record.run != latest.run else { return own }
    return max(own, min(Self.trust * own, latest.rate))
  }

  /// What the reference loop computes in the candidate's median time; the time itself where rates are unknown.
  func median(_ record: CandidateRecord) -> Double { (record.median ?? .infinity) * rate(record) }

  /// By median, then identity: a total order.
  func isFaster(_ left: CandidateRecord, _ right: CandidateRecord) -> Bool {
    let (mine, theirs) = (median(left), median(right))
    return mine != theirs ? mine < theirs : left.identity < right.identity
  }

  /// The records that no faster one matches in error and memory, to half a decade and a factor of two.
  func front(_ records: [CandidateRecord]) -> [CandidateRecord] {
    var front: [CandidateRecord] = []
    for record in records.sorted(by: isFaster)
    where !front.contains(where: {
      $0.errorClass <= record.errorClass && $0.memoryClass <= record.memoryClass
    }) {
      front.append(record)
    }
    return front
  }
}

extension Run {
  /// GFLOP/s of the best register tile, as this run measured it.
  public func peak(_ isa: InstructionSet, threads: Int) -> Measurement? {
    measurements.first { $0.name == "fma_peak" && $0.isa == isa.rawValue && $0.threads == threads }
  }
}

extension CandidateRecord {
  /// The rate of the reference loop beside the samples, in GFLOP/s, else the peak that the run measured with as many
  /// threads; nil where neither is known.
  package func pace(runs: [String: Run], threads: Int) -> Double? {
    reference ?? runs[run]?.peak(isa, threads: threads)?.median
  }

  fileprivate var memoryClass: Int { Int.bitWidth - extraBytes.leadingZeroBitCount }

  fileprivate var errorClass: Int {
    [0, 1e-8, 3e-8, 1e-7, 3e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4].firstIndex { maxError ?? .infinity <= $0 } ?? .max
  }
}

extension Database {
  /// The runs by their ids.
  package var runsByID: [String: Run] { Dictionary(runs.map { ($0.id, $0) }) { first, _ in first } }
}

extension ProblemResult {
  /// All records, one a candidate (the one with the most samples), with times of different runs normalised to the
  /// reference of the first.
  package func sweep(runs: [String: Run]) -> [CandidateRecord] {
    let timed = candidates.filter { $0.invalidity == .correct && $0.median != nil }
    let pace = Pace(timed, of: key, runs: runs)
    guard let base = timed.first.map(pace.rate) else { return [] }
    return Dictionary(grouping: candidates, by: \.candidate).values.map { records in
      let record = records.max { $0.times.count < $1.times.count }!
      return record.times.isEmpty ? record : record.scaled(by: pace.rate(record) / base)
    }.sorted { $0.identity < $1.identity }
  }
}

extension CandidateRecord {
  fileprivate func scaled(by factor: Double) -> CandidateRecord {
    factor == 1
      ? self
      : CandidateRecord(
        run: run, candidate: candidate, revision: revision, times: times.map { $0 * factor }, maxError: maxError,
        verification: verification, workspaceBytes: workspaceBytes, packedWeightsBytes: packedWeightsBytes,
        invalidity: invalidity, timestamp: timestamp)
  }
}
