/// Points and lines over two axes, labelled where they are.
struct PointPlot {
  struct Point {
    var x: Double
    var y: Double
    /// Written beside the point; empty for none.
    var label = ""
    var title = ""
  }

  struct Series {
    /// `best`, `plain`, `s0`…`s5`: what the page colours.
    var style: String
    var points: [Point]
    var isLine = false
    /// Whether each point gets a dot.
    var hasDots = true
    /// Written at the last point of a line, and how far below it.
    var label = ""
    var labelShift = 4.0
  }

  struct Axis {
    var title: String
    var kind: Scale.Kind
    var domain: ClosedRange<Double>
  }

  var x: Axis
  var y: Axis
  var series: [Series]
  var aspect = 0.7

  func drawing(width: Double) -> (svg: SVG, height: Double) {
    var svg = SVG(width: width)
    let left = 6 + (Scale(y.kind, y.domain, from: 0, to: 1).ticks().map { SVG.width(of: Scale.label($0)) }.max() ?? 0)
    let (top, bottom) = (22.0, 22 + min(width * aspect, 380))
    let across = Scale(x.kind, x.domain, from: left, to: width - 8)
    let upward = Scale(y.kind, y.domain, from: bottom, to: top)
    axes(&svg, across, upward, left, bottom)
    var taken: [(x: Double, y: Double)] = []
    for series in series { draw(series, &svg, across, upward, &taken) }
    return (svg, bottom + 34)
  }

  private func axes(_ svg: inout SVG, _ across: Scale, _ upward: Scale, _ left: Double, _ bottom: Double) {
    for tick in upward.ticks() {
      svg.line((left, upward(tick)), (svg.width - 8, upward(tick)), class: "grid")
      svg.text(Scale.label(tick), x: left - 5, y: upward(tick) + 4, anchor: .end, class: "tick")
    }
    for tick in across.ticks(svg.width > 600 ? 8 : 5) {
      svg.line((across(tick), bottom), (across(tick), bottom + 4), class: "axis")
      svg.text(Scale.label(tick), x: across(tick), y: bottom + 16, anchor: .middle, class: "tick")
    }
    svg.line((left, bottom), (svg.width - 8, bottom), class: "axis")
    svg.text(y.title, x: 0, y: 10, class: "tick strong")
    svg.text(x.title, x: svg.width - 8, y: bottom + 30, anchor: .end, class: "tick strong")
  }

  private func draw(
    _ series: Series, _ svg: inout SVG, _ across: Scale, _ upward: Scale, _ taken: inout [(x: Double, y: Double)]
  ) {
    let places = series.points.map { (x: across($0.x), y: upward($0.y)) }
    if series.isLine { svg.polyline(places, class: "line \(series.style)") }
    for (point, place) in zip(series.points, places) {
      if series.hasDots {
        svg.circle(x: place.x, y: place.y, radius: 3.5, class: "dot \(series.style)", title: point.title)
      }
      if !point.label.isEmpty { label(point.label, beside: place, series.style, &svg, &taken) }
    }
    if !series.label.isEmpty, let last = places.last {
      label(series.label, beside: last, series.style, &svg, &taken, shift: series.labelShift)
    }
  }

  /// Right of the place, or left of it at the edge, moved up or down out of the way of other labels.
  private func label(
    _ text: String, beside place: (x: Double, y: Double), _ style: String, _ svg: inout SVG,
    _ taken: inout [(x: Double, y: Double)], shift: Double = -5
  ) {
    let length = SVG.width(of: text)
    let isLeft = place.x + 7 + length > svg.width
    let start = isLeft ? place.x - 7 - length : place.x + 7
    func isFree(_ y: Double) -> Bool {
      !taken.contains { abs($0.y - y) < SVG.fontSize && $0.x > start - 4 && $0.x < start + length + 4 }
    }
    let tries = [0.0, -11, 10, -20, 19, -29].map { place.y + shift + $0 }
    let y = tries.first { $0 > 20 && isFree($0) } ?? tries[0]
    for step in stride(from: 0, through: length, by: 6) { taken.append((start + step, y)) }
    svg.text(text, x: isLeft ? place.x - 7 : place.x + 7, y: y, anchor: isLeft ? .end : .start, class: "label \(style)")
  }
}
