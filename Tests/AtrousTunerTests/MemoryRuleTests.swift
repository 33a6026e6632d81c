import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

/// The search looks for what `ShippingRules` let win, not for the fastest alone.
@Suite struct MemoryRuleTests {
  /// Twenty configurations that take a MiB beside tensors of less than one, and twenty that take nothing.
  private func winner(heavy: Double, small: Double) throws -> Winner {
    let clock = FakeClock()
    let steps = (0..<20).map { 1 + 0.01 * Double(($0 * 7) % 20) }
    let variants = [
      FakeVariant(id: "heavy", clock: clock, times: steps.map { heavy * $0 }, workspaceBytes: 1 << 20),
      FakeVariant(id: "small", clock: clock, times: steps.map { small * $0 }),
    ]
    let outcome = try tuner(variants, clock).run([pointwise(8)])
    return try #require(outcome.database.winners(registry: Registry(variants)).first)
  }

  @Test func theBestThatIsSmallIsSampledAsAFinalist() throws {
    let winner = try winner(heavy: 1e6, small: 1.3e6)
    #expect(winner.shipped.candidate.configuration["x"] == 0 && winner.shipped.variant == "small")
    #expect(winner.fastest.times.count >= RaceRules().leastSamples)
    // By 1 % of each other, so a tie, and only its own samples can tell.
    #expect(winner.ties.count > 1 && winner.ties.allSatisfy { $0.times.count >= RaceRules().leastSamples })
    #expect(winner.passedOver?.record.variant == "heavy")
    #expect(winner.passedOver?.record.candidate.configuration["x"] == 0)
  }

  @Test func whatIsSoMuchFasterMayBeLarge() throws {
    let winner = try winner(heavy: 1e6, small: 1.6e6)
    #expect(winner.shipped.variant == "heavy" && winner.passedOver == nil)
  }
}
