import AtrousCore

/// The layouts a variant reads and writes in place; `LayoutConverting` brings every other to one of them.
enum NativeLayouts: Sendable {
  /// NHWC in and out.
  case channelsLast
  /// NCHW in and out.
  case channelsFirst
  /// NCHW and NHWC, also one in and the other out.
  case plain
  /// NCHW8c and NCHW16c, also one in and the other out.
  case blocked

  /// The native layout for a tensor asked for in `layout`.
  func layout(for layout: Layout) -> Layout {
    switch self {
    case .channelsLast: .nhwc
    case .channelsFirst: .nchw
    case .plain: layout.block == 1 ? layout : .nchw
    case .blocked: layout.block > 1 ? layout : .nchw16c
    }
  }

  /// The problem in native layouts; the problem itself where the rounded channels would make it too large to be one.
  func inner(_ problem: Problem) -> Problem {
    let (input, output) = (layout(for: problem.inputLayout), layout(for: problem.outputLayout))
    do throws(ProblemError) {
      return try problem.with(inputLayout: input, outputLayout: output)
    } catch {
      return problem
    }
  }
}
