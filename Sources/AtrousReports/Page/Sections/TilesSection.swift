import AtrousCore
import AtrousDatabase

/// What the two settings of the winning variant that were swept most do to its time.
enum TilesSection {
  static let maker = SectionMaker(
    title: "Tile sizes", need: "`atrous tune` on a problem whose winner has two tile sizes to choose", make: section)
  /// More figures than anybody looks at make a page slow.
  private static let mostFigures = 24

  private static func section(_ data: PageData) -> Page.Section? {
    let figures = data.groups.flatMap { group in
      group.assessments.compactMap { figure($0, group, data) }
    }
    guard !figures.isEmpty else { return nil }
    let shown = Array(figures.prefix(mostFigures))
    return Page.Section(
      id: "tiles", title: maker.title,
      lead: [
        "The winning variant's time by two of its settings, over its best: 1.00 is the best, with a border. Each square is "
          + "the best over all other settings. A dashed square was tried and was too slow to be kept (over "
          + "\(Format.ratio(ProblemResult.keptFactor)) the problem's best); an empty one was not tried."
      ],
      figures: shown,
      notes: figures.count > shown.count ? ["\(figures.count - shown.count) more problems have such a sweep."] : [])
  }

  private static func figure(_ assessment: Assessment, _ group: PageData.Group, _ data: PageData) -> Page.Figure? {
    guard let variant = assessment.winner?.fastest.variant,
      let sweep = TileSweep(assessment, variant, order: data.registry[variant]?.parameters.map(\.key) ?? [])
    else { return nil }
    let number = data.number(assessment.problem)
    let table = Page.Table(
      "\(variant) by \(sweep.row) and \(sweep.column) on \(assessment.problem)",
      [
        (sweep.row, .number), (sweep.column, .number), ("time", .number), ("over the best", .number),
        ("candidate", .code),
      ],
      sweep.rows.flatMap { row in
        sweep.columns.compactMap { column in cells(sweep, row, column, data) }
      })
    return Page.Figure(
      "tiles-\(group.id)-\(number)", "\(number) · \(variant): \(sweep.row) × \(sweep.column)" + data.suffix(group),
      "\(assessment.problem)", table, plot(sweep, data).drawing)
  }

  private static func cells(_ sweep: TileSweep, _ row: Int32, _ column: Int32, _ data: PageData) -> [Page.Cell]? {
    guard sweep.wasTried(row, column) else { return nil }
    let place = [Page.Cell(Int(row)), Page.Cell(Int(column))]
    guard let record = sweep.record(row, column), let median = record.median else {
      return place + [Page.Cell("too slow to be kept", order: .infinity), Page.Cell("–", order: .infinity), ""]
    }
    return place + [
      Page.Cell(Format.time(record), order: median),
      Page.Cell(Format.ratio(median / sweep.best), order: median / sweep.best), Page.Cell(data.text(record.candidate)),
    ]
  }

  private static func plot(_ sweep: TileSweep, _ data: PageData) -> HeatPlot {
    func cell(_ row: Int32, _ column: Int32) -> HeatPlot.Cell? {
      guard sweep.wasTried(row, column) else { return nil }
      let place = "\(sweep.row) \(row), \(sweep.column) \(column)"
      guard let record = sweep.record(row, column), let median = record.median else {
        return HeatPlot.Cell(text: "slow", shade: nil, title: "\(place): tried, too slow to be kept")
      }
      let ratio = median / sweep.best
      return HeatPlot.Cell(
        text: Format.fixed(ratio, 2), shade: max(0.06, 1 - 2.5 * (ratio - 1)),
        title: "\(place): \(Format.time(record)), \(data.text(record.candidate))", isBest: ratio <= 1)
    }
    return HeatPlot(
      columnTitle: sweep.column, columns: sweep.columns.map { "\($0)" }, rowTitle: sweep.row,
      rows: sweep.rows.map { "\($0)" }, cells: sweep.rows.map { row in sweep.columns.map { cell(row, $0) } })
  }
}
