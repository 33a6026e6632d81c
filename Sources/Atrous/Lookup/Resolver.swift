import AtrousCore
import AtrousKernels

/// The lookup ladder: from a problem to the candidate to run, by the best evidence there is.
public struct Resolver: Sendable {
  public let tables: TableStack
  public let machine: Machine
  /// No candidate of a better instruction set is taken.
  public let isa: InstructionSet
  public let registry: Registry
  /// By layer and machine of its table.
  private let relations: [[MachineRelation]]

  /// - Parameters:
  ///   - machine: whom the tables' machines are compared with.
  ///   - isa: the best instruction set that may be taken.
  ///   - registry: the variants that may run.
  public init(
    tables: TableStack = .shared, machine: Machine = HostMachine.current,
    isa: InstructionSet = HostMachine.instructionSet, registry: Registry = .shared
  ) {
    self.tables = tables
    self.machine = machine
    self.isa = isa
    self.registry = registry
    relations = tables.layers.map { $0.table.machines.map { MachineRelation(of: $0, to: machine) } }
  }

  /// This machine with this process's tables.
  public static let shared = Resolver()

  /// The resolver's machine with an instruction set and threads: what a plan is made for.
  public func target(_ isa: InstructionSet, threads: Int) -> Target {
    Target(machine: machine, isa: isa, threads: threads)
  }

  /// What runs for the problem.
  ///
  /// The best rung wins, in a tie the earlier table, then the nearer problem, then the most threads (never more than
  /// asked). An entry counts only if its variant is known and accepts the configuration for this problem here; that of
  /// another problem is adapted first, and keeps within `MemoryRule` as the cost model's choice does.
  /// - Parameter threads: at least 1.
  /// - Throws: `AtrousError.unsupported` where no variant accepts the problem.
  public func resolve(_ problem: Problem, threads: Int = 1) throws(AtrousError) -> Resolution {
    var best: Match?
    for rung in Rung.allCases.dropLast() {
      for layer in tables.layers.indices {
        for match in matches(rung, problem, threads, layer: layer) where best.map({ match.rank < $0.rank }) ?? true {
          best = match
        }
      }
      if let best, best.rung <= rung { break }
    }
    if let best { return resolution(best, problem, threads: threads) }
    return Resolution(
      candidate: try expected(problem, threads: threads), rung: .costModel, demotion: nil, evidence: nil, isStale: false
    )
  }

  /// The accepted entries of a layer on one rung that may be the best.
  private func matches(_ rung: Rung, _ problem: Problem, _ threads: Int, layer: Int) -> [Match] {
    let table = tables.layers[layer].table
    let machines = table.machines.indices.filter { relations[layer][$0] == rung.relation }
    if machines.isEmpty { return [] }
    switch rung {
    case .exact, .microarchitecture, .similarCaches:
      return machines.flatMap { exact(rung, problem, threads, layer, machine: $0) }
    case .otherEpilogueOrBatch:
      let positions = table.kernels.positions(of: problem.kernel)
      return first(of: positions.map { table.kernels.order[$0] }, rung, problem, threads, layer, machines)
    case .nearest, .microarchitectureNearest:
      return first(of: Array(table.entries.indices), rung, problem, threads, layer, machines)
    case .costModel:
      return []
    }
  }

  /// The accepted entries of exactly the problem, by falling threads, down to the first that is not demoted.
  private func exact(_ rung: Rung, _ problem: Problem, _ threads: Int, _ layer: Int, machine: Int) -> [Match] {
    let table = tables.layers[layer].table
    var found: [Match] = []
    for index in table.all(problem, machine: machine, threads: threads)
    where candidate(table.entries[index], on: rung, for: problem, threads: threads) != nil {
      let match = match(rung, layer, index, distance: 0)
      found.append(match)
      if match.demotion == nil { break }
    }
    return found
  }

  /// The best-ranked accepted of some entries.
  private func first(
    of indices: [Int], _ rung: Rung, _ problem: Problem, _ threads: Int, _ layer: Int, _ machines: [Int]
  ) -> [Match] {
    let entries = tables.layers[layer].table.entries
    let ranked = indices.filter { machines.contains(entries[$0].machine) && entries[$0].threads <= threads }
      .compactMap { index -> Match? in
        let other = entries[index].problem
        // Any batch will do where the rest is the same.
        let distance =
          rung == .otherEpilogueOrBatch ? problem.unboundedDistance(to: other) : problem.distance(to: other)
        return distance.map { match(rung, layer, index, distance: $0) }
      }
      .sorted { $0.rank < $1.rank }
    return ranked.first { candidate(entries[$0.entry], on: rung, for: problem, threads: threads) != nil }.map { [$0] }
      ?? []
  }

  private func match(_ rung: Rung, _ layer: Int, _ index: Int, distance: Double) -> Match {
    let table = tables.layers[layer].table
    let entry = table.entries[index]
    // Only evidence of an equal key claims to be of this very machine.
    let difference =
      rung.relation == .same
      ? machine.difference(from: table.machines[entry.machine], threads: entry.threads) : nil
    return Match(
      rung: difference == nil ? rung : rung.next, foundOn: rung, demotion: difference, layer: layer, entry: index,
      distance: distance, threads: entry.threads)
  }

  /// What runs of an entry found on a rung; nil where its variant is unknown, refuses, or would take too much memory.
  private func candidate(_ entry: Table.Entry, on rung: Rung, for problem: Problem, threads: Int) -> Candidate? {
    var candidate = entry.candidate
    guard candidate.isa <= isa, let variant = registry[candidate.variant] else { return nil }
    let target = target(candidate.isa, threads: threads)
    if rung.isOfOtherProblems && variant.rejection(of: problem, on: target) == nil {
      let adapted = variant.adapted(candidate.configuration, from: entry.problem, to: problem, on: target)
      guard let allowed = withinMemory(adapted, of: variant, for: problem, on: target) else { return nil }
      candidate.configuration = allowed
    }
    return variant.rejection(of: candidate.configuration, for: problem, on: target) == nil ? candidate : nil
  }

  private func resolution(_ match: Match, _ problem: Problem, threads: Int) -> Resolution {
    let layer = tables.layers[match.layer]
    let entry = layer.table.entries[match.entry]
    return Resolution(
      candidate: candidate(entry, on: match.foundOn, for: problem, threads: threads) ?? entry.candidate,
      rung: match.rung, demotion: match.demotion,
      evidence: Evidence(
        origin: layer.origin, entry: entry, machine: layer.table.machines[entry.machine].key, distance: match.distance),
      isStale: registry[entry.candidate.variant]?.revision != entry.revision)
  }
}

/// An entry that may run, and what it is worth.
private struct Match {
  let rung: Rung
  /// Before any demotion.
  let foundOn: Rung
  let demotion: String?
  let layer: Int
  let entry: Int
  let distance: Double
  let threads: Int

  /// Smaller is better.
  var rank: (Int, Int, Int, Double, Int, Int) {
    (rung.rawValue, demotion == nil ? 0 : 1, layer, distance, -threads, entry)
  }
}

/// How a table's machine relates to the one at hand.
enum MachineRelation: Hashable, Sendable {
  case same
  case microarchitecture
  case similarCaches
  case foreign

  init(of recorded: Machine, to machine: Machine) {
    let (mine, theirs) = (machine.key, recorded.key)
    if mine == theirs {
      self = .same
    } else if mine.microarchitecture == theirs.microarchitecture {
      self = .microarchitecture
    } else if machine.architecture == recorded.architecture,
      machine.bestInstructionSet == recorded.bestInstructionSet, mine.hasCachesWithinTwice(of: theirs)
    {
      self = .similarCaches
    } else {
      self = .foreign
    }
  }
}

extension Rung {
  /// Whether entries of other problems than the one asked, but for epilogue and batch, count on this rung.
  fileprivate var isOfOtherProblems: Bool { self == .nearest || self == .microarchitectureNearest }

  /// The machines whose entries count on this rung.
  fileprivate var relation: MachineRelation {
    switch self {
    case .exact, .otherEpilogueOrBatch, .nearest: .same
    case .microarchitecture, .microarchitectureNearest: .microarchitecture
    case .similarCaches: .similarCaches
    case .costModel: .foreign
    }
  }
}
