import AtrousCore
import AtrousDatabase

/// The best of every variant beside each other.
enum VariantsSection {
  static let maker = SectionMaker(
    title: "Every variant, side by side", need: "`atrous tune` measures candidates", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let tables = data.groups.compactMap { table($0, data) }
    guard !tables.isEmpty else { return nil }
    return Page.Section(
      id: "variants", title: maker.title,
      lead: [
        "Nominal GFLOP/s of each variant's best candidate, the fastest in bold; the shade is the share of the fastest. "
          + "– means the variant refuses the problem; an empty cell, that it was too far behind to be sampled enough."
      ], tables: tables)
  }

  private static func table(_ group: PageData.Group, _ data: PageData) -> Page.Table? {
    let measured = Set(group.assessments.flatMap { $0.best.map(\.variant) })
    let variants = data.registry.variants.map(\.id).filter { measured.contains($0) }
    guard variants.count > 1 else { return nil }
    let rows = group.assessments.map { assessment in
      [data.numberCell(assessment.problem), "\(assessment.problem)"] + variants.map { cell(assessment, $0) }
    }
    return Page.Table(
      "Problems by variants" + data.suffix(group),
      [("no.", .number), ("problem", .code)] + variants.map { ($0.name, .number) }, rows)
  }

  private static func cell(_ assessment: Assessment, _ variant: VariantID) -> Page.Cell {
    guard let record = assessment.best.first(where: { $0.variant == variant }) else {
      return Page.Cell(assessment.refusals.contains { $0.variant == variant } ? "–" : "", order: -1)
    }
    let flops = assessment.problem.nominalFLOPs
    let (rate, best) = (assessment.rate(record, flops), assessment.rate(assessment.best[0], flops))
    return Page.Cell(
      Format.digits(rate), order: rate, shade: rate / best, isBest: record == assessment.best[0])
  }
}
