// Blocks of phases and spans of channels of y = A [ Σ_c (G w Gᵀ) ⊙ (B x Bᵀ) ] Aᵀ. Register budget: see Tile.swift.

import AtrousCore

/// Which blocks and spans are worth trying.
extension ShortPhaseVariant {
  func initial(for problem: Problem, on target: Target) -> Values {
    var values = Values()
    let shape = WinogradFilters.shapes(problem, target).first!
    values.mr = shape.mr
    values.vectors = shape.vectors
    values.spanChannels = Self.spans(problem).contains(256) ? 256 : 0
    values.slots = Self.blocks(values, problem, target).last!
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
    [0] + [512, 256, 128].filter { 2 * $0 <= problem.channelsPerGroup }
  }

  /// All phases, or as many as a thread's quarter of L3 holds V and M of (2048→256 65×65 on a Zen 5 core, all, within an eighth,
  /// within a quarter: d24 63.9, 56.1, 52.1 ms, d36 59.4, 40.9, 41.0; 33×33 d12, whose phases all fit, in two blocks 13.8 → 15.4),
  /// and at most its share of them: threads that share one block fetch half of V and M from each other's caches (d18, two cores
  /// of one L3 5.5 ms, of two 7.2, a block each 5.9, 6.0).
  private static func blocks(_ values: Values, _ problem: Problem, _ target: Target) -> [Int] {
    let model = model(values, problem, target)
    let room = max(2, target.l3Bytes / 4 / target.threads / model.tileBytes / values.mr) * values.mr
    let size = min(room, model.share)
    return 3 * size <= 2 * model.tileCount ? [0, size] : [0]
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
