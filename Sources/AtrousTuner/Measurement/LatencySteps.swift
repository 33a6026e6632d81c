/// The time of one load that waits for the one before, in a walk over so many bytes.
public struct LatencyPoint: Hashable, Sendable {
  public let bytes: Int
  public let nanoseconds: Double

  public init(bytes: Int, nanoseconds: Double) {
    self.bytes = bytes
    self.nanoseconds = nanoseconds
  }
}

/// Where the latencies of a growing walk leave a plateau: the sizes of the caches as the walk sees them.
public enum LatencySteps {
  /// A plateau ends where a load takes over so many times its time.
  private static let rise = 1.3
  /// The next one begins where a size takes less than so many times the size before.
  private static let flat = 1.12
  /// A step further from a claim than by this factor is not that cache.
  private static let near = 4.0

  /// The end of every plateau but the last, ascending: the largest size nearer to it, in a factor, than to the next.
  ///
  /// - Parameter curve: by growing size, about √2 apart. A size slower or faster than both its neighbours counts as the
  ///   nearer of them.
  public static func sizes(_ curve: [LatencyPoint]) -> [Int] {
    let times = smoothed(curve.map(\.nanoseconds))
    guard var plateau = times.first else { return [] }
    var sizes: [Int] = []
    var begin: Int?
    for index in times.indices.dropFirst() {
      if let climb = begin {
        guard times[index] < flat * times[index - 1] else { continue }
        let middle = (plateau * times[index]).squareRoot()
        sizes.append(curve[times[climb...].firstIndex { $0 > middle }! - 1].bytes)
        begin = nil
        plateau = times[index]
      } else if times[index] > rise * plateau {
        begin = index
      } else {
        plateau = min(plateau, times[index])
      }
    }
    return sizes
  }

  /// For each claimed size the step nearest to it, in a factor, such that both ascend and no step answers twice; nil where
  /// none is within 4×. The outermost cache, which others may use, takes the largest step left within 16×.
  public static func matched(claimed: [Int], steps: [Int]) -> [Int?] {
    var left = steps[...]
    var matched = claimed.map { claim -> Int? in
      let step = left.filter { factor($0, claim) <= near }.min { factor($0, claim) < factor($1, claim) }
      if let step { left = left.drop { $0 <= step } }
      return step
    }
    if let claim = claimed.last, matched.last! == nil, let step = left.last, factor(step, claim) <= near * near {
      matched[matched.count - 1] = step
    }
    return matched
  }

  /// The median of each with its neighbours; the ends as they are.
  private static func smoothed(_ times: [Double]) -> [Double] {
    times.indices.map { index in
      guard index > 0, index < times.count - 1 else { return times[index] }
      return times[(index - 1)...(index + 1)].sorted()[1]
    }
  }

  /// How many times the larger is the smaller.
  static func factor(_ left: Int, _ right: Int) -> Double {
    Double(max(left, right)) / Double(max(min(left, right), 1))
  }
}
