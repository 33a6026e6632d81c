import Atrous
import AtrousCore
import AtrousDatabase

/// What the sections of a page are made of.
struct PageData {
  /// Results under one set of conditions.
  struct Group {
    let key: ResultKey
    /// Unique in the page, fit for an id.
    let id: String
    let assessments: [Assessment]
  }

  let database: Database
  let peers: [Peers]
  let registry: Registry
  let groups: [Group]
  let problems: [Problem]
  private let numbers: [Problem: Int]
  private let namesMachine: Bool

  init(_ database: Database, _ assessments: [Assessment], peers: [Peers], registry: Registry) {
    self.database = database
    self.peers = peers
    self.registry = registry
    groups = assessments.byConditions.enumerated().map { index, assessments in
      Group(key: assessments[0].result.key, id: "g\(index + 1)", assessments: assessments)
    }
    var seen: Set<Problem> = []
    problems = assessments.map(\.problem).filter { seen.insert($0).inserted }
    numbers = Dictionary(uniqueKeysWithValues: problems.enumerated().map { ($0.element, $0.offset + 1) })
    namesMachine = Set(assessments.map(\.result.key.machine)).count > 1
  }

  /// From 1, the same all over the page.
  func number(_ problem: Problem) -> Int { numbers[problem] ?? 0 }

  /// `3 · c512 h33 …`
  func name(_ problem: Problem) -> String { "\(number(problem)) · \(problem)" }

  func numberCell(_ problem: Problem) -> Page.Cell { Page.Cell(number(problem)) }

  /// `1 thread, warm caches, compact`; the machine only where there are several.
  func conditions(_ key: ResultKey) -> String {
    "\(Format.count(key.threads, "thread")), \(key.cache.rawValue) caches, placement \(key.placement)"
      + (namesMachine ? ", on \(key.machine)" : "")
  }

  /// The conditions, where there are several to tell apart.
  func suffix(_ group: Group) -> String { groups.count > 1 ? " · " + conditions(group.key) : "" }

  /// A candidate with its settings in the variant's own order.
  func text(_ candidate: Candidate) -> String { "\(candidate.ordered(by: registry))" }

  /// The settings alone.
  func settings(_ candidate: Candidate) -> String {
    candidate.ordered(by: registry).configuration.settings.map { "\($0)" }.joined(separator: " ")
  }

  /// The largest FMA peak known beside a group's winners, in GFLOP/s.
  func peak(_ group: Group) -> Double? {
    group.assessments.compactMap { assessment in
      assessment.winner.flatMap { assessment.peak(for: $0.fastest) }
    }.max()
  }
}

/// A section, or what to run to get it.
struct SectionMaker: Sendable {
  let title: String
  let need: String
  let make: @Sendable (PageData) -> Page.Section?

  static let all: [SectionMaker] = [
    MachineSection.maker, RooflineSection.maker, WinnersSection.maker, PeersSection.maker,
    VariantsSection.maker, TilesSection.maker,
    LayoutsSection.maker, DilationSection.maker, AccuracySection.maker, ThreadsSection.maker, MemorySection.maker,
    RefusalsSection.maker,
  ]
}
