// Blocks of phases and spans of channels of y = A [ Σ_c (G w Gᵀ) ⊙ (B x Bᵀ) ] Aᵀ. Register budget: see Tile.swift.

import AtrousCore

/// Which blocks and spans are worth trying.
extension ShortPhaseVariant {
  func initial(for problem: Problem, on target: Target) -> Values {
    var values = Values()
    let shape = WinogradFilters.shapes(problem, target).first!
    values.mr = shape.mr
    values.vectors = shape.vectors
    values.spanChannels = Self.spans(problem).last!
    return values
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    for shape in WinogradFilters.shapes(problem, target).prefix(3) {
      for spanChannels in Self.spans(problem) {
        var values = Values()
        values.mr = shape.mr
        values.vectors = shape.vectors
        values.spanChannels = spanChannels
        for slots in Self.blocks(values, problem, target) {
          values.slots = slots
          if !space.contains(values) { space.append(values) }
        }
      }
    }
    return space
  }

  /// All channels at once, or the few that keep V in L3.
  private static func spans(_ problem: Problem) -> [Int] {
    [0] + [1024, 512, 256].filter { 2 * $0 <= problem.channelsPerGroup }
  }

  /// All phases, V and M within L2, and as many phases as keep weights from being re-read too often.
  private static func blocks(_ values: Values, _ problem: Problem, _ target: Target) -> [Int] {
    let model = model(values, problem, target)
    let sizes = [target.l2Bytes / model.tileBytes, 48, 96].map { max(2, $0 / values.mr) * values.mr }
    return [0] + Set(sizes.filter { 2 * $0 <= model.tileCount }).sorted()
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    Self.model(values, problem, target).cost
  }

  private static func model(_ values: Values, _ problem: Problem, _ target: Target) -> WinogradModel {
    WinogradModel(
      rows: WinogradTotals(ofShortPhases: problem.height), columns: WinogradTotals(ofShortPhases: problem.width),
      mr: values.mr, vectors: values.vectors, blockTiles: values.slots, spanChannels: values.spanChannels, problem,
      target)
  }
}
