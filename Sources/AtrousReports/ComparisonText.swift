import AtrousCore
import AtrousDatabase

extension Comparison {
  /// What the whole says, a sentence a line: what differs, the mean, the verdicts.
  public var summary: [String] {
    let differing = differences.map { "\($0.name): \($0.baseText) → \($0.newText)" }
    return differing + [meanText, verdictText, spreadText]
  }

  private var meanText: String {
    guard let mean else { return "No problem has samples enough on both sides for an interval." }
    return "Geometric mean, new over base: \(Format.ratio(mean.value, mean.interval)) "
      + "over \(Format.count(mean.rows, "problem")): \(mean.verdict.rawValue)."
  }

  private var verdictText: String {
    let counts = [Verdict.slower, .faster, .noDifference, .tooFewSamples].map { verdict in
      (verdict, rows.count { $0.verdict == verdict })
    }
    let words = counts.filter { $0.1 > 0 || $0.0 == .slower || $0.0 == .faster }.map { "\($0.1) \($0.0.rawValue)" }
    return "\(Format.count(rows.count, "problem")): \(words.joined(separator: ", ")); "
      + "the threshold is \(Format.digits(100 * threshold)) %."
  }

  private var spreadText: String {
    let paced = rows.count(where: \.isNormalised)
    let pace = "\(paced) of \(Format.count(rows.count, "ratio")) normalised by the reference loops; "
    guard let betweenRuns else { return pace + "no spread between runs on record." }
    return pace + "intervals widened by a spread between runs of \(Format.digits(100 * betweenRuns)) %."
  }

  /// The comparison for a file or a review: the summary, the ratios, the winners that changed, what only one side has.
  public var markdown: String {
    var lines = ["# New against base", ""] + summary.map { "- \(Format.cell($0))" }
    lines += ["", "| problem | conditions | base | new | new over base | verdict |", "|:--|:--|--:|--:|--:|:--|"]
    lines += rows.map { row in
      let verdict = row.verdict == .slower || row.verdict == .faster ? "**\(row.verdictText)**" : row.verdictText
      let cells = [
        "`\(row.problemText)`", conditions(of: row), Format.time(row.base.fastest),
        Format.time(row.new.fastest), row.ratioText, verdict,
      ]
      return "| \(cells.joined(separator: " | ")) |"
    }
    lines += section("Winners that changed", changes)
    lines += section("Only in the base", onlyInBase.map(\.line)) + section("Only in the new", onlyInNew.map(\.line))
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line a winner that changed.
  public var changes: [String] {
    rows.compactMap { row in row.change.map { "\(row.problemText), \(conditions(of: row)): \($0)" } }
  }

  /// What the base's side of a row stands under; its machine only where there are several.
  public func conditions(of row: Row) -> String {
    let isOneMachine = Set(rows.map(\.base.key.machine)).count == 1
    return row.base.key.shortConditions + (isOneMachine ? "" : ", on \(row.base.key.machine)")
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", "## \(title)", ""] + lines.map { "- \($0)" }
  }
}

extension Comparison.Row {
  public var ratioText: String { interval.map { Format.ratio(ratio, $0) } ?? Format.ratio(ratio) }
  public var verdictText: String { verdict.rawValue + (isNoisy ? " (noisy)" : "") }

  /// The base's problem, and the new one's where layouts are compared.
  public var problemText: String {
    let (old, other) = ("\(base.key.problem)", "\(new.key.problem)")
    return old == other ? old : "\(old) → \(other)"
  }
}

extension Comparison.Difference {
  fileprivate var baseText: String { base.isEmpty ? "unknown" : base.joined(separator: ", ") }
  fileprivate var newText: String { new.isEmpty ? "unknown" : new.joined(separator: ", ") }
}

extension ResultKey {
  /// `1 thread, compact, warm`
  fileprivate var shortConditions: String { "\(Format.count(threads, "thread")), \(placement), \(cache.rawValue)" }

  /// The problem with all it stands under, in one line.
  public var line: String { "\(problem), \(shortConditions), on \(machine)" }
}
