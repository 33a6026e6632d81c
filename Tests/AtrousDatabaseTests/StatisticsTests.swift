import AtrousCore
import AtrousDatabase
import AtrousTestSupport
import Testing

@Suite struct StatisticsTests {
  @Test func medians() {
    #expect(Statistics.median([3, 1, 2]) == 2)
    #expect(Statistics.median([4, 1, 2, 3]) == 2.5)
    #expect(Statistics.median([7]) == 7)
  }

  /// The ranks of the published tables of the sign test's interval (two-sided, 95 %).
  @Test(arguments: [
    (5, 1), (6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (15, 4), (17, 5), (20, 6), (25, 8), (30, 10), (50, 18), (100, 40),
  ])
  func ranks(count: Int, rank: Int) {
    let interval = Statistics.medianInterval((1...count).map(Double.init).shuffled())
    #expect(interval == Double(rank)...Double(count + 1 - rank))
  }

  @Test func manySamplesUseTheNormalApproximation() {
    let interval = Statistics.medianInterval((1...4000).map(Double.init))
    #expect((1930...1945).contains(interval.lowerBound))
    #expect((2055...2070).contains(interval.upperBound))
  }

  /// At least 95 % of the intervals of a known distribution hold its median.
  @Test func coverage() {
    var random = SplitMix64(seed: 7)
    let covered = (0..<2000).count { _ in
      Statistics.medianInterval((0..<15).map { _ in Double.random(in: 0...1, using: &random) }).contains(0.5)
    }
    #expect(covered >= 1880)
  }

  @Test func ratioIntervalsRepeatAndTellDifferencesApart() {
    let slow = (0..<30).map { 200 + Double($0 % 7) }
    let fast = (0..<30).map { 100 + Double($0 % 5) }
    let ratio = Statistics.ratio(of: slow, over: fast)
    #expect(ratio == Statistics.ratio(of: slow, over: fast))
    #expect(ratio.interval.contains(ratio.value))
    #expect(ratio.interval.lowerBound > 1.9 && ratio.interval.upperBound < 2.1)
    #expect(Statistics.ratio(of: fast, over: fast).interval.contains(1))
  }
}
