import AtrousCore
import CAtrousMicrokernel

/// The lanes past the last filter of a blocked output: kernels write whole blocks, in the end they are zero.
struct IdleLanes: Sendable {
  private let order: ActivationOrder
  private let copyRows: MicrokernelFunction

  /// nil where the filters fill their blocks.
  init?(_ problem: Problem, _ set: MicrokernelSet) {
    order = .output(of: problem)
    copyRows = set.function(ATROUS_KIND_COPY_ROWS)
    if order.channels == order.paddedChannels { return nil }
  }

  func clear(image: Int, _ tensors: Tensors) {
    let place = order.offset(image: image, channel: order.channels, position: 0)
    var arguments = atrous_copy_rows_args()
    arguments.destination = tensors.output.assumingMemoryBound(to: Float.self) + place
    arguments.destination_pitch = order.block
    arguments.rows = order.positions
    arguments.zeros = order.paddedChannels - order.channels
    call(copyRows, &arguments)
  }
}
