/// What one output of a stack of convolutions sees of the input, per axis.
///
/// A layer adds (kernel − 1) · dilation · jump, where the jump is the product of the strides of the layers before it.
public struct ReceptiveField: Hashable, Sendable {
  /// One axis: input positions from the first to the last that an output sees, and input positions between two outputs.
  public struct Extent: Hashable, Sendable {
    public private(set) var size = 1
    public private(set) var jump = 1

    mutating func append(_ axis: Axis) throws(ProblemError) {
      let (reach, reachOverflow) = (axis.span - 1).multipliedReportingOverflow(by: jump)
      let (size, sizeOverflow) = size.addingReportingOverflow(reach)
      let (jump, jumpOverflow) = jump.multipliedReportingOverflow(by: axis.stride)
      guard !reachOverflow && !sizeOverflow && !jumpOverflow else {
        throw .tooLarge(quantity: "receptive field's positions")
      }
      self.size = size
      self.jump = jump
    }
  }

  public private(set) var depth = Extent()
  public private(set) var height = Extent()
  public private(set) var width = Extent()

  /// The field of an empty stack: one position.
  public init() {}

  /// The field of a stack of layers, first layer first.
  /// - Throws: `ProblemError.tooLarge` where it passes 2⁶³ positions.
  public init(of stack: [Problem]) throws(ProblemError) {
    self.init()
    for layer in stack { try append(layer) }
  }

  /// Puts a layer on top of the stack.
  /// - Throws: `ProblemError.tooLarge` where the field passes 2⁶³ positions.
  public mutating func append(_ layer: Problem) throws(ProblemError) {
    try depth.append(layer.depth)
    try height.append(layer.height)
    try width.append(layer.width)
  }
}
