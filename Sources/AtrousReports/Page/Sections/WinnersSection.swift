import AtrousCore
import AtrousDatabase

/// Who won each problem, how sure that is, and by how much.
enum WinnersSection {
  static let maker = SectionMaker(
    title: "Winners, shape by shape", need: "`atrous tune` measures candidates", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let groups = data.groups.filter { $0.assessments.contains { $0.winner != nil } }
    guard !groups.isEmpty else { return nil }
    return Page.Section(
      id: "winners", title: maker.title,
      lead: [
        "GFLOP/s are nominal: all taps count, as other libraries quote it, so an algorithm that multiplies less may pass "
          + "the peak. Ties are other candidates within 5 % of the winner."
      ],
      figures: groups.map { figure($0, data) },
      tables: groups.flatMap { [table($0, data)] + (passedOver($0, data).map { [$0] } ?? []) })
  }

  private static func figure(_ group: PageData.Group, _ data: PageData) -> Page.Figure {
    var plot = BarPlot(
      axis: "GFLOP/s, nominal",
      rows: group.assessments.compactMap { assessment in
        assessment.winner.map { BarPlot.Row(label: data.name(assessment.problem), bars: bars(assessment, $0, data)) }
      })
    if let peak = data.peak(group) {
      plot.references = [BarPlot.Reference(value: peak, label: "FMA peak \(Format.digits(peak))")]
    }
    return Page.Figure(
      "winners-\(group.id)", "The winner and the best kernel without a transform" + data.suffix(group),
      "Coloured: the winner; grey: the best without a transform, where another wins. Whiskers: the 95 % interval of the "
        + "median. Rings: ties. Red stroke: the untuned default, where it is not the winner.",
      isWide: true, numbers(group, data), plot.drawing)
  }

  private static func bars(_ assessment: Assessment, _ winner: Winner, _ data: PageData) -> [BarPlot.Bar] {
    let flops = assessment.problem.nominalFLOPs
    func bar(_ record: CandidateRecord, _ style: String) -> BarPlot.Bar {
      BarPlot.Bar(
        value: assessment.rate(record, flops), interval: assessment.nominalInterval(record),
        label: "\(Format.digits(assessment.rate(record, flops))) \(record.variant)",
        detail: style == "best" ? data.settings(record.candidate) : "", style: style)
    }
    func mark(_ record: CandidateRecord, _ style: String, _ what: String) -> BarPlot.Mark {
      let rate = assessment.rate(record, flops)
      return BarPlot.Mark(
        value: rate, style: style, title: "\(what): \(Format.digits(rate)) \(data.text(record.candidate))")
    }
    var best = bar(winner.fastest, "best")
    best.marks = winner.ties.dropFirst().map { mark($0, "tie", "tie") }
    if let untuned = assessment.untuned, untuned != winner.fastest {
      best.marks.append(mark(untuned, "untuned", "untuned"))
    }
    guard let plain = assessment.plain, plain != winner.fastest else { return [best] }
    return [best, bar(plain, "plain")]
  }

  private static func numbers(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows: [[Page.Cell]] = group.assessments.flatMap { assessment -> [[Page.Cell]] in
      guard let winner = assessment.winner else { return [] }
      let others = [("without a transform", assessment.plain), ("untuned", assessment.untuned)]
      let records =
        winner.ties.map { ($0 == winner.fastest ? "winner" : "tie", $0) }
        + others.compactMap { name, record in record.map { (name, $0) } }.filter { $0.1 != winner.fastest }
      return records.map { what, record in
        let interval = assessment.nominalInterval(record)
        return [
          data.numberCell(assessment.problem), "\(assessment.problem)", Page.Cell(what),
          Page.Cell(data.text(record.candidate)), number(assessment.rate(record, assessment.problem.nominalFLOPs)),
          interval.map { number($0.lowerBound) } ?? "", interval.map { number($0.upperBound) } ?? "",
          Page.Cell(record.times.count),
        ]
      }
    }
    return Page.Table(
      "What the bars show" + data.suffix(group),
      [
        ("no.", .number), ("problem", .code), ("what", .text), ("candidate", .code), ("GFLOP/s nominal", .number),
        ("low", .number), ("high", .number), ("samples", .number),
      ], rows)
  }

  private static func table(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = group.assessments.compactMap { assessment in
      assessment.winner.map { row(assessment, $0, data) }
    }
    return Page.Table(
      "The winners" + data.suffix(group) + ". Shares are of the FMA peak of the same run.",
      [
        ("no.", .number), ("problem", .code), ("winner", .code), ("ties", .number), ("time", .number),
        ("GFLOP/s nominal", .number), ("useful", .number), ("of peak nominal", .number), ("useful", .number),
        ("over untuned", .number), ("over no transform", .number), ("max error", .number), ("ships", .code),
      ], rows)
  }

  private static func passedOver(_ group: PageData.Group, _ data: PageData) -> Page.Table? {
    let rows = group.assessments.compactMap { assessment -> [Page.Cell]? in
      guard let winner = assessment.winner, let passed = winner.passedOver else { return nil }
      return [
        data.numberCell(assessment.problem), "\(assessment.problem)", Page.Cell(data.text(passed.record.candidate)),
        Page.Cell(Format.time(passed.record), order: passed.record.median), Page.Cell("it \(passed.reason)"),
      ]
    }
    guard !rows.isEmpty else { return nil }
    return Page.Table(
      "Faster than the winner, but" + data.suffix(group),
      [("no.", .number), ("problem", .code), ("candidate", .code), ("time", .number), ("why not", .text)], rows)
  }

  private static func row(_ assessment: Assessment, _ winner: Winner, _ data: PageData) -> [Page.Cell] {
    let (record, problem) = (winner.fastest, assessment.problem)
    let (nominal, useful) = (
      assessment.rate(record, problem.nominalFLOPs), assessment.rate(record, problem.usefulFLOPs)
    )
    let peak = assessment.peak(for: record)
    let plain = assessment.gainOverPlain
    return [
      data.numberCell(problem), "\(problem)", Page.Cell(data.text(record.candidate)),
      Page.Cell(winner.ties.count - 1), Page.Cell(Format.time(record), order: record.median),
      number(nominal), number(useful), share(nominal, peak), share(useful, peak),
      Page.Cell(assessment.gainText, order: assessment.gain?.value ?? -1),
      Page.Cell(plain.map { Format.ratio($0.value, $0.interval) } ?? "–", order: plain?.value ?? -1),
      Page.Cell(Format.error(record.maxError), order: record.maxError),
      Page.Cell(winner.shipped == record ? "the same" : data.text(winner.shipped.candidate)),
    ]
  }

  private static func share(_ rate: Double, _ peak: Double?) -> Page.Cell {
    Page.Cell(Format.percent(rate, of: peak), order: peak.map { rate / $0 } ?? -1)
  }

  private static func number(_ value: Double) -> Page.Cell { Page.Cell(Format.digits(value), order: value) }
}
