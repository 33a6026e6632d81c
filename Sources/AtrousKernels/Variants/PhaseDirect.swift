// y[o][k] = epilogue( Σ_t Σ_c x[o + t·dilation − before][c] · w[t][c][k] ) on the phases of a dilated problem, channels last.
//
// The outputs of one phase are a dense problem. What a band of them reads is copied to scratch in L2, pixel beside pixel:
// a register tile then walks neighbours, whatever the dilation and the pitch of the image, and no pitch of a power of two
// meets itself in one cache set. Padded taps are skipped. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Direct convolution on packed phases: NHWC, one and two dimensions, stride 1, pads of at most the filter's reach.
///
/// Faster than `direct-nhwc` where the image's pitch is a power of two and whole phases fit L2 (256→256 64×64 d16 by a fifth
/// on Zen 3); slower where a phase is cut into bands, as every pass over them reads all weights again.
struct PhaseDirectVariant: KernelVariant {
  struct Values: Tunables {
    var mr = 6
    var vectors = 2
    var rows = 0
    var bands = 1

    static var parameters: [Parameter<Values>] {
      [
        .tileRows(\.mr, "output positions"),
        .tileVectors(\.vectors, "output channels"),
        Parameter(
          "hb", \.rows, 0...1_048_576,
          "output rows of a phase a band; fewer take less of L2, but rows between bands are copied twice; 0 is all"),
        Parameter(
          "fb", \.bands, 1...1_048_576,
          "bands, of one phase or several, a pass; more re-read weights less often, but leave L2"),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  let id: VariantID = "phase-direct"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.panelRejection { return rejection }
    if problem.depth != .absent { return Rejection(.unsupported, "takes one and two dimensions, not three") }
    let axes = [("height", problem.height), ("width", problem.width)]
    if axes.contains(where: { $0.1.stride != 1 }) {
      return Rejection(.unsupported, "takes stride 1, not \(problem.height.stride)×\(problem.width.stride)")
    }
    if axes.allSatisfy({ $0.1.dilation == 1 }) {
      return Rejection(.unsupported, "takes dilations above 1, as a dense problem is one phase already")
    }
    return axes.lazy.compactMap { Self.rejection(of: $0.1, name: $0.0) }.first
  }

  /// What guarantees every output a tap that meets the input.
  private static func rejection(of axis: Axis, name: String) -> Rejection? {
    let reach = axis.dilation * (axis.kernel - 1)
    if max(axis.before, axis.after) > reach {
      return Rejection(
        .unsupported,
        "takes pads of at most the filter's reach; along the \(name) \(max(axis.before, axis.after)) passes \(reach)")
    }
    if axis.input < axis.dilation && (axis.before % axis.dilation != 0 || axis.output > axis.input) {
      return Rejection(.unsupported, "along the \(name) some phases of dilation \(axis.dilation) hold no input")
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    values.tileValues.rejection(on: target)
      ?? Problem.memoryRejection(
        "the packed bands", 4 * Double(target.threads) * Double(values.bands) * Self.bandElements(values, problem))
  }

  /// Floats of one pixel of a band: an odd number of lines.
  static func pitch(_ problem: Problem) -> Int { oddLines(problem.channelsPerGroup) }

  /// Floats the largest band takes, at most.
  private static func bandElements(_ values: Values, _ problem: Problem) -> Double {
    let rows = values.rows == 0 ? problem.height.longestPhase : min(values.rows, problem.height.longestPhase)
    return Double(rows + problem.height.kernel - 1) * Double(problem.width.longestPhase + problem.width.kernel - 1)
      * Double(pitch(problem))
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    let tile = TileValues.fitting(problem, target)
    return values(tile, share: 2, problem, target)
  }

  func space(for problem: Problem, on target: Target) -> [Values] {
    var space = [initial(for: problem, on: target)]
    for tile in TileValues.all(on: target) {
      for share in [4, 2, 1] {
        let values = values(tile, share: share, problem, target)
        if !space.contains(values) && rejection(of: values, for: problem, on: target) == nil { space.append(values) }
      }
    }
    return space
  }

  /// Bands that fill a `share`-th of L2: rows of a phase, or several whole phases.
  private func values(_ tile: TileValues, share: Int, _ problem: Problem, _ target: Target) -> Values {
    let room = Double(target.l2Bytes / share / 4)
    let whole = Values(mr: tile.mr, vectors: tile.vectors)
    let size = Self.bandElements(whole, problem)
    if size <= room {
      let phases = problem.height.outputPhases * problem.width.outputPhases
      return Values(mr: tile.mr, vectors: tile.vectors, bands: min(phases, Int(room / size), 1_048_576))
    }
    let row = size / Double(problem.height.longestPhase + problem.height.kernel - 1)
    let rows = min(max(1, Int(room / row) - problem.height.kernel + 1), problem.height.longestPhase)
    return Values(mr: tile.mr, vectors: tile.vectors, rows: min(rows, 1_048_576))
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tileValues
    let band = Self.bandElements(values, problem)
    let bands = Self.bandCount(values, problem)
    // Every band is copied, and every pass over a block of bands reads the weights.
    let copied = 8 * band * bands * Double(problem.batch * problem.groups)
    let panels = 4 * WeightPanels.elements(problem, width: tile.tile(on: target.isa)!.nr)
    let passes = Double(problem.batch) * (bands / Double(values.bands)).rounded(.up)
    let streamed = panels > target.l2Bytes ? Double(panels) * passes / 4 : 0
    var cost = Cost.roofline(
      flops: tile.flops(problem, target), efficiency: tile.efficiency(on: target),
      bytes: Double(problem.minimumBytes) + streamed,
      workspaceBytes: 4 * target.threads * values.bands * Int(band), packedWeightsBytes: panels, on: target)
    cost.seconds += copied / Cost.copyBytesPerSecond / Double(target.threads)
    return cost
  }

  private static func bandCount(_ values: Values, _ problem: Problem) -> Double {
    let (height, width) = (problem.height, problem.width)
    let perPhase = values.rows == 0 ? 1 : (height.longestPhase + values.rows - 1) / values.rows
    return Double(height.outputPhases * perPhase) * Double(width.outputPhases)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try PhaseDirectBody(values, problem, target, weights, bias)
  }
}
