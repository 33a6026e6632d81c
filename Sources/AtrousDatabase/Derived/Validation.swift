import AtrousCore

/// Something wrong with a database that reads.
public struct Finding: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: String, Hashable, Sendable {
    /// The file breaks its schema's meaning.
    case error
    /// It holds, but may mislead.
    case warning
  }

  public let severity: Severity
  /// `results[3].candidates[0]`
  public let position: String
  public let message: String

  /// One line.
  public var description: String { "\(severity.rawValue): \(position): \(message)" }
}

extension Database {
  /// What is wrong beyond what reading refuses; empty where all is well.
  public func validate() -> [Finding] {
    var findings: [Finding] = []
    let machines = Dictionary(runs.map { ($0.id, $0.machine.key) }) { first, _ in first }
    let known = runsByID
    for (index, run) in runs.enumerated() { findings += run.findings("runs[\(index)]") }
    for (index, result) in results.enumerated() {
      let position = "results[\(index)]"
      if let best = result.winner(runs: known)?.fastest {
        if best.times.count < Statistics.leastSamples {
          let wanted = "an interval of 95 % needs \(Statistics.leastSamples)"
          findings.append(Finding(.warning, position, "the fastest has \(best.times.count) samples; \(wanted)"))
        }
        if best.isNoisy {
          let causes = best.disturbed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          let seen = "\(causes.joined(separator: ", ")) of \(best.times.count) samples"
          findings.append(Finding(.warning, position, "the fastest is noisy: \(seen)"))
        }
      }
      for (index, record) in result.candidates.enumerated() {
        let position = "\(position).candidates[\(index)]"
        findings += record.findings(position)
        guard let machine = machines[record.run] else {
          findings.append(Finding(.error, position, "run \"\(record.run)\" is not among the runs"))
          continue
        }
        if machine != result.key.machine {
          findings.append(Finding(.error, position, "run \"\(record.run)\" is of another machine, \(machine)"))
        }
      }
    }
    return findings
  }
}

extension Finding {
  fileprivate init(_ severity: Severity, _ position: String, _ message: String) {
    self.init(severity: severity, position: position, message: message)
  }
}

extension Run {
  fileprivate func findings(_ position: String) -> [Finding] {
    preflight.filter { !$0.passed }.map { Finding(.warning, position, "preflight \($0.name): \($0.detail)") }
  }
}

extension CandidateRecord {
  fileprivate func findings(_ position: String) -> [Finding] {
    var findings: [Finding] = []
    func error(_ message: String) { findings.append(Finding(.error, position, message)) }
    if let maxError, maxError < 0 { error("max_error is \(maxError); allowed: 0 and more") }
    if invalidity == .correct {
      if times.isEmpty { error("a correct candidate has no times_ns") }
      if maxError == nil || verification == nil { error("a correct candidate has no max_error or verification") }
    }
    if !times.isEmpty {
      let expected = Statistics.median(times)
      if median.map({ abs($0 - expected) > 1e-9 * expected }) ?? true {
        error("median_ns is \(median.map { "\($0)" } ?? "absent"); the median of times_ns is \(expected)")
      }
      if interval.map({ !$0.contains(expected) }) ?? (times.count >= Statistics.leastSamples) {
        error("ci95_ns does not hold the median, \(expected)")
      }
    }
    return findings
  }
}
