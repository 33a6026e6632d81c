import AtrousCore
import AtrousDatabase

/// The machine: what it says of itself beside what was measured of it.
enum MachineSection {
  static let maker = SectionMaker(title: "The machine", need: "`atrous tune` records it", make: section)

  private static func section(_ data: PageData) -> Page.Section? {
    var keys: [String] = []
    for run in data.database.runs where !keys.contains("\(run.machine.key)") { keys.append("\(run.machine.key)") }
    guard !keys.isEmpty else { return nil }
    let tables = keys.flatMap { key in
      Self.tables(data.database.runs.filter { "\($0.machine.key)" == key }, of: key)
    }
    return Page.Section(
      id: "machine", title: maker.title,
      lead: ["A virtual machine may claim what it likes: what decides is measured in the same run as the kernels."],
      tables: tables, notes: data.database.runs.flatMap(notes))
  }

  private static func tables(_ runs: [Run], of key: String) -> [Page.Table] {
    let view = MachineView(runs[0])
    let facts = view.facts.map { [Page.Cell($0.name), Page.Cell($0.value.replacing("\\|", with: "|"))] }
    let caches = runs[0].machine.kinds.enumerated().flatMap { index, kind in
      [("L1d", kind.l1d), ("L2", kind.l2), ("L3", kind.l3)].compactMap { name, cache in
        cache.map { [Page.Cell(Self.kind(index, runs[0]) + name), Page.Cell(Self.text($0))] }
      }
    }
    let measured = runs.flatMap { run in run.measurements.map { row($0, run) } }
    let claimed = Page.Table(
      "Claimed by \(key), unchecked", [("fact", .text), ("value", .text)], facts + caches)
    guard !measured.isEmpty else { return [claimed] }
    return [
      claimed,
      Page.Table(
        "Measured, the median with its 95 % interval",
        [("what", .text), ("instruction set", .text), ("threads", .number), ("value", .number), ("run", .code)],
        measured),
    ]
  }

  private static func kind(_ index: Int, _ run: Run) -> String {
    run.machine.kinds.count > 1 ? "cores of kind \(index + 1): " : ""
  }

  private static func text(_ cache: Cache) -> String {
    let ways = cache.ways > 0 ? ", \(cache.ways) ways" : ""
    let sharing = cache.sharingCores > 1 ? ", shared by \(cache.sharingCores) cores" : ""
    return Format.bytes(cache.bytes) + ways + sharing
  }

  private static let names = [
    "fma_peak": "FMA peak", "fma_loop": "one round of the FMA loop",
    "round_trip": "a cache line to another core and back",
    "round_trip_spread": "a cache line to a core of another cache and back",
    "round_trips": "a cache line to each other processor and back",
  ]

  private static func row(_ measurement: Measurement, _ run: Run) -> [Page.Cell] {
    [
      Page.Cell(names[measurement.name] ?? measurement.name.replacing("_", with: " ")),
      Page.Cell(measurement.isa ?? "any"), Page.Cell(measurement.threads),
      Page.Cell(
        Format.digits(measurement.median, measurement.ci95) + " " + measurement.unit, order: measurement.median),
      Page.Cell(run.id),
    ]
  }

  private static func notes(_ run: Run) -> [String] {
    let made = [run.generator.title, run.generator.compiler, run.generator.flags].filter { !$0.isEmpty }
    let strategy = run.strategy.map { "; strategy \($0)" } ?? ""
    let failed = run.preflight.filter { !$0.passed }.map { "Not at rest when measured: \($0.name): \($0.detail)." }
    return ["Run \(run.id): \(made.joined(separator: ", "))\(strategy)."] + failed
  }
}
