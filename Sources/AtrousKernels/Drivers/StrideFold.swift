import AtrousCore

/// An axis with a stride as one of stride 1 on sub-grids of the input, each a plane of channels of its own.
///
/// Output y and tap t meet the input at s·y + d·t − before. With g = gcd(s, d) and t = (s/g)·i + u that is
/// s·(y + (d/g)·i) + d·u − before: for every u a sum over i at stride 1 and dilation d/g, on every s-th input.
struct AxisFold: Sendable {
  let original: Axis
  /// What is left: stride 1, and a (s/g)-th of the taps, rounded up.
  let axis: Axis
  /// Sub-grids that meet a tap, one for each u.
  let planes: Int
  /// The first of them, which have all taps of `axis`; the last tap of the others is past the filter.
  let fullPlanes: Int
  /// Taps from one of a plane to the next.
  let interval: Int
  /// The folded position that the folded input begins with.
  private let first: Int

  init(_ original: Axis) {
    let divisor = original.commonDivisor
    interval = original.kernel == 1 ? 1 : original.stride / divisor
    planes = min(interval, original.kernel)
    let taps = (original.kernel + interval - 1) / interval
    fullPlanes = original.kernel - interval * (taps - 1)
    let dilation = taps == 1 ? 1 : original.dilation / divisor
    // Positions that a tap of any output reads; of these the input begins with the first that exists in a plane.
    let needed = original.output + dilation * (taps - 1)
    let missing = original.before - original.dilation * (planes - 1)
    first = min(max(0, (missing + original.stride - 1) / original.stride), needed - 1)
    let end = min((original.input - 1 + original.before) / original.stride + 1, needed)
    let input = max(1, end - first)
    axis = Axis(input: input, kernel: taps, dilation: dilation, before: first, after: needed - first - input)
    self.original = original
  }

  /// The original position of a plane at a position of the folded input; it may lie outside.
  func position(_ folded: Int, plane: Int) -> Int {
    original.stride * (first + folded) + original.dilation * plane - original.before
  }

  /// The positions of the folded input that a plane has; the others read as zero.
  func live(plane: Int) -> Range<Int> {
    Axis(
      input: original.input, kernel: axis.input, dilation: original.stride, before: -position(0, plane: plane)
    ).liveTaps(at: 0)
  }
}

/// A problem with strides as one of stride 1 with more channels: space to depth.
///
/// A group's channels are its planes, one after the other. First come those of all columns and not all rows of taps, then of
/// all rows and columns, of all rows and not all columns, and the rest: what has a last row, or column, is one range.
struct StrideFold: Sendable {
  let problem: Problem
  let folded: Problem
  let height: AxisFold
  let width: AxisFold

  /// Nil where no axis of several taps has a stride.
  init?(_ problem: Problem) {
    guard problem.depth == .absent, [problem.height, problem.width].contains(where: { $0.stride > 1 && $0.kernel > 1 })
    else { return nil }
    let (height, width) = (AxisFold(problem.height), AxisFold(problem.width))
    do throws(ProblemError) {
      folded = try Problem(
        batch: problem.batch, groups: problem.groups, channels: problem.channels * height.planes * width.planes,
        filters: problem.filters, height: height.axis, width: width.axis, type: problem.type,
        inputLayout: problem.inputLayout, outputLayout: problem.outputLayout, direction: problem.direction,
        epilogue: problem.epilogue)
    } catch {
      return nil
    }
    (self.problem, self.height, self.width) = (problem, height, width)
  }

  /// Only of problems that were accepted: others may have a billion.
  var planes: [(row: Int, column: Int)] {
    let fullRows = 0..<height.fullPlanes, shortRows = height.fullPlanes..<height.planes
    let fullColumns = 0..<width.fullPlanes, shortColumns = width.fullPlanes..<width.planes
    let quarters = [
      (shortRows, fullColumns), (fullRows, fullColumns), (fullRows, shortColumns), (shortRows, shortColumns),
    ]
    return quarters.flatMap { rows, columns in rows.flatMap { row in columns.map { (row, $0) } } }
  }

  /// Of the copy.
  var bytes: Int { roundedToLine(4 * folded.inputElements) }

  /// Which channels of a group have a last row of taps, and a last column.
  var lastTaps: LastTaps {
    let channels = problem.channelsPerGroup
    let first = (height.planes - height.fullPlanes) * width.fullPlanes
    return LastTaps(
      row: first * channels..<(first + height.fullPlanes * width.planes) * channels,
      column: 0..<height.planes * width.fullPlanes * channels)
  }

  /// The weights K × C/g × R × S with the taps of every plane apart.
  func weights(_ all: RawSpan) -> [Float] {
    let (rows, columns) = (problem.height.kernel, problem.width.kernel)
    let channels = problem.channelsPerGroup
    let planes = planes
    return all.withUnsafeBytes { all in
      let all = all.bindMemory(to: Float.self)
      var apart: [Float] = []
      apart.reserveCapacity(folded.weightElements)
      for filter in 0..<problem.filters {
        for plane in planes {
          for channel in filter * channels..<(filter + 1) * channels {
            for i in 0..<folded.height.kernel {
              for j in 0..<folded.width.kernel {
                let (r, s) = (i * height.interval + plane.row, j * width.interval + plane.column)
                apart.append(r < rows && s < columns ? all[(channel * rows + r) * columns + s] : 0)
              }
            }
          }
        }
      }
      return apart
    }
  }
}

/// The channels of a group that have weights in the last row of the filter, and in the last column.
struct LastTaps: Sendable {
  let row: Range<Int>
  let column: Range<Int>

  var transposed: LastTaps { LastTaps(row: column, column: row) }
}
