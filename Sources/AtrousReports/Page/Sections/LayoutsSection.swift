import AtrousCore
import AtrousDatabase

/// The same convolution in several layouts, and what a variant pays where it must convert.
enum LayoutsSection {
  static let maker = SectionMaker(
    title: "Layouts",
    need: "`atrous tune` on the same problems in nchw, nhwc and nchw16c (a problem file holds one a line)",
    make: section)

  /// One convolution under one set of conditions.
  private struct Shape {
    let assessments: [Assessment]
    let fastest: Assessment

    init?(_ assessments: [Assessment]) {
      let won = assessments.filter { $0.winner != nil }
      guard won.count > 1 else { return nil }
      self.assessments = won
      fastest = won.min { Self.median($0) < Self.median($1) }!
    }

    static func median(_ assessment: Assessment) -> Double { assessment.winner?.fastest.median ?? .infinity }
  }

  private static func section(_ data: PageData) -> Page.Section? {
    let groups = data.groups.map { ($0, shapes($0)) }.filter { !$0.1.isEmpty }
    guard !groups.isEmpty else { return nil }
    return Page.Section(
      id: "layouts", title: maker.title,
      lead: [
        "The winner in each layout. What converting costs is told by one variant in two layouts: the same winner's time "
          + "here over its time in the layout it is fastest in, copies included."
      ], figures: groups.map { figure($0, $1, data) })
  }

  private static func shapes(_ group: PageData.Group) -> [Shape] {
    var order: [Problem] = []
    var shapes: [Problem: [Assessment]] = [:]
    for assessment in group.assessments {
      let common = try? assessment.problem.with(inputLayout: .nchw, outputLayout: .nchw)
      let key = common ?? assessment.problem
      if shapes[key] == nil { order.append(key) }
      shapes[key, default: []].append(assessment)
    }
    return order.compactMap { Shape(shapes[$0]!) }
  }

  private static func figure(_ group: PageData.Group, _ shapes: [Shape], _ data: PageData) -> Page.Figure {
    let rows = shapes.map { shape in
      BarPlot.Row(label: data.name(shape.fastest.problem), bars: shape.assessments.map { bar($0, shape, data) })
    }
    return Page.Figure(
      "layouts-\(group.id)", "The winner in each layout" + data.suffix(group),
      "Nominal GFLOP/s, conversions counted; coloured: the fastest layout.", isWide: true, table(group, shapes, data),
      BarPlot(axis: "GFLOP/s, nominal", rows: rows).drawing)
  }

  private static func bar(_ assessment: Assessment, _ shape: Shape, _ data: PageData) -> BarPlot.Bar {
    let record = assessment.winner!.fastest
    let rate = assessment.rate(record, assessment.problem.nominalFLOPs)
    return BarPlot.Bar(
      value: rate, interval: assessment.nominalInterval(record),
      label: "\(Format.digits(rate)) \(layouts(assessment.problem)), \(record.variant)",
      style: assessment.problem == shape.fastest.problem ? "best" : "plain")
  }

  private static func table(_ group: PageData.Group, _ shapes: [Shape], _ data: PageData) -> Page.Table {
    let rows = shapes.flatMap { shape in
      shape.assessments.map { assessment -> [Page.Cell] in
        let record = assessment.winner!.fastest
        let ratio = Shape.median(assessment) / Shape.median(shape.fastest)
        let own = shape.assessments.compactMap { best(record.variant, $0)?.median }.min() ?? .nan
        let conversion = (record.median ?? .nan) / own
        return [
          data.numberCell(assessment.problem), "\(assessment.problem)", Page.Cell(layouts(assessment.problem)),
          Page.Cell(data.text(record.candidate)), Page.Cell(Format.time(record), order: record.median),
          Page.Cell(Format.ratio(ratio), order: ratio), Page.Cell(Format.ratio(conversion), order: conversion),
        ]
      }
    }
    return Page.Table(
      "Layouts" + data.suffix(group),
      [
        ("no.", .number), ("problem", .code), ("layout", .code), ("winner", .code), ("time", .number),
        ("over the fastest layout", .number), ("over the same variant's best layout", .number),
      ], rows)
  }

  private static func best(_ variant: VariantID, _ assessment: Assessment) -> CandidateRecord? {
    assessment.best.first { $0.variant == variant }
  }

  private static func layouts(_ problem: Problem) -> String {
    let (input, output) = (problem.inputLayout, problem.outputLayout)
    return input == output ? input.rawValue : "\(input.rawValue):\(output.rawValue)"
  }
}
