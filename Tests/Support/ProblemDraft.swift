import AtrousCore

/// A problem whose numbers can be changed one by one, valid or not.
public struct ProblemDraft {
  public struct AxisDraft {
    public var input: Int
    public var kernel: Int
    public var stride: Int
    public var dilation: Int
    public var before: Int
    public var after: Int

    public init(_ axis: Axis) {
      (input, kernel, stride) = (axis.input, axis.kernel, axis.stride)
      (dilation, before, after) = (axis.dilation, axis.before, axis.after)
    }

    public var axis: Axis {
      Axis(input: input, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
    }
  }

  public var batch: Int
  public var groups: Int
  public var channelsPerGroup: Int
  public var filtersPerGroup: Int
  /// Depth, height, width.
  public var axes: [AxisDraft]
  public var inputLayout: Layout
  public var outputLayout: Layout
  public var epilogue: Epilogue

  public init(_ problem: Problem) {
    batch = problem.batch
    groups = problem.groups
    channelsPerGroup = problem.channelsPerGroup
    filtersPerGroup = problem.filtersPerGroup
    axes = [problem.depth, problem.height, problem.width].map(AxisDraft.init)
    inputLayout = problem.inputLayout
    outputLayout = problem.outputLayout
    epilogue = problem.epilogue
  }

  /// The f32 forward problem; nil where it is not valid.
  public var problem: Problem? {
    try? Problem(
      batch: batch, groups: groups, channels: groups * channelsPerGroup, filters: groups * filtersPerGroup,
      depth: axes[0].axis, height: axes[1].axis, width: axes[2].axis, inputLayout: inputLayout,
      outputLayout: outputLayout, epilogue: epilogue)
  }
}
