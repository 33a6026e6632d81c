import AtrousCore
import AtrousDatabase

/// Who did not take part, and why; what was tried and not kept.
enum RefusalsSection {
  static let maker = SectionMaker(
    title: "Refusals", need: "`atrous tune` measures candidates", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let tables = data.groups.compactMap { refusals($0, data) } + data.groups.map { outcomes($0, data) }
    guard !tables.isEmpty else { return nil }
    return Page.Section(
      id: "refusals", title: maker.title,
      lead: [
        "A variant refuses what it cannot do, or what another form of it does better; the reason names the value."
      ],
      tables: tables)
  }

  private struct Reason: Hashable {
    let variant: String
    let text: String
  }

  private static func refusals(_ group: PageData.Group, _ data: PageData) -> Page.Table? {
    var order: [Reason] = []
    var problems: [Reason: [Int]] = [:]
    for assessment in group.assessments {
      for refusal in assessment.refusals {
        let reason = Reason(variant: refusal.variant.name, text: "\(refusal.rejection)")
        if problems[reason] == nil { order.append(reason) }
        problems[reason, default: []].append(data.number(assessment.problem))
      }
    }
    guard !order.isEmpty else { return nil }
    let ranks = Dictionary(
      data.registry.variants.enumerated().map { ($0.element.id.name, $0.offset) }, uniquingKeysWith: min)
    let sorted = order.enumerated().sorted {
      (ranks[$0.element.variant] ?? .max, $0.offset) < (ranks[$1.element.variant] ?? .max, $1.offset)
    }
    let rows = sorted.map { _, reason -> [Page.Cell] in
      let numbers = problems[reason]!
      return [
        Page.Cell(reason.variant), Page.Cell(reason.text), Page.Cell(numbers.count),
        Page.Cell(numbers.map { "\($0)" }.joined(separator: ", "), order: Double(numbers[0])),
      ]
    }
    return Page.Table(
      "Variants that refuse, by reason" + data.suffix(group),
      [("variant", .text), ("reason", .text), ("problems", .number), ("their numbers", .number)], rows)
  }

  private static func outcomes(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = group.assessments.map { assessment -> [Page.Cell] in
      let counts = Dictionary(assessment.outcomes.map { ($0.outcome, $0.count) }) { first, _ in first }
      let omitted = assessment.result.omitted.values.reduce(0, +)
      return [data.numberCell(assessment.problem), "\(assessment.problem)"]
        + Invalidity.allCases.map { Page.Cell(counts[$0] ?? 0) }
        + [Page.Cell(assessment.result.candidates.count), Page.Cell(omitted)]
    }
    return Page.Table(
      "Candidates tried, by outcome; the kept are what the database holds of them" + data.suffix(group),
      [("no.", .number), ("problem", .code)] + Invalidity.allCases.map { ($0.rawValue, .number) } + [
        ("kept", .number), ("omitted", .number),
      ], rows)
  }
}
