import AtrousCore
import AtrousDatabase

/// What exactness costs: error against time.
enum AccuracySection {
  static let maker = SectionMaker(
    title: "Accuracy against speed", need: "`atrous tune` verifies every candidate before it is timed", make: section)
  private static let mostFigures = 24
  private static let bounds = [1e-4, 1e-5, 1e-6, 1e-7]

  private static func section(_ data: PageData) -> Page.Section? {
    let groups = data.groups.filter { $0.assessments.contains { !$0.ranking.isEmpty } }
    guard !groups.isEmpty else { return nil }
    let figures = groups.flatMap { group in group.assessments.compactMap { figure($0, group, data) } }
    return Page.Section(
      id: "accuracy", title: maker.title,
      lead: [
        "The error is max|y − ref| / max|ref| against a Float64 reference. Filled points are the choices: none is both "
          + "faster and more exact. Where the line falls steeply, exactness is cheap."
      ],
      figures: Array(figures.prefix(mostFigures)), tables: groups.map { table($0, data) },
      notes: figures.count > mostFigures ? ["\(figures.count - mostFigures) more problems have a choice."] : [])
  }

  /// The records, fastest first, that are more exact than all faster ones.
  static func front(_ ranking: [CandidateRecord]) -> [CandidateRecord] {
    var least = Double.infinity
    return ranking.filter { record in
      guard let error = record.maxError, error < least else { return false }
      least = error
      return true
    }
  }

  private static func figure(_ assessment: Assessment, _ group: PageData.Group, _ data: PageData) -> Page.Figure? {
    let records = assessment.ranking.filter { $0.maxError ?? 0 > 0 && $0.median != nil }
    let front = front(records)
    guard front.count > 1, let best = records[0].median else { return nil }
    func point(_ record: CandidateRecord, _ label: String = "") -> PointPlot.Point {
      let ratio = record.median! / best
      return PointPlot.Point(
        x: ratio, y: record.maxError!, label: label,
        title: "\(data.text(record.candidate)): \(Format.ratio(ratio)), error \(Format.error(record.maxError))")
    }
    let chosen = Set(front)
    var named: Set<VariantID> = []
    let across = 0.95...max(records.map { $0.median! / best }.max()! * 1.1, 1.3)
    let series = [
      PointPlot.Series(style: "behind", points: records.filter { !chosen.contains($0) }.map { point($0) }),
      PointPlot.Series(style: "front", points: steps(front.map { point($0) }), isLine: true, hasDots: false),
      PointPlot.Series(
        style: "front", points: front.map { point($0, named.insert($0.variant).inserted ? $0.variant.name : "") }),
    ]
    let plot = PointPlot(
      x: .init(title: "time over the fastest", kind: .logarithmic, domain: across),
      y: .init(
        title: "max error", kind: .logarithmic,
        domain: Scale.range(records.map { $0.maxError! }, .logarithmic, room: 0.1)),
      series: series)
    let number = data.number(assessment.problem)
    return Page.Figure(
      "accuracy-\(group.id)-\(number)", "\(number) · Error against time" + data.suffix(group), "\(assessment.problem)",
      numbers(records, chosen, assessment, best, data), plot.drawing)
  }

  /// From each point first to the time of the next, then down to its error.
  private static func steps(_ points: [PointPlot.Point]) -> [PointPlot.Point] {
    points.enumerated().flatMap { index, point in
      index == 0 ? [point] : [PointPlot.Point(x: point.x, y: points[index - 1].y), point]
    }
  }

  private static func numbers(
    _ records: [CandidateRecord], _ front: Set<CandidateRecord>, _ assessment: Assessment, _ best: Double,
    _ data: PageData
  ) -> Page.Table {
    let rows = records.map { record in
      [
        Page.Cell(data.text(record.candidate)), Page.Cell(Format.time(record), order: record.median),
        Page.Cell(Format.ratio(record.median! / best), order: record.median! / best),
        Page.Cell(Format.error(record.maxError), order: record.maxError),
        Page.Cell(record.verification?.rawValue ?? "–"), front.contains(record) ? "yes" : "",
      ]
    }
    return Page.Table(
      "Candidates kept of \(assessment.problem)",
      [
        ("candidate", .code), ("time", .number), ("over the fastest", .number), ("max error", .number),
        ("verified", .text), ("a choice", .text),
      ], rows)
  }

  private static func table(_ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = group.assessments.filter { !$0.ranking.isEmpty }.map { assessment in
      [data.numberCell(assessment.problem), "\(assessment.problem)"]
        + bounds.map { cell(assessment, below: $0) }
    }
    return Page.Table(
      "Time over the fastest, of the fastest with an error of at most…" + data.suffix(group),
      [("no.", .number), ("problem", .code)] + bounds.map { (Scale.label($0), .number) }, rows)
  }

  private static func cell(_ assessment: Assessment, below bound: Double) -> Page.Cell {
    guard let record = assessment.ranking.first(where: { $0.maxError ?? .infinity <= bound }),
      let median = record.median, let best = assessment.ranking[0].median
    else { return Page.Cell("none kept", order: .infinity) }
    return Page.Cell("\(Format.ratio(median / best)) \(record.variant)", order: median / best)
  }
}
