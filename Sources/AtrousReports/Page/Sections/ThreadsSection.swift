import AtrousCore
import AtrousDatabase

/// The winners' speed by the number of threads.
enum ThreadsSection {
  static let maker = SectionMaker(
    title: "Threads", need: "`atrous tune --threads 1,2` (or `auto`) measures several counts", make: section)
  private static let mostLines = 12

  private struct Line {
    let problem: Problem
    let assessments: [Assessment]

    func speedUp(_ assessment: Assessment) -> Double {
      (assessments[0].winner?.fastest.median ?? .nan) / (assessment.winner?.fastest.median ?? .nan)
    }
  }

  private static func section(_ data: PageData) -> Page.Section? {
    let machines = Dictionary(grouping: data.groups) { group in
      ["\(group.key.machine)", group.key.placement, group.key.cache.rawValue]
    }
    let sets = data.groups.compactMap { group in
      machines[["\(group.key.machine)", group.key.placement, group.key.cache.rawValue]].flatMap { groups in
        groups[0].id == group.id ? lines(groups) : nil
      }
    }.filter { !$0.isEmpty }
    guard !sets.isEmpty else { return nil }
    return Page.Section(
      id: "threads", title: maker.title,
      lead: ["Each thread count has a winner of its own; the speed-up is over the winner at the fewest threads."],
      figures: sets.enumerated().map { figure($0.offset, $0.element, data) })
  }

  private static func lines(_ groups: [PageData.Group]) -> [Line] {
    let assessments = groups.flatMap(\.assessments).filter { $0.winner != nil }
    let byProblem = Dictionary(grouping: assessments, by: \.problem)
    var seen: Set<Problem> = []
    return assessments.map(\.problem).filter { seen.insert($0).inserted }.compactMap { problem in
      let line = byProblem[problem]!.sorted { $0.result.key.threads < $1.result.key.threads }
      return Set(line.map(\.result.key.threads)).count > 1 ? Line(problem: problem, assessments: line) : nil
    }
  }

  private static func figure(_ index: Int, _ lines: [Line], _ data: PageData) -> Page.Figure {
    let threads = lines.flatMap { $0.assessments.map { Double($0.result.key.threads) } }
    let across = threads.min()! * 0.92...threads.max()! * 1.45
    let ideal = [threads.min()!, threads.max()!].map { PointPlot.Point(x: $0, y: $0 / threads.min()!) }
    let series = lines.prefix(mostLines).enumerated().map { index, line in
      PointPlot.Series(
        style: "s\(index % 6)",
        points: line.assessments.map { assessment in
          PointPlot.Point(
            x: Double(assessment.result.key.threads), y: line.speedUp(assessment),
            title: "\(line.problem), \(Format.count(assessment.result.key.threads, "thread")): "
              + Format.ratio(line.speedUp(assessment)))
        }, isLine: true, label: "\(data.number(line.problem))")
    }
    let speedUps = lines.flatMap { line in line.assessments.map(line.speedUp) }
    let plot = PointPlot(
      x: .init(title: "threads", kind: .doubling, domain: across),
      y: .init(title: "speed-up", kind: .linear, domain: Scale.range(speedUps + ideal.map(\.y) + [0], .linear)),
      series: [PointPlot.Series(style: "ideal", points: ideal, isLine: true, hasDots: false, label: "ideal")] + series,
      aspect: 0.6)
    return Page.Figure(
      "threads-\(index + 1)", "Speed-up by threads",
      "Numbers are those of the problems in the tables."
        + (lines.count > mostLines ? " The first \(mostLines) of \(lines.count)." : ""), isWide: true,
      table(lines, data), plot.drawing)
  }

  private static func table(_ lines: [Line], _ data: PageData) -> Page.Table {
    let rows = lines.flatMap { line in
      line.assessments.map { assessment -> [Page.Cell] in
        let record = assessment.winner!.fastest
        let speedUp = line.speedUp(assessment)
        return [
          data.numberCell(line.problem), "\(line.problem)", Page.Cell(assessment.result.key.threads),
          Page.Cell(data.text(record.candidate)), Page.Cell(Format.time(record), order: record.median),
          Page.Cell(Format.ratio(speedUp), order: speedUp),
        ]
      }
    }
    return Page.Table(
      "Winners by threads",
      [
        ("no.", .number), ("problem", .code), ("threads", .number), ("winner", .code), ("time", .number),
        ("speed-up", .number),
      ], rows)
  }
}
