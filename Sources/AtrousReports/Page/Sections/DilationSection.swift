import AtrousCore
import AtrousDatabase

/// Time a useful FLOP at each rate over that at the lowest.
enum DilationSection {
  static let maker = SectionMaker(
    title: "The dilation tax",
    need: "`atrous tune` on one shape at several rates, 1 among them (the suites `dense` and `deeplab-os16` do)",
    make: section)
  private static let mostLines = 12

  /// What stays when the rate changes and the padding with it.
  private struct Shape: Hashable {
    let counts: [Int]
    let layouts: [Layout]
    let type: ElementType
    let direction: Direction
    let epilogue: Epilogue

    init(_ problem: Problem) {
      let axes = [problem.depth, problem.height, problem.width]
      counts =
        [problem.batch, problem.groups, problem.channels, problem.filters]
        + axes.flatMap { [$0.input, $0.kernel, $0.stride, $0.output] }
      layouts = [problem.inputLayout, problem.outputLayout]
      (type, direction, epilogue) = (problem.type, problem.direction, problem.epilogue)
    }
  }

  private struct Point {
    let rate: Int
    let assessment: Assessment
    let record: CandidateRecord
    let tax: Double
  }

  private static func section(_ data: PageData) -> Page.Section? {
    let groups = data.groups.map { ($0, lines($0)) }.filter { !$0.1.isEmpty }
    guard !groups.isEmpty else { return nil }
    return Page.Section(
      id: "dilation", title: maker.title,
      lead: [
        "One shape at several rates: the winner's time a useful FLOP (taps that meet data) over that at the lowest rate. "
          + "1 means that dilation costs nothing."
      ], figures: groups.map { figure($0, $1, data) })
  }

  private static func rate(_ problem: Problem) -> Int {
    [problem.depth, problem.height, problem.width].map(\.dilation).max() ?? 1
  }

  private static func lines(_ group: PageData.Group) -> [[Point]] {
    var order: [Shape] = []
    var shapes: [Shape: [Assessment]] = [:]
    for assessment in group.assessments where assessment.winner != nil {
      let shape = Shape(assessment.problem)
      if shapes[shape] == nil { order.append(shape) }
      shapes[shape, default: []].append(assessment)
    }
    return order.compactMap { shape in
      let line = shapes[shape]!.sorted { rate($0.problem) < rate($1.problem) }
      guard Set(line.map { rate($0.problem) }).count > 1 else { return nil }
      let base = cost(line[0])
      return line.map { assessment in
        Point(
          rate: rate(assessment.problem), assessment: assessment, record: assessment.winner!.fastest,
          tax: cost(assessment) / base)
      }
    }
  }

  /// Nanoseconds a useful FLOP.
  private static func cost(_ assessment: Assessment) -> Double {
    (assessment.winner?.fastest.median ?? .infinity) / Double(max(assessment.problem.usefulFLOPs, 1))
  }

  private static func figure(_ group: PageData.Group, _ lines: [[Point]], _ data: PageData) -> Page.Figure {
    let points = lines.flatMap { $0 }
    let series = lines.prefix(mostLines).enumerated().map { index, line in
      PointPlot.Series(
        style: "s\(index % 6)",
        points: line.map { point in
          PointPlot.Point(
            x: Double(point.rate), y: point.tax,
            title: "\(data.name(point.assessment.problem)): \(Format.ratio(point.tax)), \(point.record.variant)")
        }, isLine: true, label: shapeText(line[0].assessment.problem))
    }
    let rates = points.map { Double($0.rate) }
    let across = rates.min()! * 0.9...rates.max()! * 1.9
    let one = PointPlot.Series(
      style: "ideal",
      points: [PointPlot.Point(x: across.lowerBound, y: 1), PointPlot.Point(x: across.upperBound, y: 1)],
      isLine: true, hasDots: false)
    let plot = PointPlot(
      x: .init(title: "dilation", kind: .doubling, domain: across),
      y: .init(
        title: "time a useful FLOP, over the lowest rate's", kind: .linear,
        domain: Scale.range(points.map(\.tax) + [0, 1], .linear)), series: [one] + series, aspect: 0.6)
    return Page.Figure(
      "dilation-\(group.id)", "What a rate costs" + data.suffix(group),
      "Each line is one shape." + (lines.count > mostLines ? " The first \(mostLines) of \(lines.count)." : ""),
      isWide: true, table(lines, group, data), plot.drawing)
  }

  private static func shapeText(_ problem: Problem) -> String {
    let size = problem.rank == 1 ? "\(problem.width.input)" : "\(problem.height.input)×\(problem.width.input)"
    return "\(problem.channels)→\(problem.filters) \(size)"
  }

  private static func table(_ lines: [[Point]], _ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = lines.flatMap { line in
      line.map { point -> [Page.Cell] in
        let problem = point.assessment.problem
        let live = Double(problem.usefulFLOPs) / Double(problem.nominalFLOPs)
        return [
          data.numberCell(problem), "\(problem)", Page.Cell(point.rate),
          Page.Cell(Format.percent(live, of: 1), order: live), Page.Cell(data.text(point.record.candidate)),
          Page.Cell(Format.time(point.record), order: point.record.median),
          Page.Cell(Format.ratio(point.tax), order: point.tax),
        ]
      }
    }
    return Page.Table(
      "Time a useful FLOP by rate" + data.suffix(group),
      [
        ("no.", .number), ("problem", .code), ("dilation", .number), ("live taps", .number), ("winner", .code),
        ("time", .number), ("tax", .number),
      ], rows)
  }
}
