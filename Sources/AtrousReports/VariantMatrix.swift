import Atrous
import AtrousCore
import AtrousDatabase

/// Problems by variants under one set of conditions: the best candidate of each, in Markdown cells.
struct VariantMatrix {
  struct Row {
    let problem: String
    let cells: String
  }

  /// ` a | b |`, behind the problem's cell, and the alignments below it.
  let header: String
  let rule: String
  let rows: [Row]

  init(_ assessments: [Assessment], registry: Registry) {
    let measured = Set(assessments.flatMap { $0.best.map(\.candidate.variant) })
    let variants = registry.variants.map(\.id).filter { measured.contains($0) }
    header = variants.map { " \($0.name) |" }.joined()
    rule = variants.map { _ in "--:|" }.joined()
    rows = assessments.map { assessment in
      let cells = variants.map { " \(Self.cell(assessment, $0)) |" }.joined()
      return Row(problem: "\(assessment.problem)", cells: cells)
    }
  }

  /// Nominal GFLOP/s and their share of the peak, the fastest in bold; a dash where the variant refuses. Who is far behind
  /// gets too few samples to be compared, and is not kept.
  private static func cell(_ assessment: Assessment, _ variant: VariantID) -> String {
    guard let record = assessment.best.first(where: { $0.candidate.variant == variant }), let median = record.median
    else {
      return assessment.refusals.contains { $0.variant == variant } ? "–" : "too few samples"
    }
    let flops = assessment.problem.nominalFLOPs
    let share = Format.percent(Double(flops) / median, of: assessment.peak(for: record))
    let text = "\(Format.gigaflops(flops, median)) (\(share))"
    return record == assessment.best[0] ? "**\(text)**" : text
  }
}
