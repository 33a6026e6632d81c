import AtrousCore
import AtrousDatabase

/// What the winners need beside the tensors.
enum MemorySection {
  static let maker = SectionMaker(
    title: "Memory beside the tensors", need: "`atrous tune` records it with each candidate", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let groups = data.groups.filter { $0.assessments.contains { $0.winner != nil } }
    guard !groups.isEmpty else { return nil }
    return Page.Section(
      id: "memory", title: maker.title,
      lead: [
        "A workspace is scratch, one for every caller at a time; packed weights stay as long as the plan. The smallest is "
          + "the candidate with the least of both that was kept, and what it costs in time."
      ], figures: groups.map { figure($0, data) })
  }

  private static func figure(_ group: PageData.Group, _ data: PageData) -> Page.Figure {
    let rows = group.assessments.compactMap { assessment in
      assessment.winner.map { winner in
        BarPlot.Row(
          label: data.name(assessment.problem),
          bars: [
            bar(winner.fastest.workspaceBytes, "workspace", "best"),
            bar(winner.fastest.packedWeightsBytes, "packed weights", "weights"),
            bar(assessment.problem.tensorBytes, "tensors", "plain"),
          ])
      }
    }
    return Page.Figure(
      "memory-\(group.id)", "The winners' memory" + data.suffix(group),
      "In MiB, beside that of input, weights and output.", isWide: true, table(group, data),
      BarPlot(axis: "MiB", rows: rows).drawing)
  }

  private static func bar(_ bytes: Int, _ name: String, _ style: String) -> BarPlot.Bar {
    BarPlot.Bar(value: Double(bytes) / 0x1p20, interval: nil, label: "\(Format.bytes(bytes)) \(name)", style: style)
  }

  private static func table(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = group.assessments.compactMap { assessment -> [Page.Cell]? in
      guard let record = assessment.winner?.fastest, let smallest = smallest(assessment) else { return nil }
      let tensors = assessment.problem.tensorBytes
      let share = Double(record.extraBytes) / Double(tensors)
      let ratio = (smallest.median ?? .nan) / (record.median ?? .nan)
      return [
        data.numberCell(assessment.problem), "\(assessment.problem)", Page.Cell(data.text(record.candidate)),
        .bytes(record.workspaceBytes), .bytes(record.packedWeightsBytes), .bytes(tensors),
        Page.Cell(Format.ratio(share), order: share), Page.Cell(data.text(smallest.candidate)),
        .bytes(smallest.extraBytes),
        Page.Cell(Format.ratio(ratio), order: ratio),
      ]
    }
    return Page.Table(
      "Workspace and packed weights of the winners" + data.suffix(group),
      [
        ("no.", .number), ("problem", .code), ("winner", .code), ("workspace", .number), ("packed weights", .number),
        ("tensors", .number), ("over the tensors", .number), ("smallest", .code), ("its memory", .number),
        ("its time over the winner's", .number),
      ], rows)
  }

  private static func smallest(_ assessment: Assessment) -> CandidateRecord? {
    assessment.ranking.min { left, right in left.extraBytes < right.extraBytes }
  }
}
