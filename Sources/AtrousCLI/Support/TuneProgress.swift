import AtrousCore
import AtrousDatabase
import AtrousReports
import AtrousTuner

enum Clock {
  /// `45 s`, `3:05` or `1:02:03`.
  static func text(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded(.up))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if hours > 0 { return "\(hours):\(two(minutes)):\(two(rest))" }
    return minutes > 0 ? "\(minutes):\(two(rest))" : "\(rest) s"
  }
}

/// Turns what the tuner tells into progress lines.
final class TuneProgress {
  private let line = ProgressLine()
  private var stage = ""
  private var done = 0
  private var best: CandidateRecord?

  func observe(_ event: TuningEvent) {
    switch event {
    case .started(let run, _):
      for check in run.preflight where !check.passed {
        line.note("not at rest: \(check.name): \(check.detail)")
      }
    case .began(let item, let index, let count, let isFirstLook, let left):
      stage = "[\(index + 1)/\(count)] \(item)"
      if isFirstLook { stage += ", a first look" }
      (done, best) = (0, nil)
      line.show(stage: stage, detail: "\(Clock.text(left)) left")
    case .finished(_, let record, let left):
      done += 1
      if record.invalidity == .correct, record.median ?? .infinity < best?.median ?? .infinity { best = record }
      line.show(stage: stage, detail: "\(Clock.text(left)) left, \(done) done\(bestText)")
    case .ended(_, _, let best, let left):
      let found = best.map { "\($0.candidate.ordered()) \(Format.time($0))" } ?? "nothing right"
      line.note("\(stage): \(found), \(Clock.text(left)) left")
    case .failed(let item, let reason):
      line.note("failed: \(item.problem): \(reason)")
    }
  }

  func end() { line.clear() }

  private var bestText: String {
    guard let best, let median = best.median else { return "" }
    return ", best \(Format.time(median)) \(best.candidate.ordered())"
  }
}
