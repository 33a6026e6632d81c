// y[o][k] += Σ_c x[o·stride + t·dilation − before][c] · w[t][c][k], one GEMM a tap, the epilogue with the last.
//
// A tap's GEMM reads the input in place, shifted by the tap; positions where the tap is padding are not in it. Outputs
// are read and written once a tap. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// One GEMM a tap: channels last, any rank, stride and dilation, groups of several filters. Worth it where channels are
/// many, so that outputs are little beside weights and inputs.
struct TapwiseGEMMVariant: KernelVariant {
  let id: VariantID = "tapwise-gemm"

  func rejection(of problem: Problem, on target: Target) -> Rejection? { problem.panelRejection }

  func cost(of values: TileValues, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tile(on: target.isa)!
    // Outputs come and go once a tap, from L2 or L3.
    let passes = 8 * Double(problem.taps) * Double(problem.outputElements)
    return Cost.roofline(
      flops: values.flops(problem, target), efficiency: values.efficiency(on: target),
      bytes: Double(problem.minimumBytes) + passes / 4, workspaceBytes: 0,
      packedWeightsBytes: 4 * WeightPanels.elements(problem, width: tile.nr), on: target)
  }

  func plan(
    _ values: TileValues, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try Body(values, problem, target, weights, bias)
  }

  private struct Body: PlanBody {
    let outputs: PanelOutputs
    let groups: LiveGroups
    let tiles: [LiveGroups.Tile]
    let kernel: MicrokernelFunction
    let shares: SharedOutputs
    let stages: [Int]
    let sharedBytes = 0
    let workerBytes = 0
    var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

    init(
      _ values: TileValues, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
    ) throws(PlanError) {
      let shape = values.tile(on: target.isa)!
      let set = MicrokernelSet.of(target.isa)
      outputs = try PanelOutputs(problem, shape, set, weights, bias)
      groups = LiveGroups(problem, tapPitch: problem.channelsPerGroup * shape.nr, slack: shape.mr)
      tiles = groups.tiles(of: shape.mr)
      kernel = set.tile(shape)
      shares = SharedOutputs(
        values.sharing, units: problem.batch * problem.groups, positions: tiles.count, filters: outputs.panelCount,
        on: target)
      stages = [shares.parts]
    }

    /// A part is a range of the tiles, or of the panels, of one image and group.
    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let (unit, range, panels) = shares.share(part)
      let (image, group) = unit.quotientAndRemainder(dividingBy: outputs.problem.groups)
      let input = outputs.input(image: image, group: group, tensors)
      for tap in 0..<outputs.problem.taps {
        outputs.forEachPanel(panels, image: image, group: group, tensors) { arguments, epilogue in
          arguments.a = input
          for index in range { runTile(tiles[index], tap, &arguments, epilogue) }
        }
      }
    }

    /// The `tap`-th live tap of a tile; a tile without any gets its epilogue in the first pass.
    private func runTile(
      _ tile: LiveGroups.Tile, _ tap: Int, _ arguments: inout atrous_tile_args,
      _ epilogue: UnsafePointer<atrous_epilogue>
    ) {
      groups.point(&arguments, at: tile)
      let live = arguments.tap_count
      guard tap < max(live, 1) else { return }
      arguments.taps += tap
      arguments.tap_count = min(live, 1)
      arguments.accumulate = tap > 0 ? 1 : 0
      arguments.epilogue = tap + 1 >= live ? epilogue : nil
      call(kernel, &arguments)
    }
  }
}
