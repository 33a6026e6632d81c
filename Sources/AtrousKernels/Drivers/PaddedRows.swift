import AtrousCore
import CAtrousMicrokernel

/// Input rows of an NCHW problem as the width-vectorised kernels read them: zero-padded, split into blocks of output
/// columns, and, where the stride along the width is not 1, by the column's remainder modulo the stride, so that
/// neighbouring outputs always read neighbouring floats.
///
/// packed[image][block][row][channel][phase][pitch]; a row is one (z, h).
struct PaddedRows: Sendable {
  let problem: Problem
  /// Output columns of a block (the last may have fewer), and blocks.
  let columns: Int
  let blocks: Int
  /// Floats of one phase of one channel's row.
  let pitch: Int

  /// - Parameters:
  ///   - columns: output columns of a block.
  ///   - nr: columns of the register tile, which reads whole tiles.
  init(_ problem: Problem, columns: Int, nr: Int) {
    self.problem = problem
    let width = problem.width
    self.columns = min(columns, width.output)
    blocks = (width.output + self.columns - 1) / self.columns
    let tiled = (self.columns + nr - 1) / nr * nr
    pitch = oddLines(tiled + (width.span - 1) / width.stride)
  }

  var rows: Int { problem.depth.input * problem.height.input }
  var channelElements: Int { problem.width.stride * pitch }
  var rowElements: Int { problem.channels * channelElements }
  var blockElements: Int { rows * rowElements }
  var elements: Int { problem.batch * blocks * blockElements }

  /// As `4 * elements`, where those may pass `Int`.
  var expectedBytes: Double {
    let rows = Double(problem.batch) * Double(blocks) * Double(rows)
    return 4 * rows * Double(problem.channels) * Double(problem.width.stride) * Double(pitch)
  }

  /// Where tap `s` of output column 0 of a block stands in a channel's row.
  func column(ofTap s: Int) -> Int {
    let (position, phase) = (s * problem.width.dilation).quotientAndRemainder(dividingBy: problem.width.stride)
    return phase * pitch + position
  }

  /// Packs one row of one block of one image, all channels.
  func pack(
    image: Int, block: Int, row: Int, from input: UnsafePointer<Float>, to packed: UnsafeMutablePointer<Float>,
    _ kernel: MicrokernelFunction
  ) {
    var arguments = atrous_pack_row_args()
    arguments.row = input + (image * problem.channels * rows + row) * problem.width.input
    arguments.channels = problem.channels
    arguments.channel_pitch = rows * problem.width.input
    arguments.columns = problem.width.input
    arguments.first = block * columns * problem.width.stride - problem.width.before
    arguments.stride = problem.width.stride
    arguments.phases = problem.width.stride
    arguments.packed = packed + (image * blocks + block) * blockElements + row * rowElements
    arguments.packed_pitch = channelElements
    arguments.phase_pitch = pitch
    arguments.count = pitch
    call(kernel, &arguments)
  }
}
