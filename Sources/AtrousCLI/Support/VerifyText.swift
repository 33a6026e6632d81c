import AtrousCore
import AtrousKernels
import AtrousReports
import AtrousTuner

/// What verifying found, as texts.
enum VerifyText {
  /// One line.
  static func verdict(_ report: VerifyReport) -> String {
    var parts = ["\(report.verified) candidates on \(report.problems) problems"]
    if report.skipped > 0 { parts.append("\(report.skipped) over --max-gflop left out") }
    if report.reduced > 0 { parts.append("\(report.reduced) of them over --max-gflop with one candidate a tile") }
    if report.resumed > 0 { parts.append("\(report.resumed) found right before") }
    let verdict = report.isCancelled ? "interrupted" : report.passed ? "all right" : "\(report.failures.count) wrong"
    return parts.joined(separator: ", ") + ": " + verdict
  }

  /// A table of the errors by variant, instruction set and tile size.
  static func markdown(_ report: VerifyReport, threads: Int, seed: UInt64) -> String {
    var lines = [
      "# Errors by variant and tile", "",
      "Against Float64, epilogue off and on, max|y − ref| / max|ref|; \(threads == 1 ? "1 thread" : "\(threads) threads"), "
        + "seed \(seed), machine `\(HostMachine.current.key)`.", "", verdict(report) + ".", "",
      "| variant | ISA | tile | candidates | problems | max error | bound | failed |",
      "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for (candidate, summary) in report.tiles.list.sorted(by: { order($0.candidate) < order($1.candidate) }) {
      let tile = candidate.configuration.settings.isEmpty ? "–" : "\(candidate.configuration)"
      let cells = [
        "\(candidate.variant)", candidate.isa.rawValue, tile, "\(summary.verified)", "\(summary.problems.count)",
        Format.error(summary.maxError), Format.error(summary.bound), "\(summary.failed)",
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    for failure in report.failures {
      lines += ["", "Wrong: `\(failure.candidate)` on `\(failure.problem)`: \(failure.verification.failure!)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Variants in alphabetical order, and tiles by their numbers.
  private static func order(_ candidate: Candidate) -> String {
    let numbers = candidate.configuration.settings.map { $0.key + String(1_000_000 + Int($0.value)) }
    return ([candidate.variant.name, candidate.isa.rawValue] + numbers).joined(separator: " ")
  }
}
