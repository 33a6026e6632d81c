// y[o][k] = epilogue( Σ_t Σ_c x_φ[o + t][c] · w[t][c][k] ) on the packed pixels x_φ of one phase after the other.
// Register budget: see Tile.swift.

import AtrousCore
import CAtrousMicrokernel

/// Outputs of one phase of an axis, as a dense axis of their own.
private struct PhaseSegment: Sendable {
  /// The first output; the next is a dilation further.
  let output: Int
  let reduction: AxisReduction

  /// Every phase in nearly equal segments of at most `most` outputs; 0 is all.
  static func segments(of axis: Axis, most: Int) -> [PhaseSegment] {
    axis.phaseSegments(most: most).map { first, count in
      // The variant refuses problems with an output that has no live tap.
      PhaseSegment(output: first, reduction: AxisReduction(phaseOf: axis, first: first, outputs: count)!)
    }
  }
}

/// Where the bands of a block stand in scratch and in the output. Positions of all bands that share their live taps are one
/// group: phases of few pixels would leave register tiles nearly empty.
private struct PhaseLayout: Sendable {
  let problem: Problem
  let heights: [PhaseSegment]
  let widths: [PhaseSegment]
  /// Floats of a packed pixel, of a packed row, and of a packed band: those of the largest band.
  let pixel: Int
  let row: Int
  let band: Int

  init(_ problem: Problem, rows: Int) {
    self.problem = problem
    heights = PhaseSegment.segments(of: problem.height, most: rows)
    widths = PhaseSegment.segments(of: problem.width, most: 0)
    pixel = PhaseDirectVariant.pitch(problem)
    row = widths.map(\.reduction.axis.input).max()! * pixel
    band = heights.map(\.reduction.axis.input).max()! * row
  }

  /// Positions that share their live taps, along the height and along the width.
  private struct Members {
    let taps: [Range<Int>]
    var inputs: [Int] = []
    var outputs: [Int] = []
  }

  var count: Int { heights.count * widths.count }
  func height(of band: Int) -> PhaseSegment { heights[band / widths.count] }
  func width(of band: Int) -> PhaseSegment { widths[band % widths.count] }

  func liveGroups(of bands: Range<Int>, tapPitch: Int, slack: Int) -> LiveGroups {
    var indices: [[Range<Int>]: Int] = [:]
    var members: [Members] = []
    for band in bands {
      for h in height(of: band).reduction.axis.runs {
        for w in width(of: band).reduction.axis.runs {
          let taps = [h.taps, w.taps]
          let index = indices[taps] ?? members.count
          if index == members.count {
            indices[taps] = index
            members.append(Members(taps: taps))
          }
          let place = (band - bands.lowerBound) * self.band
          append(h, w, band, place, to: &members[index])
        }
      }
    }
    var tables = LiveTables(slack: slack)
    for member in members {
      let taps = member.taps[0].flatMap { r in
        member.taps[1].map { s in
          atrous_tap(a: r * row + s * pixel, b: (r * problem.width.kernel + s) * tapPitch)
        }
      }
      tables.append(taps: taps, inputs: member.inputs, outputs: member.outputs)
    }
    return LiveGroups(tables)
  }

  private func append(_ h: Axis.Run, _ w: Axis.Run, _ band: Int, _ place: Int, to members: inout Members) {
    let (height, width) = (height(of: band), width(of: band))
    for i in h.positions {
      for j in w.positions {
        members.inputs.append(
          place + (i - height.reduction.axis.before) * row + (j - width.reduction.axis.before) * pixel)
        let line = height.output + i * problem.height.dilation
        members.outputs.append(
          (line * problem.width.output + width.output + j * problem.width.dilation) * problem.filters)
      }
    }
  }
}

/// Bands that are packed together and run panel by panel.
private struct PhaseBlock: Sendable {
  let bands: Range<Int>
  let groups: LiveGroups
  let tiles: [LiveGroups.Tile]
}

struct PhaseDirectBody: PlanBody {
  private let problem: Problem
  private let outputs: PanelOutputs
  private let layout: PhaseLayout
  private let blocks: [PhaseBlock]
  /// Where the pixels of a phase stand in a row of the input.
  private let pixels: ConstantTable<Int>
  private let kernel: MicrokernelFunction
  private let gather: MicrokernelFunction
  let stages: [Int]
  let sharedBytes = 0
  let workerBytes: Int
  var packedWeightsBytes: Int { outputs.weights.buffer.bytes }

  init(
    _ values: PhaseDirectVariant.Values, _ problem: Problem, _ target: Target, _ weights: RawSpan, _ bias: RawSpan?
  ) throws(PlanError) {
    let set = MicrokernelSet.of(target.isa)
    let shape = values.tileValues.tile(on: target.isa)!
    self.problem = problem
    outputs = try PanelOutputs(problem, shape, set, weights, bias)
    kernel = set.tile(shape)
    gather = set.function(ATROUS_KIND_GATHER_ROWS)
    layout = PhaseLayout(problem, rows: values.rows)
    let step = problem.width.dilation * problem.channels
    pixels = ConstantTable((0..<layout.row / layout.pixel).map { $0 * step })
    blocks = Self.blocks(layout, bands: values.bands, shape)
    workerBytes = 4 * min(values.bands, layout.count) * layout.band
    stages = [problem.batch * problem.groups * blocks.count]
  }

  private static func blocks(_ layout: PhaseLayout, bands: Int, _ shape: TileShape) -> [PhaseBlock] {
    stride(from: 0, to: layout.count, by: bands).map { first in
      let range = first..<min(first + bands, layout.count)
      let groups = layout.liveGroups(
        of: range, tapPitch: layout.problem.channelsPerGroup * shape.nr, slack: shape.mr)
      return PhaseBlock(bands: range, groups: groups, tiles: groups.tiles(of: shape.mr))
    }
  }

  /// A part is a block of bands of one image and group.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let (unit, index) = part.quotientAndRemainder(dividingBy: blocks.count)
    let (image, group) = unit.quotientAndRemainder(dividingBy: problem.groups)
    let block = blocks[index]
    let packed = scratch.worker.assumingMemoryBound(to: Float.self)
    let input = outputs.input(image: image, group: group, tensors)
    for band in block.bands { pack(band, input, packed + (band - block.bands.lowerBound) * layout.band) }
    outputs.forEachPanel(0..<outputs.panelCount, image: image, group: group, tensors) { arguments, epilogue in
      arguments.a = UnsafePointer(packed)
      arguments.epilogue = epilogue
      for tile in block.tiles {
        block.groups.point(&arguments, at: tile)
        call(kernel, &arguments)
      }
    }
  }

  /// packed[row][column][c], a dense image.
  private func pack(_ band: Int, _ input: UnsafePointer<Float>, _ packed: UnsafeMutablePointer<Float>) {
    let (height, width) = (layout.height(of: band).reduction, layout.width(of: band).reduction)
    for row in 0..<height.axis.input {
      let line = (row * height.divisor + height.offset) * problem.width.input + width.offset
      var arguments = atrous_gather_rows_args(
        source: input + line * problem.channels, offsets: pixels.pointer, destination: packed + row * layout.row,
        destination_pitch: layout.pixel, rows: width.axis.input, channels: problem.channelsPerGroup)
      call(gather, &arguments)
    }
  }
}
