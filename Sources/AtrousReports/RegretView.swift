import Atrous
import AtrousCore
import AtrousDatabase

/// What each rung of the lookup costs under one set of conditions, by leaving out.
struct RegretView {
  struct Row {
    let rung: String
    let problems: String
    let unknown: String
    let median: String
    let mean: String
    let worst: String
  }

  let rows: [Row]

  /// - Parameter assessments: under one set of conditions.
  init(_ assessments: [Assessment], of database: Database, constraints: Constraints, registry: Registry) {
    rows = Self.choices(assessments, of: database, constraints: constraints, registry: registry)
      .map { Row($0.rung, $0.choices) }
  }

  /// What each rung chooses that chooses at all.
  static func choices(
    _ assessments: [Assessment], of database: Database, constraints: Constraints, registry: Registry
  ) -> [(rung: Rung, choices: [LeftOut])] {
    let key = assessments[0].result.key
    guard let isa = assessments.compactMap(\.winner?.fastest.isa).max(),
      let machine = database.runs.last(where: { $0.machine.key == key.machine })?.machine
    else { return [] }
    return Rung.allCases.dropFirst().map { rung in
      (
        rung,
        database.leftOut(rung, on: machine, isa: isa, constraints: constraints, registry: registry) {
          $0.conditions == key.conditions
        }
      )
    }.filter { !$0.choices.isEmpty }
  }
}

extension RegretView.Row {
  fileprivate init(_ rung: Rung, _ choices: [LeftOut]) {
    let regret = Regret(choices)
    self.rung = "\(rung)"
    problems = "\(choices.count)"
    unknown = "\(choices.count { $0.regret == nil })"
    median = regret.map { Format.share($0.median) } ?? "–"
    mean = regret.map { Format.share($0.mean) } ?? "–"
    worst = regret.map { "\(Format.share($0.worst)), `\($0.worstProblem)`" } ?? "–"
  }
}

extension Regret {
  /// `3.1 % in the median, 4.0 % in the mean, 12.0 % at worst, where this rung chose for 9 measured problems; …`
  package var text: String {
    "\(Format.share(median)) in the median, \(Format.share(mean)) in the mean, \(Format.share(worst)) at worst, where "
      + "this rung chose for \(Format.count(known, "measured problem"))"
      + (unknown == 0 ? "" : "; \(unknown) more choices were not measured")
  }
}
