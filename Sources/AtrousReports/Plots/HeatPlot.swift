/// Numbers over two settings, each a square shaded by how good it is.
struct HeatPlot {
  struct Cell {
    var text: String
    /// 0…1, the best being 1; nil for what has no number.
    var shade: Double?
    var title: String
    var isBest = false
  }

  var columnTitle: String
  var columns: [String]
  var rowTitle: String
  var rows: [String]
  /// By row, then column; nil is left empty.
  var cells: [[Cell?]]

  private static let height = 26.0

  func drawing(width: Double) -> (svg: SVG, height: Double) {
    var svg = SVG(width: width)
    let left = 14 + (rows.map { SVG.width(of: $0) }.max() ?? 0) + SVG.width(of: rowTitle)
    let top = 34.0
    let step = min((width - left) / Double(max(columns.count, 1)), 64)
    svg.text(columnTitle, x: left, y: 10, class: "tick strong")
    svg.text(rowTitle, x: 0, y: top + Self.height / 2 + 4, class: "tick strong")
    for (index, column) in columns.enumerated() {
      svg.text(column, x: left + (Double(index) + 0.5) * step, y: top - 8, anchor: .middle, class: "tick")
    }
    for (row, name) in rows.enumerated() {
      let y = top + Double(row) * Self.height
      svg.text(name, x: left - 6, y: y + Self.height / 2 + 4, anchor: .end, class: "tick")
      for (column, cell) in cells[row].enumerated() {
        guard let cell else { continue }
        let x = left + Double(column) * step
        let style = cell.isBest ? "cell best" : cell.shade == nil ? "cell slow" : "cell"
        svg.rect(
          x: x + 1, y: y + 1, width: step - 2, height: Self.height - 2, class: style, shade: cell.shade,
          title: cell.title)
        svg.text(
          cell.text, x: x + step / 2, y: y + Self.height / 2 + 4, anchor: .middle,
          class: cell.shade ?? 0 > 0.55 ? "label inside" : cell.shade == nil ? "tick" : "label on-cell")
      }
    }
    return (svg, top + Double(rows.count) * Self.height + 4)
  }
}
