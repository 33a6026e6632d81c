import Atrous
import AtrousCore
import AtrousDatabase

/// How long a model's convolutions take together, tuned and untuned: each problem's median as often as the model runs it.
package struct ModelTime {
  /// Some of the model's problems.
  package struct Part: Hashable {
    package private(set) var problems = 0
    /// With their counts.
    package private(set) var convolutions = 0
    package private(set) var nominalFLOPs = 0.0

    fileprivate mutating func add(_ line: ProblemLine) {
      problems += 1
      convolutions += line.count
      nominalFLOPs += Double(line.count) * Double(line.problem.nominalFLOPs)
    }
  }

  package let threads: Int
  /// Nanoseconds of all that is in `measured`.
  package private(set) var tuned = 0.0
  package private(set) var untuned = 0.0
  /// Winner and untuned candidate both have a time: only these are in the sums.
  package private(set) var measured = Part()
  /// No candidate has a time, such as where one was only predicted.
  package private(set) var unmeasured = Part()
  /// There is a winner, but the untuned candidate was not measured.
  package private(set) var uncompared = Part()
  /// The median nanoseconds of the untuned candidates that have one.
  package private(set) var untunedMedians: [Problem: Double] = [:]

  /// - Parameter lines: the model's problems, each once.
  package init(
    _ lines: [ProblemLine], on machine: MachineKey, threads: Int, cache: CacheState, in database: Database,
    constraints: Constraints, registry: Registry = .shared
  ) {
    self.threads = threads
    let results = Dictionary(
      grouping: database.results.filter {
        $0.key.machine == machine && $0.key.threads == threads && $0.key.cache == cache
      }, by: \.key.problem)
    for line in lines {
      let assessments = (results[line.problem] ?? []).map {
        Assessment($0, of: database, constraints: constraints, registry: registry)
      }
      let best = assessments.min { Self.median($0.winner?.fastest) < Self.median($1.winner?.fastest) }
      add(line, winner: best?.winner?.fastest.median, untuned: best?.untuned?.median)
    }
  }

  private static func median(_ record: CandidateRecord?) -> Double { record?.median ?? .infinity }

  private mutating func add(_ line: ProblemLine, winner: Double?, untuned median: Double?) {
    untunedMedians[line.problem] = median
    guard let winner else { return unmeasured.add(line) }
    guard let median else { return uncompared.add(line) }
    measured.add(line)
    tuned += Double(line.count) * winner
    untuned += Double(line.count) * median
  }

  /// A line for the sums, and one for each kind of problem that is in neither.
  package var text: [String] {
    let whole = measured.nominalFLOPs + unmeasured.nominalFLOPs + uncompared.nominalFLOPs
    let name = "model, \(Format.count(threads, "thread")): "
    var lines: [String] = []
    if measured.problems > 0 {
      lines.append(
        name + Self.text(measured) + ": \(Format.time(tuned)) tuned, \(Format.time(untuned)) untuned, "
          + Format.ratio(untuned / tuned))
    }
    for (part, reason) in [
      (unmeasured, "not measured (more budget would)"), (uncompared, "the untuned candidate was not measured"),
    ] where part.problems > 0 {
      lines.append(
        name + "\(Self.text(part)), \(Format.percent(part.nominalFLOPs, of: whole)) of the nominal FLOPs, left out: "
          + reason)
    }
    return lines
  }

  private static func text(_ part: Part) -> String {
    "\(Format.count(part.convolutions, "convolution")) in \(Format.count(part.problems, "problem"))"
  }
}
