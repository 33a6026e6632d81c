// The call that makes rows of a plane of a block of channels, all columns at once: see DepthwiseBlock.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// 3 × 3 taps of which the middle one meets the input at every output: all but the tensors' addresses.
struct DepthwiseBlockCall: Sendable {
  let arguments: FixedArguments<atrous_depthwise_block_args>
  /// What the middle tap of a plane's first output reads.
  let input: Int
  let kernel: MicrokernelFunction

  /// On a Zen 3 core 1, 2 and 4 KB ahead are the same, none at all costs a third from L3 on; on a Zen 5 core 4 KB take 0 to 5 %
  /// less than 2 on planes of 33 and 65 columns, 1 % more on those of 19 and 28.
  private static let aheadFloats = 1024

  init?(_ planes: DepthwisePlanes, _ target: Target, _ set: MicrokernelSet) {
    let problem = planes.problem
    let (height, width, block) = (problem.height, problem.width, planes.block)
    let hasMiddle = [height, width].allSatisfy { $0.kernel == 3 && $0.liveOutputs(ofTap: 1) == 0..<$0.output }
    if !planes.isBlocked || planes.mayCutColumns || !hasMiddle { return nil }
    var arguments = atrous_depthwise_block_args()
    arguments.x_row = height.stride * width.input * block
    arguments.x_step = width.stride * block
    arguments.down = height.dilation * width.input * block
    arguments.across = width.dilation * block
    arguments.y_row = width.output * block
    arguments.y_step = block
    arguments.columns = width.output
    (arguments.top, arguments.bottom) = height.sides
    (arguments.left, arguments.right) = width.sides
    let bytes = 4 * (problem.inputElements + problem.outputElements)
    arguments.ahead = bytes > target.l2Bytes ? Self.aheadFloats : 0
    arguments.row_step = Self.rowStep(planes, target)
    arguments.column_step = width.phasesSharingInputs
    self.arguments = FixedArguments(value: arguments)
    input = planes.inputOffset(row: 0, column: 0) + arguments.down + arguments.across
    kernel = set.function(ATROUS_KIND_DEPTHWISE_BLOCK)
  }

  /// The phases of the rows where what is read and written between a row's use as the lower and as the upper one passes
  /// L1 by a quarter, else 1. (By turns on a Zen 5 core with 48 KB, row by row and by phases: 256 65×65 d4, 66 KB, 138
  /// and 98 µs, 2048 33×33 d12, 101 KB, 309 and 261, d6, 51 KB, 282 and 276 or 288.)
  private static func rowStep(_ planes: DepthwisePlanes, _ target: Target) -> Int {
    let (height, width) = (planes.problem.height, planes.problem.width)
    let phases = height.phasesSharingInputs
    let bytes = 4 * planes.block * 2 * phases * (height.stride * width.input + width.output)
    return phases < height.output && 4 * bytes > 5 * target.l1Bytes ? phases : 1
  }

  /// Rows of a plane. Lines are fetched once for all vectors of a block.
  func run(
    rows: Range<Int>, x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>, w: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, fetches: Bool, epilogue: UnsafePointer<atrous_epilogue>?
  ) {
    var arguments = self.arguments.value
    arguments.x = x
    arguments.y = y
    arguments.w = w
    arguments.bias = bias
    arguments.rows = rows.count
    arguments.top -= rows.lowerBound
    arguments.bottom -= rows.lowerBound
    if !fetches { arguments.ahead = 0 }
    arguments.epilogue = epilogue
    call(kernel, &arguments)
  }
}

extension Axis {
  /// From an output to the next whose taps meet the same inputs; 0 where its dilation is no multiple of its stride.
  fileprivate var phasesSharingInputs: Int { dilation % stride == 0 ? dilation / stride : 0 }

  /// The first output whose first tap of three is live, and the first whose last one is not.
  fileprivate var sides: (Int, Int) {
    let first = liveOutputs(ofTap: 0)
    return (first.isEmpty ? output : first.lowerBound, liveOutputs(ofTap: 2).upperBound)
  }
}
