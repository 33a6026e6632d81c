import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTopology
import AtrousTuner

extension Canary {
  /// Slower by less is noise on a machine that others share.
  private static let threshold = 0.1

  /// Measures records of a database again and prints which still hold.
  /// - Returns: how many do not.
  static func check(_ database: Database, path: String, budget: Double, records: Int) throws -> Int {
    let topology = try Topology(.system)
    let bench = Bench(
      machine: topology.machine, isa: try HostMachine.cappedInstructionSet(), processors: topology.pinningOrder,
      generator: Build.generator)
    let line = ProgressLine()
    let outcome = try Canary(bench, budget: budget, records: records).measure(
      database, threads: topology.machine.facts.usableThreads, cancellation: Interrupt.listen()
    ) { line.show(stage: "\($0.key.problem)", detail: "\($0.fastest.candidate.ordered())") }
    line.clear()
    if outcome.isCancelled { throw ExitCode.interrupted }
    if outcome.candidates == 0 {
      throw InputError("\(path): has no record of this machine, \(topology.machine.key)")
    }
    let comparison = Comparison(base: database, new: outcome.measured, threshold: threshold)
    for row in comparison.rows { print("\(path): \(row.canaryText), \(comparison.conditions(of: row))") }
    for failure in outcome.failures {
      print("\(path): fails: \(failure.candidate.ordered()), \(failure.key.line): \(failure.reason)")
    }
    let broken = outcome.failures.count + comparison.rows.count { $0.verdict == .slower }
    print(
      "\(path): measured again: \(outcome.count) of \(Format.count(outcome.candidates, "winner")) of this machine, "
        + "\(broken) no longer \(broken == 1 ? "holds" : "hold")")
    return broken
  }
}

extension Comparison.Row {
  /// `holds: 1.02× [0.97, 1.07] of the recorded time: winograd avx2 …, c64 …`
  fileprivate var canaryText: String {
    let word = verdict == .noDifference ? "holds" : verdictText
    return "\(word): \(ratioText) of the recorded time: \(base.fastest.candidate.ordered()), \(problemText)"
  }
}
