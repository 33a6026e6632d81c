import Atrous
import AtrousCore
import AtrousDatabase

/// A report as texts, ready for a template.
struct ReportView {
  let answer: [String]
  let groups: [GroupView]
  let machines: [MachineView]
  let problems: [ProblemView]
  let uncovered: [UncoveredView]
  let isCovered: Bool

  init(_ database: Database, _ assessments: [Assessment], constraints: Constraints, registry: Registry) {
    groups = assessments.byConditions.map { group in
      GroupView(
        group, RegretView(group, of: database, constraints: constraints, registry: registry), registry: registry)
    }
    answer = groups.isEmpty ? ["Nothing has been measured yet."] : groups.flatMap(\.answer)
    machines = database.runs.reduce(into: [MachineView]()) { views, run in
      if let index = views.firstIndex(where: { $0.key == "\(run.machine.key)" }) {
        views[index].add(run)
      } else {
        views.append(MachineView(run))
      }
    }
    problems = assessments.map { ProblemView($0, registry: registry) }
    uncovered = UncoveredView.all(of: assessments)
    isCovered = uncovered.isEmpty
  }
}

extension ResultKey {
  /// What every number of the result stands under: `1 thread, compact, warm caches, on m1 …`.
  var conditions: String {
    "\(Format.count(threads, "thread")), placement \(placement), \(cache.rawValue) caches, on `\(machine)`"
  }
}

/// The winners under one set of conditions.
struct GroupView {
  struct Row {
    let problem: String
    let winner: String
    let ties: String
    let time: String
    let nominal: String
    let useful: String
    let nominalShare: String
    let usefulShare: String
    let bound: String
    let boundShare: String
    let bandwidth: String
    let gain: String
    let error: String
    let workspace: String
    let weights: String
    let ofTensors: String
  }

  let conditions: String
  let answer: [String]
  let rows: [Row]
  /// Faster candidates that did not win, and why.
  let passedOver: [String]
  let hasPassedOver: Bool
  let matrix: VariantMatrix
  let regrets: [RegretView.Row]
  let hasRegrets: Bool

  init(_ assessments: [Assessment], _ regret: RegretView, registry: Registry) {
    regrets = regret.rows
    hasRegrets = !regrets.isEmpty
    matrix = VariantMatrix(assessments, registry: registry)
    conditions = assessments[0].result.key.conditions
    rows = assessments.compactMap { assessment in
      assessment.winner.map { Row(assessment, $0, registry) }
    }
    passedOver = assessments.compactMap { Self.passedOver($0, registry) }
    hasPassedOver = !passedOver.isEmpty
    answer = [Self.wins(assessments, conditions)] + (Self.gains(assessments).map { [$0] } ?? [])
  }

  private static func passedOver(_ assessment: Assessment, _ registry: Registry) -> String? {
    guard let winner = assessment.winner, let passed = winner.passedOver else { return nil }
    let ratio = Format.ratio((winner.fastest.median ?? 0) / (passed.record.median ?? 1))
    return
      "`\(assessment.problem)`: `\(passed.record.candidate.ordered(by: registry))`, \(ratio) as fast as the winner, "
      + passed.reason
  }

  private static func wins(_ assessments: [Assessment], _ conditions: String) -> String {
    let texts = assessments.wins.enumerated().map { index, entry in
      "**\(entry.name)** wins \(entry.count)" + (index == 0 ? " of \(Format.count(assessments.count, "problem"))" : "")
    }
    return "- With \(conditions): " + (texts.isEmpty ? "nothing has won yet" : texts.joined(separator: ", ")) + "."
  }

  /// Tuned over untuned, over the problems where both have enough samples for an interval.
  private static func gains(_ assessments: [Assessment]) -> String? {
    guard let gains = assessments.gainsOverDefault else { return nil }
    let unknown = assessments.count - gains.count
    return "  The winners are \(Format.ratio(gains.mean)) as fast as the untuned default "
      + "(geometric mean over \(Format.count(gains.count, "problem")); from \(Format.ratio(gains.least.value)) to "
      + "\(Format.ratio(gains.most.value)), the most on `\(gains.most.problem)`)"
      + (unknown > 0 ? "; for \(Format.count(unknown, "more problem")) the default was not sampled enough." : ".")
  }
}

extension GroupView.Row {
  fileprivate init(_ assessment: Assessment, _ winner: Winner, _ registry: Registry) {
    let record = winner.fastest
    let median = record.median ?? .infinity
    let peak = assessment.peak(for: record)
    let ships = winner.shipped == record ? "" : " (ships `\(winner.shipped.candidate.ordered(by: registry))`)"
    problem = "\(assessment.problem)"
    self.winner = "`\(record.candidate.ordered(by: registry))`" + ships
    ties = "\(winner.ties.count - 1)"
    time = Format.time(record)
    nominal = Format.gigaflops(assessment.problem.nominalFLOPs, median)
    useful = Format.gigaflops(assessment.problem.usefulFLOPs, median)
    nominalShare = Format.percent(Double(assessment.problem.nominalFLOPs) / median, of: peak)
    usefulShare = Format.percent(Double(assessment.problem.usefulFLOPs) / median, of: peak)
    let attainable = assessment.bound(for: record)
    bound = attainable.map { Format.fixed($0, 0) } ?? "–"
    boundShare = Format.percent(Double(assessment.problem.nominalFLOPs) / median, of: attainable)
    bandwidth = Format.fixed(Double(assessment.problem.minimumBytes) / median, 1)
    gain = assessment.gainText
    error = Format.error(record.maxError)
    workspace = Format.bytes(record.workspaceBytes)
    weights = Format.bytes(record.packedWeightsBytes)
    ofTensors = Format.ratio(Double(record.extraBytes) / Double(assessment.problem.tensorBytes))
  }
}

/// A problem that has no winner, or none under conditions that others were measured under.
struct UncoveredView {
  let problem: String
  let conditions: String
  let reason: String

  static func all(of assessments: [Assessment]) -> [UncoveredView] {
    let failed = assessments.filter { $0.winner == nil }.map { assessment in
      UncoveredView(
        problem: "\(assessment.problem)", conditions: assessment.result.key.conditions,
        reason: assessment.missingReason)
    }
    var problems: [Problem] = []
    var conditions: [String] = []
    var measured: Set<[String]> = []
    for assessment in assessments {
      let condition = assessment.result.key.conditions
      if !problems.contains(assessment.problem) { problems.append(assessment.problem) }
      if !conditions.contains(condition) { conditions.append(condition) }
      measured.insert(["\(assessment.problem)", condition])
    }
    let missing = conditions.flatMap { condition in
      problems.filter { !measured.contains(["\($0)", condition]) }.map {
        UncoveredView(problem: "\($0)", conditions: condition, reason: "measured under other conditions only")
      }
    }
    return failed + missing
  }
}

extension Assessment {
  var gainText: String {
    guard let gain else { return "not measured" }
    return Format.ratio(gain.value, gain.interval, samples: gainSamples)
  }

  /// Why there is no winner, and what would run.
  var missingReason: String {
    let tried = outcomes.isEmpty ? "nothing was tried" : "tried: \(outcomeText)"
    guard let predicted = result.predicted else { return tried }
    return "\(tried); predicted: `\(predicted.candidate)` (\(predicted.source))"
  }

  /// `40 correct, 3 timeout`
  var outcomeText: String { outcomes.map { "\($0.count) \($0.outcome.rawValue)" }.joined(separator: ", ") }
}
