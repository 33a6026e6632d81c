import AtrousCore
import AtrousKernels

/// What ships of a tuning: per problem, machine and threads the candidate to run. Immutable.
///
/// The text, UTF-8, fields separated by one tab, no line over 200 bytes; empty lines and lines that start with `#` say
/// nothing:
/// ```
/// atrous-table 1     GENERATOR                                the header: format version, who made it
/// machine     INDEX     MACHINE KEY     L3 SHARING            from 0; cores that share an L3, a number a core kind (0: no L3), joined by +
/// PROBLEM     INDEX     THREADS     CANDIDATE     REVISION     MEDIAN     LOW     HIGH
/// ```
/// A line a problem; the last three fields are nanoseconds: the median and its 95 % interval.
public struct Table: Sendable {
  /// The version this build writes, and the only one it reads.
  public static let formatVersion = 1
  /// Bytes of a line, without its newline.
  public static let longestLine = 200

  /// One line.
  public struct Entry: Hashable, Sendable {
    public let problem: Problem
    /// Index into `machines`.
    public let machine: Int
    /// The threads it was tuned with.
    public let threads: Int
    public let candidate: Candidate
    /// The variant's revision when it was measured.
    public let revision: Int
    /// Nanoseconds of one execution.
    public let median: Double
    /// The 95 % interval of the median.
    public let interval: ClosedRange<Double>

    /// Times are rounded to the tenth of a nanosecond that the text holds.
    public init(
      problem: Problem, machine: Int, threads: Int, candidate: Candidate, revision: Int, median: Double,
      interval: ClosedRange<Double>
    ) {
      self.problem = problem
      self.machine = machine
      self.threads = threads
      self.candidate = candidate
      self.revision = revision
      self.median = tenth(median)
      self.interval = tenth(interval.lowerBound)...tenth(interval.upperBound)
    }
  }

  private struct Place {
    let machine: Int
    let threads: Int
    let entry: Int
  }

  /// A line that was left out because this build does not know its variant or instruction set.
  public struct Skipped: Hashable, Sendable {
    /// From 1.
    public let line: Int
    public let reason: String
  }

  /// Who made the table.
  public let generator: String
  /// Key and L3 sharing alone; other facts are unknown.
  public let machines: [Machine]
  /// In the order of the text.
  public let entries: [Entry]
  /// Lines that name what this build does not know.
  public let skipped: [Skipped]
  let problems: ProblemIndex
  /// In the order of `problems.order`: what `find` looks at, side by side in memory.
  private let places: [Place]
  /// By the problem without batch and epilogue.
  let kernels: ProblemIndex

  /// - Precondition: every `Entry.machine` is an index of `machines`.
  package init(generator: String, machines: [Machine], entries: [Entry], skipped: [Skipped] = []) {
    self.generator = generator
    self.machines = machines
    self.entries = entries
    self.skipped = skipped
    problems = ProblemIndex(entries.map(\.problem))
    places = problems.order.map { Place(machine: entries[$0].machine, threads: entries[$0].threads, entry: $0) }
    kernels = ProblemIndex(entries.map(\.problem.kernel))
  }

  /// The entry of exactly this problem on machine `machine` with the most threads, `threads` at most. Allocates nothing.
  public func find(_ problem: Problem, machine: Int, threads: Int) -> Int? {
    var best: Int?
    var most = 0
    for position in problems.positions(of: problem) {
      let place = places[position]
      if place.machine == machine, place.threads <= threads, place.threads > most {
        (best, most) = (place.entry, place.threads)
      }
    }
    return best
  }

  /// As `find`, all entries: by falling threads, equal ones in the order of the text.
  func all(_ problem: Problem, machine: Int, threads: Int) -> [Int] {
    problems.positions(of: problem).map { places[$0] }
      .filter { $0.machine == machine && $0.threads <= threads }
      .sorted { ($1.threads, $0.entry) < ($0.threads, $1.entry) }
      .map(\.entry)
  }
}

extension Problem {
  /// The problem without batch and epilogue; itself where that is none.
  package var kernel: Problem {
    if batch == 1 && epilogue == .none { return self }
    return (try? with(batch: 1).with(epilogue: .none)) ?? self
  }
}

private func tenth(_ nanoseconds: Double) -> Double { (nanoseconds * 10).rounded() / 10 }
