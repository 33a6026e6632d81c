import Atrous
import AtrousCore
import AtrousDatabase

extension Page {
  /// The page of a database: the answer, then a section for everything that there is data for.
  init(_ data: PageData) {
    let made = SectionMaker.all.map { (maker: $0, section: $0.make(data)) }
    let missing = made.filter { $0.section == nil }.map(\.maker)
    title = "Dilated convolution: which kernels win"
    lead = data.groups.isEmpty ? ["Nothing has been measured yet: `atrous tune` does.".withoutBackticks] : []
    answers = data.groups.map { Answer($0, data) }
    sections =
      made.compactMap(\.section) + [CoverageSection.section(data, missing: missing), ReadingSection.section]
    style = pageStyle
    script = pageScript
  }
}

extension Page.Answer {
  fileprivate init(_ group: PageData.Group, _ data: PageData) {
    let all = group.assessments
    claim = Self.claim(all)
    conditions =
      "\(Format.count(all.count, "problem")); \(Format.count(group.key.threads, "thread")), \(group.key.cache.rawValue) "
      + "caches, placement \(group.key.placement), on \(group.key.machine). Ratios are geometric means of medians' ratios."
    numbers = []
    let peers = data.peers.first { $0.threads == group.key.threads }
    if let gains = peers?.gains {
      numbers.append(
        .init(
          value: Format.ratio(gains.mean),
          label: "over the best other library (from \(Format.ratio(gains.least)) to \(Format.ratio(gains.most)), "
            + "\(Format.count(gains.count, "shape")))"))
    }
    if let gains = all.gainsOverPlain { numbers.append(Self.number(gains, "over the best kernel without a transform")) }
    if let gains = all.gainsOverDefault { numbers.append(Self.number(gains, "over the untuned default")) }
    let shares = all.compactMap { assessment in
      assessment.winner.flatMap { winner in
        assessment.peak(for: winner.fastest).map { peak in
          assessment.rate(winner.fastest, assessment.problem.nominalFLOPs) / peak
        }
      }
    }
    if let most = shares.max(), let least = shares.min() {
      numbers.append(
        .init(
          value: Format.percent(Statistics.geometricMean(shares), of: 1),
          label:
            "of the FMA peak in nominal FLOPs (from \(Format.percent(least, of: 1)) to \(Format.percent(most, of: 1)))"
            .replacing(" %", with: "\u{a0}%")
        ))
    }
  }

  /// `winograd wins 8 of 10 problems, depthwise-tile and short-phase one each.`
  private static func claim(_ assessments: [Assessment]) -> String {
    let wins = assessments.wins
    guard let first = wins.first else { return "Nothing has won yet." }
    let rest = wins.dropFirst().map { "\($0.name) \($0.count)" }
    let others = rest.count > 1 ? rest.dropLast().joined(separator: ", ") + " and " + rest.last! : rest.first
    var text =
      "\(first.name) wins \(first.count) of \(Format.count(assessments.count, "problem"))"
      + (others.map { ", \($0)" } ?? "") + "."
    if let gains = assessments.gainsOverPlain, gains.most.value > 1.005 {
      text +=
        " Against the best kernel without a transform the winners are up to \(Format.ratio(gains.most.value)) as fast, "
        + "the most on \(gains.most.problem)."
    }
    return text
  }

  private static func number(_ gains: Gains, _ what: String) -> Number {
    Number(
      value: Format.ratio(gains.mean),
      label: "\(what) (from \(Format.ratio(gains.least.value)) to \(Format.ratio(gains.most.value)), "
        + "\(Format.count(gains.count, "problem")))")
  }
}
