// y[o][k] = epilogue( Σ_t Σ_c row(o, t)[c] · w[t][c][k] ), row(o, t) from an indirection table (Dukhan 2019).
//
// The table names, for every output position and tap, where the input's channels stand, or a row of zeros where the tap
// is padding: no copy, and register tiles never split where the live taps change, but zeros are multiplied. The zeros
// lie in the workspace, so each part finishes its rows of the table. Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// GEMM through a pointer table: channels last, any rank, stride and dilation, groups of several filters.
struct IndirectGEMMVariant: KernelVariant {
  let id: VariantID = "indirect-gemm"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.panelRejection
      ?? Problem.memoryRejection("the pointer table", 8 * Double(problem.outputPositions) * Double(problem.taps))
  }

  func cost(of values: TileValues, for problem: Problem, on target: Target) -> Cost {
    let tile = values.tile(on: target.isa)!
    let padded = Double(problem.nominalFLOPs) / Double(max(problem.usefulFLOPs, 1))
    let table = 8 * problem.outputPositions * problem.taps
    return Cost.roofline(
      flops: values.flops(problem, target) * padded, efficiency: values.efficiency(on: target),
      bytes: Double(problem.minimumBytes + 3 * table), workspaceBytes: table + 4 * problem.channels,
      packedWeightsBytes: 4 * WeightPanels.elements(problem, width: tile.nr), on: target)
  }

  func plan(
    _ values: TileValues, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try Body(values, problem, target, weights, bias)
  }

  private struct Body: PlanBody {
    let problem: Problem
    let outputs: PanelOutputs
    let rows: IndirectionTable
    let taps: ConstantTable<atrous_tap>
    let kernel: MicrokernelFunction
    let indirection: MicrokernelFunction
    let shares: SharedOutputs
    let stages: [Int]
    var sharedBytes: Int { problem.channels * 4 }
    var workerBytes: Int { rows.table.count * 8 }
    var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

    init(
      _ values: TileValues, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
    ) throws(PlanError) {
      let shape = values.tile(on: target.isa)!
      let set = MicrokernelSet.of(target.isa)
      self.problem = problem
      outputs = try PanelOutputs(problem, shape, set, weights, bias)
      rows = IndirectionTable(problem, mr: shape.mr)
      let pitch = problem.channelsPerGroup * shape.nr
      taps = ConstantTable((0..<problem.taps).map { atrous_tap(a: 0, b: $0 * pitch) })
      kernel = set.tile(shape)
      indirection = set.function(ATROUS_KIND_INDIRECTION)
      shares = SharedOutputs(
        values.sharing, units: problem.batch * problem.groups,
        positions: (problem.outputPositions + shape.mr - 1) / shape.mr, filters: outputs.panelCount, on: target)
      stages = [1, shares.parts]
    }

    /// Stage 0 writes the row of zeros; a part of stage 1 is a range of the tiles, or of the panels, of one image and group.
    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      if stage == 0 {
        scratch.shared.initializeMemory(as: Float.self, repeating: 0, count: problem.channels)
        return
      }
      let (unit, range, panels) = shares.share(part)
      let (image, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
      let input = outputs.input(image: image, group: group, tensors)
      let table = finishRows(range, input, scratch)
      let mr = outputs.shape.mr
      outputs.forEachPanel(panels, image: image, group: group, tensors) { arguments, epilogue in
        arguments.a = input
        arguments.a_rows_pitch = mr
        arguments.taps = taps.pointer
        arguments.tap_count = problem.taps
        arguments.epilogue = epilogue
        for tile in range {
          arguments.a_rows = table + (tile - range.lowerBound) * problem.taps * mr
          arguments.c_rows = rows.outputs.pointer + tile * mr
          arguments.m = min(mr, problem.outputPositions - tile * mr)
          call(kernel, &arguments)
        }
      }
    }

    /// The rows of some tiles, padding pointed at the zeros.
    private func finishRows(
      _ tiles: Range<Int>, _ input: UnsafePointer<Float>, _ scratch: Scratch
    ) -> UnsafePointer<Int> {
      let tileRows = problem.taps * outputs.shape.mr
      let finished = scratch.worker.assumingMemoryBound(to: Int.self)
      var arguments = atrous_indirection_args(
        table: rows.table.pointer + tiles.lowerBound * tileRows,
        zeros: (UnsafeRawPointer(scratch.shared) - UnsafeRawPointer(input)) / 4, rows: finished,
        count: tiles.count * tileRows)
      call(indirection, &arguments)
      return UnsafePointer(finished)
    }
  }
}

/// The rows of every register tile, table[tile][tap][row], as offsets from the first channel of an image's group, and
/// where the tile's outputs stand. A tile's rows past the last position repeat it.
private struct IndirectionTable: Sendable {
  let table: ConstantTable<Int>
  let outputs: ConstantTable<Int>

  init(_ problem: Problem, mr: Int) {
    let axes = [problem.depth, problem.height, problem.width]
    let strides = Strides(inputOf: problem)
    let pitches = [strides.depth, strides.height, strides.width]
    let positions = problem.outputPositions
    let rows = (positions + mr - 1) / mr * mr
    var table: [Int] = []
    table.reserveCapacity(rows * problem.taps)
    for first in stride(from: 0, to: rows, by: mr) {
      for tap in 0..<problem.taps {
        for row in first..<first + mr {
          table.append(Self.offset(axes, pitches, position: min(row, positions - 1), tap: tap))
        }
      }
    }
    self.table = ConstantTable(table)
    outputs = ConstantTable((0..<rows).map { min($0, positions - 1) * problem.filters })
  }

  private static func offset(_ axes: [Axis], _ pitches: [Int], position: Int, tap: Int) -> Int {
    var (position, tap, offset) = (position, tap, 0)
    for axis in [2, 1, 0] {
      let at =
        position % axes[axis].output * axes[axis].stride + tap % axes[axis].kernel * axes[axis].dilation
        - axes[axis].before
      guard (0..<axes[axis].input).contains(at) else { return Int(ATROUS_PADDING) }
      offset += at * pitches[axis]
      position /= axes[axis].output
      tap /= axes[axis].kernel
    }
    return offset
  }
}
