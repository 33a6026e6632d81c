/// Horizontal bars from zero, a group of them under each label, with intervals, marks and vertical reference lines.
struct BarPlot {
  struct Bar {
    var value: Double
    /// The 95 % interval; nil where there is none.
    var interval: ClosedRange<Double>? = nil
    /// Written at its end; the detail only where there is room.
    var label: String
    var detail = ""
    /// `best`, `plain`, `peer`, …: what the page colours.
    var style: String
    /// Other values on the same bar.
    var marks: [Mark] = []
  }

  struct Mark {
    var value: Double
    /// `tie` is a dot, everything else a stroke.
    var style: String
    var title: String
  }

  struct Row {
    var label: String
    var bars: [Bar]
  }

  struct Reference {
    var value: Double
    var label: String
  }

  var axis: String
  var rows: [Row]
  var references: [Reference] = []

  private static let thick = 14.0
  private static let thin = 9.0

  /// - Parameter width: in pixels at which labels are read as they are.
  func drawing(width: Double) -> (svg: SVG, height: Double) {
    var svg = SVG(width: width)
    let top = 30.0
    let bottom = top + rows.reduce(0) { $0 + height($1) }
    let scale = scale(width)
    axis(&svg, scale, top: top, bottom: bottom)
    var y = top
    for row in rows {
      draw(row, &svg, scale, y)
      y += height(row)
    }
    return (svg, bottom + 6)
  }

  /// What a row has to have room for.
  private static func reach(_ bar: Bar) -> Double {
    ([bar.value, bar.interval?.upperBound ?? 0] + bar.marks.map(\.value)).max() ?? bar.value
  }

  private static func text(_ bar: Bar, _ width: Double) -> String {
    bar.detail.isEmpty || width < 600 ? bar.label : "\(bar.label) \(bar.detail)"
  }

  /// The largest at which every label ends within the width.
  private func scale(_ width: Double) -> Scale {
    let rooms = rows.flatMap(\.bars).filter { Self.reach($0) > 0 }.map { bar in
      (width - 8 - SVG.width(of: Self.text(bar, width))) / Self.reach(bar)
    }
    let references = references.filter { $0.value > 0 }.map { (width - 30) / $0.value }
    let unit = max((rooms + references).min() ?? width, 1e-9)
    return Scale(.linear, 0...(width - 2) / unit, from: 1, to: width - 1)
  }

  private func height(_ row: Row) -> Double {
    26 + row.bars.enumerated().reduce(0) { $0 + ($1.offset == 0 ? Self.thick : Self.thin) + 3 }
  }

  private func axis(_ svg: inout SVG, _ scale: Scale, top: Double, bottom: Double) {
    for tick in scale.ticks(svg.width > 600 ? 8 : 4) {
      svg.line((scale(tick), top - 4), (scale(tick), bottom), class: "grid")
      let anchor: SVG.Anchor = tick == 0 ? .start : scale(tick) > svg.width - 12 ? .end : .middle
      svg.text(Scale.label(tick), x: scale(tick), y: top - 8, anchor: anchor, class: "tick")
    }
    svg.text(axis, x: svg.width, y: 9, anchor: .end, class: "tick")
    for reference in references {
      svg.line((scale(reference.value), top - 4), (scale(reference.value), bottom), class: "reference")
      svg.text(reference.label, x: scale(reference.value), y: 9, anchor: .middle, class: "tick strong")
    }
  }

  private func draw(_ row: Row, _ svg: inout SVG, _ scale: Scale, _ top: Double) {
    svg.text(row.label, x: 0, y: top + 14, class: "label problem")
    var y = top + 20
    for (index, bar) in row.bars.enumerated() {
      let height = index == 0 ? Self.thick : Self.thin
      draw(bar, &svg, scale, y, height)
      y += height + 3
    }
  }

  private func draw(_ bar: Bar, _ svg: inout SVG, _ scale: Scale, _ y: Double, _ height: Double) {
    let (start, end, middle) = (scale(0), scale(bar.value), y + height / 2)
    svg.rect(
      x: start, y: y, width: end - start, height: height, class: "bar \(bar.style)",
      title: bar.detail.isEmpty ? bar.label : "\(bar.label) \(bar.detail)")
    if let interval = bar.interval {
      let (low, high) = (scale(interval.lowerBound), scale(interval.upperBound))
      svg.line((low, middle), (high, middle), class: "whisker")
      for x in [low, high] { svg.line((x, middle - 3), (x, middle + 3), class: "whisker") }
    }
    for mark in bar.marks {
      if mark.style == "tie" {
        svg.circle(x: scale(mark.value), y: middle, radius: 2.5, class: "mark tie", title: mark.title)
      } else {
        svg.rect(
          x: scale(mark.value) - 1, y: y - 2, width: 2, height: height + 4, class: "mark \(mark.style)",
          title: mark.title)
      }
    }
    svg.text(Self.text(bar, svg.width), x: scale(Self.reach(bar)) + 6, y: middle + 4)
  }
}
