import AtrousCore
import AtrousKernels

extension Problem {
  /// How far the tuning of `other` is from fitting here; nil where it says nothing: another rank, taps, stride, layout,
  /// type, direction or kind of groups (one, depthwise, between), a stride that shares another divisor with the dilation,
  /// phases of up to three pixels beside longer ones (where no groups are), or beyond `farthest`.
  ///
  /// The Euclidean length of the base-2 logarithms of the ratios of: channels and filters per group, groups, the extent of
  /// a phase of each axis, and, counting half, the output's extent and the batch. What a kernel sees of a dilated problem is
  /// its phases: 65 pixels with dilation 4 are nearer to 33 with 2 than to 65 with 2. The epilogue does not count.
  public func distance(to other: Problem) -> Double? {
    guard let distance = unboundedDistance(to: other), distance <= Self.farthest else { return nil }
    return distance
  }

  func unboundedDistance(to other: Problem) -> Double? {
    guard rank == other.rank, type == other.type, direction == other.direction, inputLayout == other.inputLayout,
      outputLayout == other.outputLayout, groupKind == other.groupKind
    else { return nil }
    var sum = 0.0
    for (mine, theirs) in [(depth, other.depth), (height, other.height), (width, other.width)] {
      guard mine.kernel == theirs.kernel, mine.stride == theirs.stride, mine.commonDivisor == theirs.commonDivisor,
        groups > 1 || mine.hasFewPixelPhases == theirs.hasFewPixelPhases
      else { return nil }
      sum += squaredLog(mine.phase, theirs.phase) + squaredLog(mine.output, theirs.output) / 4
    }
    sum += squaredLog(channelsPerGroup, other.channelsPerGroup) + squaredLog(filtersPerGroup, other.filtersPerGroup)
    sum += squaredLog(groups, other.groups) + squaredLog(batch, other.batch) / 4
    return sum.squareRoot()
  }

  /// As far as an extent of eight times: past that a tile size says little, and the cost model knows better.
  private static var farthest: Double { 3 }

  /// 0 for one group, 2 for depthwise (a group a channel), 1 between.
  private var groupKind: Int { groups == 1 ? 0 : groups == channels ? 2 : 1 }
}

extension Axis {
  /// Output positions of the longest phase.
  fileprivate var phase: Int { (output - 1) / phaseStep + 1 }

  /// Phases that have bilinear algorithms of their own.
  fileprivate var hasFewPixelPhases: Bool { kernel > 1 && phase <= 3 }
}

/// (log₂ a/b)²
func squaredLog(_ a: Int, _ b: Int) -> Double {
  if a == b { return 0 }
  let difference = binaryLogarithm(a) - binaryLogarithm(b)
  return difference * difference
}

/// log₂ of a positive number within 1/64: exponent bits, then squarings of the significand.
private func binaryLogarithm(_ number: Int) -> Double {
  let value = Double(number)
  var (result, significand, step) = (Double(value.exponent), value.significand, 0.5)
  for _ in 0..<6 {
    significand *= significand
    if significand >= 2 {
      significand /= 2
      result += step
    }
    step /= 2
  }
  return result
}
