/// What the page's template reads: sections of figures and tables, everything as text.
struct Page {
  let title: String
  let lead: [String]
  let answers: [Answer]
  let sections: [Section]
  let style: String
  let script: String

  /// The outcome under one set of conditions.
  struct Answer {
    struct Number {
      var value: String
      var label: String
    }

    var claim: String
    var conditions: String
    var numbers: [Number]
  }

  struct Section {
    let id: String
    let title: String
    let lead: [String]
    let figures: [Figure]
    let tables: [Table]
    let notes: [String]
    // Templates see what is stored alone.
    let hasFigures: Bool
    let hasNotes: Bool

    init(
      id: String, title: String, lead: [String] = [], figures: [Figure] = [], tables: [Table] = [],
      notes: [String] = []
    ) {
      (self.id, self.title, self.lead) = (id, title, lead)
      (self.figures, self.tables, self.notes) = (figures, tables, notes)
      (hasFigures, hasNotes) = (!figures.isEmpty, !notes.isEmpty)
    }
  }

  /// A drawing and its numbers.
  struct Figure {
    let id: String
    let title: String
    let caption: String
    let drawings: [Drawing]
    let table: Table
    /// `wide` takes the whole width of the page.
    let style: String

    struct Drawing {
      let svg: String
      /// Which widths of the page show it.
      let style: String
    }
  }

  struct Table {
    var caption: String
    let columns: [Column]
    let rows: [Row]

    struct Column {
      let title: String
      let style: String
    }

    struct Row {
      let head: Cell
      let cells: [Cell]
    }

    /// The first cell of each row is its head.
    init(_ caption: String, _ columns: [(title: String, style: Cell.Style)], _ rows: [[Cell]]) {
      self.caption = caption
      self.columns = columns.map { Column(title: $0.title, style: $0.style.rawValue) }
      self.rows = rows.map { row in
        let styled = zip(row, columns).map { cell, column in cell.styled(column.style) }
        return Row(head: styled[0], cells: Array(styled.dropFirst()))
      }
    }
  }

  struct Cell: ExpressibleByStringInterpolation {
    enum Style: String { case text, number, code }

    var text: String
    /// The number it sorts by; nil sorts by the text.
    var order: String?
    var style = ""
    /// 0…100 %: how much of the shade lies behind it.
    var shade: String?

    init(_ text: String, order: Double? = nil, shade: Double? = nil, isBest: Bool = false) {
      self.text = text
      self.order = order.map { "\($0)" }
      self.shade = shade.map { SVG.number(100 * min(max($0, 0), 1)) + "%" }
      style = isBest ? "best" : ""
    }

    init(stringLiteral text: String) { self.init(text) }

    init(_ count: Int) { self.init("\(count)", order: Double(count)) }

    static func bytes(_ bytes: Int) -> Cell { Cell(Format.bytes(bytes), order: Double(bytes)) }

    func styled(_ column: Style) -> Cell {
      var cell = self
      cell.style = style.isEmpty ? column.rawValue : "\(column.rawValue) \(style)"
      return cell
    }
  }
}

extension Page.Figure {
  /// What draws at any width.
  typealias Plot = (_ width: Double) -> (svg: SVG, height: Double)

  /// - Parameter isWide: takes the page's whole width, with a drawing of its own for it.
  init(_ id: String, _ title: String, _ caption: String, isWide: Bool = false, _ table: Page.Table, _ plot: Plot) {
    self.id = id
    self.title = title
    self.caption = caption
    self.table = table
    style = isWide ? "figure wide" : "figure"
    func drawing(_ width: Double, _ suffix: String, _ style: String) -> Drawing {
      let (svg, height) = plot(width)
      let element = svg.element(id: id + suffix, height: height, title: title, description: caption)
      return Drawing(svg: element, style: style)
    }
    drawings =
      isWide
      ? [drawing(1000, "-wide", "drawing at-wide"), drawing(360, "-narrow", "drawing at-narrow")]
      : [drawing(360, "", "drawing")]
  }
}
