import AtrousCore
import Foundation

/// Medians, their intervals and ratios.
public enum Statistics {
  /// Fewer samples have no 95 % interval.
  public static let leastSamples = 6

  /// The median of at least one sample (none traps): the mean of the middle two where their number is even.
  public static func median(_ samples: [Double]) -> Double { medianOfSorted(samples.sorted()) }

  static func medianOfSorted(_ sorted: [Double]) -> Double {
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The distribution-free 95 % interval of the median from order statistics: the ranks j and n + 1 − j with the largest
  /// j for which a binomial variable of n trials at ½ is below j with a probability of at most 2.5 % (Conover,
  /// *Practical Nonparametric Statistics*, section 3.2; the same as inverting the sign test).
  ///
  /// Below six samples no ranks reach 95 %: this is then the whole range seen, and `interval(_:)` is nil.
  public static func medianInterval(_ samples: [Double]) -> ClosedRange<Double> {
    let sorted = samples.sorted()
    let rank = intervalRank(sorted.count)
    return sorted[rank - 1]...sorted[sorted.count - rank]
  }

  /// The 95 % interval of the median; nil below `leastSamples` samples.
  public static func interval(_ samples: [Double]) -> ClosedRange<Double>? {
    samples.count < leastSamples ? nil : medianInterval(samples)
  }

  /// j, from 1.
  static func intervalRank(_ count: Int) -> Int {
    guard count < 1000 else { return max(1, Int(Double(count) / 2 - 0.98 * Double(count).squareRoot())) }
    var probability = 1.0
    for _ in 0..<count { probability /= 2 }
    // The sum of the terms 0…rank − 1 is P(X < rank).
    var (sum, rank) = (probability, 1)
    while rank < count / 2 {
      probability *= Double(count - rank + 1) / Double(rank)
      if sum + probability > 0.025 { break }
      sum += probability
      rank += 1
    }
    return rank
  }

  /// The geometric mean of at least one positive number.
  public static func geometricMean(_ numbers: [Double]) -> Double {
    exp(numbers.reduce(0) { $0 + log($1) } / Double(numbers.count))
  }

  /// A ratio of medians and its 95 % interval.
  public struct Ratio: Hashable, Sendable {
    public let value: Double
    public let interval: ClosedRange<Double>
  }

  /// median(`samples`) over median(`base`), its interval by the percentile bootstrap (Efron and Tibshirani,
  /// *An Introduction to the Bootstrap*, chapter 13): both sides are drawn anew, each from itself, `draws` times. The
  /// seed is fixed, so equal samples give equal intervals.
  public static func ratio(of samples: [Double], over base: [Double], draws: Int = 2000) -> Ratio {
    bootstrap(median(samples) / median(base), draws) { generator in
      median(generator.drawn(from: samples)) / median(generator.drawn(from: base))
    }
  }

  /// The same of samples taken side by side: pairs are drawn together, as what slows a round slows both its samples.
  public static func ratio(ofPairs pairs: [(sample: Double, base: Double)], draws: Int = 2000) -> Ratio {
    func ratio(_ pairs: [(sample: Double, base: Double)]) -> Double {
      median(pairs.map(\.sample)) / median(pairs.map(\.base))
    }
    return bootstrap(ratio(pairs), draws) { ratio($0.drawn(from: pairs)) }
  }

  private static func bootstrap(_ value: Double, _ draws: Int, _ draw: (inout SplitMix64) -> Double) -> Ratio {
    var generator = SplitMix64(seed: 0x9e37_79b9)
    let ratios = (0..<draws).map { _ in draw(&generator) }.sorted()
    let low = ratios[Int(0.025 * Double(draws))]
    let high = ratios[Int(0.975 * Double(draws - 1))]
    return Ratio(value: value, interval: min(low, high)...max(low, high))
  }
}

extension SplitMix64 {
  /// As many samples, drawn with replacement.
  fileprivate mutating func drawn<Sample>(from samples: [Sample]) -> [Sample] {
    samples.map { _ in samples[Int(next().multipliedFullWidth(by: UInt64(samples.count)).high)] }
  }
}
