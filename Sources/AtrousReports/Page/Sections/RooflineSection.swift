import AtrousCore
import AtrousDatabase

/// The winners under the machine's roofs.
enum RooflineSection {
  static let maker = SectionMaker(
    title: "Roofline", need: "`atrous tune` measures the FMA peak beside the candidates", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let figures = data.groups.compactMap { figure($0, data) }
    guard !figures.isEmpty else { return nil }
    return Page.Section(
      id: "roofline", title: maker.title,
      lead: [
        "Intensity is FLOPs over the bytes of input, weights and output, each moved once. A filled point counts nominal "
          + "FLOPs, a ring those of taps that meet data; a stem joins the two. Only useful work that is done tap by tap is "
          + "bound by the roof: what a transform saves lifts a point above it."
      ], figures: figures,
      notes: data.database.runs.contains { $0.measurements.contains { $0.name.hasSuffix("_bandwidth") } }
        ? [] : ["The database holds no bandwidth, so the FMA peak is the only roof."])
  }

  private struct Point {
    let problem: Problem
    let record: CandidateRecord
    let nominal: (x: Double, y: Double)
    let useful: (x: Double, y: Double)
  }

  private static func figure(_ group: PageData.Group, _ data: PageData) -> Page.Figure? {
    guard let peak = data.peak(group) else { return nil }
    let points = group.assessments.compactMap(point)
    guard !points.isEmpty else { return nil }
    let ends = points.flatMap { [$0.nominal, $0.useful] }
    let across = Scale.range(ends.map(\.x), .logarithmic, room: 0.12)
    let upward = Scale.range(ends.map(\.y) + [peak], .logarithmic, room: 0.12)
    var series = roofs(group, data, peak, across, upward)
    series += points.map { point in
      PointPlot.Series(
        style: "stem",
        points: [point.useful, point.nominal].map { PointPlot.Point(x: $0.x, y: $0.y) }, isLine: true, hasDots: false)
    }
    series += points.map { point in dot(point, point.useful, "useful", "", data) }
    series += points.map { point in dot(point, point.nominal, "nominal", "\(data.number(point.problem))", data) }
    let plot = PointPlot(
      x: .init(title: "FLOP/byte", kind: .logarithmic, domain: across),
      y: .init(title: "GFLOP/s", kind: .logarithmic, domain: upward), series: series, aspect: 0.75)
    return Page.Figure(
      "roofline-\(group.id)", "Winners under the roof" + data.suffix(group),
      "Numbers are those of the problems in the tables.", isWide: true, table(points, group, data), plot.drawing)
  }

  private static func point(_ assessment: Assessment) -> Point? {
    guard let record = assessment.winner?.fastest else { return nil }
    let problem = assessment.problem
    let bytes = Double(problem.minimumBytes)
    let point = { (flops: Int) in (x: Double(flops) / bytes, y: assessment.rate(record, flops)) }
    return Point(
      problem: problem, record: record, nominal: point(problem.nominalFLOPs), useful: point(problem.usefulFLOPs))
  }

  private static func dot(
    _ point: Point, _ place: (x: Double, y: Double), _ style: String, _ label: String, _ data: PageData
  ) -> PointPlot.Series {
    let title = "\(data.name(point.problem)): \(Format.digits(place.y)) GFLOP/s \(style)"
    return PointPlot.Series(
      style: style, points: [PointPlot.Point(x: place.x, y: place.y, label: label, title: title)])
  }

  /// The FMA peak, and what each measured bandwidth allows below it.
  private static func roofs(
    _ group: PageData.Group, _ data: PageData, _ peak: Double, _ across: ClosedRange<Double>,
    _ upward: ClosedRange<Double>
  ) -> [PointPlot.Series] {
    var series = [
      PointPlot.Series(
        style: "roof", points: [across.lowerBound, across.upperBound].map { PointPlot.Point(x: $0, y: peak) },
        isLine: true, hasDots: false, label: "FMA peak \(Format.digits(peak))", labelShift: -5)
    ]
    let measured = data.database.runs.filter { $0.machine.key == group.key.machine }.flatMap(\.measurements)
    let bandwidths = measured.filter { $0.name.hasSuffix("_bandwidth") && $0.threads == group.key.threads }
    for bandwidth in bandwidths {
      let start = max(across.lowerBound, upward.lowerBound / bandwidth.median)
      let end = min(across.upperBound, peak / bandwidth.median)
      guard start < end else { continue }
      let name = bandwidth.name.replacing("_bandwidth", with: "")
      series.append(
        PointPlot.Series(
          style: "roof", points: [start, end].map { PointPlot.Point(x: $0, y: $0 * bandwidth.median) }, isLine: true,
          hasDots: false, label: "\(name) \(Format.digits(bandwidth.median)) GB/s", labelShift: 16))
    }
    return series
  }

  private static func table(_ points: [Point], _ group: PageData.Group, _ data: PageData) -> Page.Table {
    let rows = points.map { point in
      [
        data.numberCell(point.problem), "\(point.problem)", Page.Cell(data.text(point.record.candidate)),
        number(point.nominal.x), number(point.nominal.y), number(point.useful.x), number(point.useful.y),
      ]
    }
    return Page.Table(
      "Intensity and rate of the winners" + data.suffix(group),
      [
        ("no.", .number), ("problem", .code), ("winner", .code), ("FLOP/byte nominal", .number),
        ("GFLOP/s nominal", .number), ("FLOP/byte useful", .number), ("GFLOP/s useful", .number),
      ], rows)
  }

  private static func number(_ value: Double) -> Page.Cell { Page.Cell(Format.digits(value), order: value) }
}
