import Atrous
import AtrousCore
import AtrousDatabase
import Foundation

/// Two databases held against each other: of each problem and conditions that both have a winner for, the winners' medians.
///
/// Medians are multiplied by the rates of the reference loops beside them where machine, threads and instruction set are
/// the same and both rates are known. A side that has measured its winner's candidate in several runs of the same build
/// counts with their mean. The 95 % interval of a ratio is the bootstrap's, widened by the spread between runs that the
/// databases have on record, the less the more runs there are. The same databases always give the same numbers.
public struct Comparison: Sendable {
  public enum Verdict: String, Sendable {
    /// The whole interval lies beyond the threshold.
    case slower, faster
    case noDifference = "no difference"
    /// A side has too few samples for an interval.
    case tooFewSamples = "too few samples"
  }

  /// One problem under the same conditions.
  public struct Row: Sendable {
    public let base: Winner
    public let new: Winner
    /// New over base, above 1 where the new one is slower.
    public let ratio: Double
    /// nil with too few samples.
    public let interval: ClosedRange<Double>?
    public let isNormalised: Bool
    public let verdict: Verdict
    /// Why another candidate wins; nil where the same one does.
    public let change: String?
    /// Of the samples alone, on the logarithm of the ratio.
    fileprivate let sampled: ClosedRange<Double>?
    /// Runs of each side whose mean it is.
    fileprivate let runs: (base: Int, new: Int)

    /// Whether most samples of a side were disturbed.
    public var isNoisy: Bool { base.fastest.isNoisy || new.fastest.isNoisy }
  }

  /// Something in which the databases differ as wholes, with all its values.
  public struct Difference: Hashable, Sendable {
    public let name: String
    public let base: [String]
    public let new: [String]
  }

  /// The ratios' geometric mean over the rows that have an interval.
  public struct Mean: Sendable {
    public let value: Double
    public let interval: ClosedRange<Double>
    public let verdict: Verdict
    public let rows: Int
  }

  /// The share that is no difference yet, such as 0.05.
  public let threshold: Double
  public let rows: [Row]
  public let onlyInBase: [ResultKey]
  public let onlyInNew: [ResultKey]
  public let differences: [Difference]
  /// nil where no row has an interval.
  public let mean: Mean?
  /// The standard deviation between runs, as a share, that widened the intervals; nil where none is on record.
  public let betweenRuns: Double?

  public init(
    base: Database, new: Database, threshold: Double = 0.05, constraints: Constraints = Constraints(),
    registry: Registry = .shared
  ) {
    self.threshold = threshold
    let pairing = Pairing(base.winners(constraints, registry: registry), new.winners(constraints, registry: registry))
    let spread = RunSpread([base, new])
    betweenRuns = spread?.deviation
    let sides = (base: ComparedSide(base, constraints, registry), new: ComparedSide(new, constraints, registry))
    rows = pairing.pairs.map { Row($0.base, $0.new, sides.base, sides.new, spread, threshold) }
    mean = Mean(rows, spread, threshold)
    (onlyInBase, onlyInNew) = (pairing.onlyInBase, pairing.onlyInNew)
    differences = Difference.all(base, new)
  }

  /// Whether a problem, or all together, became slower by more than the threshold.
  public var isSlower: Bool { mean?.verdict == .slower || rows.contains { $0.verdict == .slower } }
}

extension Comparison.Verdict {
  fileprivate init(_ interval: ClosedRange<Double>, _ threshold: Double) {
    let isSlower = interval.lowerBound > 1 + threshold
    self = isSlower ? .slower : interval.upperBound < 1 / (1 + threshold) ? .faster : .noDifference
  }
}

extension Comparison.Row {
  fileprivate init(
    _ base: Winner, _ new: Winner, _ baseSide: ComparedSide, _ newSide: ComparedSide, _ spread: RunSpread?,
    _ threshold: Double
  ) {
    (self.base, self.new) = (base, new)
    let isAlike =
      base.key.machine == new.key.machine && base.key.threads == new.key.threads && base.fastest.isa == new.fastest.isa
    let rates = isAlike ? baseSide.rate(base).flatMap { rate in newSide.rate(new).map { (rate, $0) } } : nil
    isNormalised = rates != nil
    let scale = rates.map { $0.1 / $0.0 } ?? 1
    change = baseSide.change(from: base, to: new, in: newSide)
    // A file's median need not be that of its times.
    let medians = (base: base.fastest.median ?? 1, new: new.fastest.median ?? 1)
    let hasInterval = [base, new].allSatisfy { $0.fastest.times.count >= Statistics.leastSamples }
    let isOneRun = base.fastest.run == new.fastest.run
    let old = isOneRun ? [1] : baseSide.repetitions(of: base)
    let now = isOneRun ? [1] : newSide.repetitions(of: new, without: baseSide)
    runs = (old.count, now.count)
    guard hasInterval else {
      ratio = scale * medians.new / medians.base
      (sampled, interval, verdict) = (nil, nil, .tooFewSamples)
      return
    }
    let bootstrap = Statistics.ratio(of: new.fastest.times, over: base.fastest.times)
    ratio = scale * bootstrap.value * Statistics.geometricMean(now) / Statistics.geometricMean(old)
    sampled =
      log(bootstrap.interval.lowerBound / bootstrap.value)...log(bootstrap.interval.upperBound / bootstrap.value)
    let apart = isOneRun ? 0 : spread?.halfWidth(base: old.count, new: now.count) ?? 0
    interval = ratio.within(sampled!, widenedBy: apart)
    verdict = Comparison.Verdict(interval!, threshold)
  }
}

extension Comparison.Mean {
  /// What separates runs may move all problems alike, so many problems do not narrow it.
  fileprivate init?(_ rows: [Comparison.Row], _ spread: RunSpread?, _ threshold: Double) {
    let known = rows.filter { $0.sampled != nil }
    guard !known.isEmpty else { return nil }
    self.rows = known.count
    value = Statistics.geometricMean(known.map(\.ratio))
    func width(_ side: (ClosedRange<Double>) -> Double) -> Double {
      known.reduce(0) { $0 + side($1.sampled!) * side($1.sampled!) }.squareRoot() / Double(known.count)
    }
    let isOneRun = known.allSatisfy { $0.base.fastest.run == $0.new.fastest.run }
    let sampled = -width(\.lowerBound)...width(\.upperBound)
    let counts = (base: known.map(\.runs.base).min()!, new: known.map(\.runs.new).min()!)
    interval = value.within(
      sampled, widenedBy: isOneRun ? 0 : spread?.halfWidth(base: counts.base, new: counts.new) ?? 0)
    verdict = Comparison.Verdict(interval, threshold)
  }
}

extension Double {
  /// The interval round a ratio from that of its logarithm's error, and an independent error of the logarithm.
  fileprivate func within(_ sampled: ClosedRange<Double>, widenedBy apart: Double) -> ClosedRange<Double> {
    let low = hypot(sampled.lowerBound, apart)
    return self * exp(-low)...self * exp(hypot(sampled.upperBound, apart))
  }
}
