import Atrous
import AtrousCore
import AtrousDatabase

/// The tables of a report as CSV (RFC 4180): plain numbers in the unit their column names, empty where something is not
/// known, and in every row all that a number stands under.
public struct ReportTables {
  /// `winners.csv` and so on, in the report's order.
  public let files: [(name: String, text: String)]

  public init(_ database: Database, constraints: Constraints = Constraints(), registry: Registry = .shared) {
    let assessments = database.results.map {
      Assessment($0, of: database, constraints: constraints, registry: registry)
    }
    files = [
      ("winners.csv", Self.winners(assessments, registry)),
      ("candidates.csv", Self.candidates(assessments, registry)),
      ("refusals.csv", Self.refusals(assessments)),
      ("peaks.csv", Self.peaks(database.runs)),
      ("regrets.csv", Self.regrets(assessments, database, constraints, registry)),
      ("coverage.csv", Self.coverage(assessments)),
    ]
  }

  private static func winners(_ assessments: [Assessment], _ registry: Registry) -> String {
    let rows = assessments.compactMap { assessment in
      assessment.winner.map { winner in
        let gain = assessment.gain
        let interval = assessment.gainSamples < Statistics.leastSamples ? nil : gain?.interval
        return conditions(assessment) + measured(winner.fastest, assessment, registry) + [
          "\(winner.shipped.candidate.ordered(by: registry))", "\(winner.ties.count - 1)", number(gain?.value),
          number(interval?.lowerBound), number(interval?.upperBound),
          "\(assessment.problem.tensorBytes)",
          winner.passedOver.map { "\($0.record.candidate.ordered(by: registry))" } ?? "",
          winner.passedOver?.reason ?? "",
        ]
      }
    }
    let more = [
      "ships", "ties", "over_default", "over_default_low", "over_default_high", "tensor_bytes", "passed_over", "why",
    ]
    return csv(conditionNames + measuredNames + more, rows)
  }

  /// The best candidate of each variant.
  private static func candidates(_ assessments: [Assessment], _ registry: Registry) -> String {
    let rows = assessments.flatMap { assessment in
      assessment.best.map { record in
        let behind = record.median.flatMap { median in assessment.best[0].median.map { median / $0 } }
        return conditions(assessment) + [record.variant.name] + measured(record, assessment, registry) + [
          number(behind)
        ]
      }
    }
    return csv(conditionNames + ["variant"] + measuredNames + ["to_best"], rows)
  }

  private static func refusals(_ assessments: [Assessment]) -> String {
    let rows = assessments.flatMap { assessment in
      assessment.refusals.map { conditions(assessment) + [$0.variant.name, "\($0.rejection)"] }
    }
    return csv(conditionNames + ["variant", "reason"], rows)
  }

  private static func peaks(_ runs: [Run]) -> String {
    let rows = runs.flatMap { run in
      run.measurements.filter { $0.name == "fma_peak" }.map { peak in
        [
          "\(run.machine.key)", peak.isa ?? "", "\(peak.threads)", number(peak.median), number(peak.ci95?.first),
          number(peak.ci95?.last), run.id,
        ]
      }
    }
    return csv(["machine", "isa", "threads", "peak_gflops", "low_gflops", "high_gflops", "run"], rows)
  }

  /// What each rung of the lookup would choose for each problem as if it had not been measured.
  private static func regrets(
    _ assessments: [Assessment], _ database: Database, _ constraints: Constraints, _ registry: Registry
  ) -> String {
    let rows = assessments.byConditions.flatMap { group in
      RegretView.choices(group, of: database, constraints: constraints, registry: registry).flatMap { rung, choices in
        choices.map {
          conditions($0.key) + [
            "\(rung)", "\($0.choice.ordered(by: registry))", $0.neighbour.map { "\($0)" } ?? "", number($0.regret),
          ]
        }
      }
    }
    return csv(conditionNames + ["rung", "choice", "neighbour", "regret"], rows)
  }

  private static func coverage(_ assessments: [Assessment]) -> String {
    let rows = UncoveredView.all(of: assessments).map { view in
      [view.problem, view.conditions, view.reason].map { $0.replacing("`", with: "") }
    }
    return csv(["problem", "conditions", "reason"], rows)
  }

  private static let conditionNames = ["problem", "machine", "threads", "placement", "caches"]

  private static func conditions(_ assessment: Assessment) -> [String] { conditions(assessment.result.key) }

  private static func conditions(_ key: ResultKey) -> [String] {
    ["\(key.problem)", "\(key.machine)", "\(key.threads)", key.placement, key.cache.rawValue]
  }

  private static let measuredNames = [
    "candidate", "revision", "run", "median_ns", "low_ns", "high_ns", "samples", "noisy", "nominal_gflops",
    "useful_gflops", "peak_gflops", "bound_gflops", "least_bytes", "max_error", "verification", "workspace_bytes",
    "packed_weights_bytes",
  ]

  private static func measured(_ record: CandidateRecord, _ assessment: Assessment, _ registry: Registry) -> [String] {
    let rate = { (flops: Int) in number(record.median.map { Double(flops) / $0 }) }
    return [
      "\(record.candidate.ordered(by: registry))", "\(record.revision)", record.run, number(record.median),
      number(record.interval?.lowerBound), number(record.interval?.upperBound), "\(record.times.count)",
      "\(record.isNoisy)", rate(assessment.problem.nominalFLOPs), rate(assessment.problem.usefulFLOPs),
      number(assessment.peak(for: record)), number(assessment.bound(for: record)), "\(assessment.problem.minimumBytes)",
      number(record.maxError), record.verification?.rawValue ?? "",
      "\(record.workspaceBytes)", "\(record.packedWeightsBytes)",
    ]
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func csv(_ names: [String], _ rows: [[String]]) -> String {
    ([names] + rows).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  /// Seen by bytes: a carriage return and a newline are one character.
  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}
