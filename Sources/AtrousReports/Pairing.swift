import AtrousCore
import AtrousDatabase

/// Winners of two databases by problem and conditions.
///
/// A condition that each database has one value of, but not the same, is what is compared: it separates no pair.
struct Pairing {
  private(set) var pairs: [(base: Winner, new: Winner)] = []
  private(set) var onlyInBase: [ResultKey] = []
  private(set) var onlyInNew: [ResultKey] = []

  init(_ base: [Winner], _ new: [Winner]) {
    let crossed = Condition.allCases.filter { condition in
      let values = (Set(base.map { condition.value($0.key) }), Set(new.map { condition.value($0.key) }))
      return values.0.count == 1 && values.1.count == 1 && values.0 != values.1
    }
    let place = { (winner: Winner) in Place(winner.key, crossed) }
    let others = Dictionary(new.map { (place($0), $0) }) { first, _ in first }
    for winner in base {
      if let other = others[place(winner)] {
        pairs.append((winner, other))
      } else {
        onlyInBase.append(winner.key)
      }
    }
    let known = Set(base.map(place))
    onlyInNew = new.filter { !known.contains(place($0)) }.map(\.key)
  }

  private struct Place: Hashable {
    let problem: Problem
    let conditions: [String]

    init(_ key: ResultKey, _ crossed: [Condition]) {
      let asked = key.problem
      let common = crossed.contains(.layout) ? try? asked.with(inputLayout: .nchw, outputLayout: .nchw) : nil
      problem = common ?? asked
      conditions = Condition.allCases.map { crossed.contains($0) ? "" : $0.value(key) }
    }
  }
}

/// What a result stands under beside its problem, and the problem's layouts.
enum Condition: String, CaseIterable {
  case machine, threads, placement, caches, layout

  func value(_ key: ResultKey) -> String {
    switch self {
    case .machine: "\(key.machine)"
    case .threads: "\(key.threads)"
    case .placement: key.placement
    case .caches: key.cache.rawValue
    case .layout: "\(key.problem.inputLayout.rawValue):\(key.problem.outputLayout.rawValue)"
    }
  }
}

extension Comparison.Difference {
  /// Conditions of the results and what the runs tell of themselves, where the databases' values are not the same.
  static func all(_ base: Database, _ new: Database) -> [Self] {
    let conditions = Condition.allCases.map { condition in
      Self(
        condition.rawValue, base.results.map { condition.value($0.key) }, new.results.map { condition.value($0.key) })
    }
    let facts: [(String, (Run) -> String?)] = [
      ("generator", { $0.generator.title }), ("compiler", { $0.generator.compiler }), ("flags", { $0.generator.flags }),
      ("brand", { $0.machine.facts.brand }), ("hypervisor", { $0.machine.facts.hypervisor }),
      ("quota", { $0.machine.facts.quotaCPUs.map { "\(Format.fixed($0, 2)) CPUs" } }),
      ("microcode", { $0.machine.facts.microcode }), ("kernel", { $0.machine.facts.kernel }),
      ("governor", { $0.machine.facts.governor }),
    ]
    let runs = facts.map { name, value in Self(name, base.runs.compactMap(value), new.runs.compactMap(value)) }
    return (conditions + runs).filter { $0.base != $0.new }
  }

  private init(_ name: String, _ base: [String], _ new: [String]) {
    self.init(name: name, base: Set(base).sorted(), new: Set(new).sorted())
  }
}
