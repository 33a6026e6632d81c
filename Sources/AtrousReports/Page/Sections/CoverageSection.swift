import AtrousCore
import AtrousDatabase

/// What was measured and what was not, and what to run for the rest.
enum CoverageSection {
  /// - Parameter missing: the sections that have no data.
  static func section(_ data: PageData, missing: [SectionMaker]) -> Page.Section {
    let assessments = data.groups.flatMap(\.assessments)
    let uncovered = UncoveredView.all(of: assessments)
    var lead = ["Every problem of the database has a winner under all its conditions."]
    if !uncovered.isEmpty {
      lead = ["\(Format.count(uncovered.count, "problem")) without a winner, or not measured under all conditions."]
    }
    if assessments.isEmpty { lead = ["Nothing has been measured yet."] }
    let holes = uncovered.isEmpty ? [] : [table(uncovered)]
    return Page.Section(
      id: "coverage", title: "Coverage", lead: lead, tables: holes + data.groups.map { table($0, data) },
      notes: missing.map { "Not in this report: \($0.title.lowercasedFirst). To get it: \($0.need.withoutBackticks)." })
  }

  private static func table(_ uncovered: [UncoveredView]) -> Page.Table {
    Page.Table(
      "Without a winner", [("problem", .code), ("conditions", .text), ("why, and what would run", .text)],
      uncovered.map { view in
        [Page.Cell(view.problem), Page.Cell(view.conditions.withoutBackticks), Page.Cell(view.reason.withoutBackticks)]
      })
  }

  private static func table(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = group.assessments.map { assessment -> [Page.Cell] in
      let refused = Set(assessment.refusals.map(\.variant))
      let racing = data.registry.racing.map(\.id).filter { !refused.contains($0) }
      let tried = racing.filter { !assessment.tried($0).isEmpty }
      let absent = racing.filter { !tried.contains($0) }.map(\.name).joined(separator: ", ")
      return [
        data.numberCell(assessment.problem), "\(assessment.problem)", Page.Cell(tried.count), Page.Cell(racing.count),
        Page.Cell(assessment.outcomes.reduce(0) { $0 + $1.count }), Page.Cell(absent.isEmpty ? "none" : absent),
        Page.Cell(assessment.result.predicted.map { "\($0.source): \(data.text($0.candidate))" } ?? "measured"),
      ]
    }
    return Page.Table(
      "Variants measured of those that take the problem: " + data.conditions(group.key),
      [
        ("no.", .number), ("problem", .code), ("variants measured", .number), ("that take it", .number),
        ("candidates tried", .number), ("not tried", .text), ("winner is", .text),
      ], rows)
  }
}

extension String {
  var withoutBackticks: String { replacing("`", with: "") }
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
