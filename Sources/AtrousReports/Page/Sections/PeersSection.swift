import AtrousDatabase

/// Other libraries on the same shapes, in alternating rounds.
enum PeersSection {
  static let maker = SectionMaker(
    title: "Against other libraries", need: "`Scripts/peers` and `atrous report --peers FILE`", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    let measured = data.peers.filter { !$0.shapes.isEmpty }
    guard !measured.isEmpty else { return nil }
    return Page.Section(
      id: "peers", title: maker.title,
      lead: [
        "Measured apart from the database: all on the same cores in shuffled rounds, each with its own weight packing and "
          + "the layout it likes best. The ratio is the best other's median time over ours; above 1 Atrous is faster."
      ],
      figures: measured.enumerated().map { figure($0.element, $0.offset) }, tables: measured.map(everybody),
      notes: measured.map { peers in
        "\(conditions(peers)): " + peers.versions.map { "\($0.name) \($0.version)" }.joined(separator: ", ") + "."
      })
  }

  private static func conditions(_ peers: Peers) -> String {
    "\(Format.count(peers.threads, "thread")), \(peers.machine)"
  }

  private static func figure(_ peers: Peers, _ index: Int) -> Page.Figure {
    let plot = BarPlot(
      axis: "GFLOP/s, nominal",
      rows: peers.shapes.map { shape in
        BarPlot.Row(
          label: shape.problem,
          bars: [bar(shape, shape.ours, "best"), bar(shape, shape.best, "peer")].compactMap { $0 })
      })
    return Page.Figure(
      "peers-\(index + 1)", "Atrous and the best other on each shape: \(conditions(peers))",
      "Medians over the rounds. Whose error passes 1e-4 does not count.", isWide: true, ratios(peers), plot.drawing)
  }

  private static func bar(_ shape: Peers.Shape, _ entrant: Peers.Entrant?, _ style: String) -> BarPlot.Bar? {
    guard let entrant, let rate = shape.rate(entrant) else { return nil }
    let gain = entrant.isOurs ? shape.gain.map { ", \(Format.ratio($0.value))" } ?? "" : ""
    return BarPlot.Bar(value: rate, label: "\(Format.digits(rate)) \(entrant.name)\(gain)", style: style)
  }

  private static func ratios(_ peers: Peers) -> Page.Table {
    let rows = peers.shapes.map { shape -> [Page.Cell] in
      let gain = shape.gain
      return [
        Page.Cell(shape.problem), Page.Cell(shape.ours?.name ?? "–"), cell(shape, shape.ours),
        Page.Cell(shape.best?.name ?? "–"), cell(shape, shape.best),
        Page.Cell(gain.map { Format.ratio($0.value) } ?? "–", order: gain?.value ?? -1),
        Page.Cell(gain.map { Format.fixed($0.interval.lowerBound, 2) } ?? "", order: gain?.interval.lowerBound ?? -1),
        Page.Cell(gain.map { Format.fixed($0.interval.upperBound, 2) } ?? "", order: gain?.interval.upperBound ?? -1),
      ]
    }
    return Page.Table(
      "The better of ours and the best other: \(conditions(peers))",
      [
        ("shape", .code), ("ours", .text), ("GFLOP/s nominal", .number), ("best other", .text),
        ("GFLOP/s nominal", .number), ("ratio", .number), ("low", .number), ("high", .number),
      ], rows)
  }

  private static func cell(_ shape: Peers.Shape, _ entrant: Peers.Entrant?) -> Page.Cell {
    let rate = entrant.flatMap(shape.rate)
    return Page.Cell(rate.map { Format.digits($0) } ?? "–", order: rate ?? -1)
  }

  private static func everybody(_ peers: Peers) -> Page.Table {
    let names = Set(peers.shapes.flatMap { $0.entrants.map(\.name) }).sorted()
    let rows = peers.shapes.map { shape in
      [Page.Cell(shape.problem)]
        + names.map { name in cell(shape, name) }
    }
    return Page.Table(
      "Everybody, nominal GFLOP/s: \(conditions(peers)). ×: error over the limit, does not count; –: does not run it.",
      [("shape", .code)] + names.map { ($0, .number) }, rows)
  }

  private static func cell(_ shape: Peers.Shape, _ name: String) -> Page.Cell {
    guard let entrant = shape.entrants.first(where: { $0.name == name }), let rate = shape.rate(entrant) else {
      return Page.Cell("–", order: -1)
    }
    let most = shape.entrants.filter(\.counts).compactMap(shape.rate).max() ?? rate
    return Page.Cell(
      Format.digits(rate) + (entrant.counts ? "" : " ×"), order: rate, shade: entrant.counts ? rate / most : 0,
      isBest: entrant.counts && rate == most)
  }
}
