import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

/// Samples as scripted: the candidate's time, times what lies on the sample of that number.
private final class ScriptedSource: SampleSource {
  private(set) var seconds = 0.0
  private let time: (Int) -> Double
  private let factor: (_ speed: Int, _ sample: Int) -> Double
  private var counts: [Int: Int] = [:]
  /// Who was sampled in each.
  private(set) var rounds: [[Int]] = []

  init(time: @escaping (Int) -> Double, factor: @escaping (Int, Int) -> Double) {
    self.time = time
    self.factor = factor
  }

  func count(_ speed: Int) -> Int { counts[speed] ?? 0 }

  func probe(_ entrant: Entrant, cutoff: Double) { sample(entrant) }

  func sample(_ entrant: Entrant) {
    let speed = entrant.speed
    let nanoseconds = time(speed) * factor(speed, count(speed))
    counts[speed, default: 0] += 1
    seconds += nanoseconds * Double(entrant.repeats + 1) * 1e-9
    entrant.samples.append(nanoseconds)
  }

  func round(_ entrants: [Entrant], stops: () -> Bool) -> Bool {
    rounds.append(entrants.map(\.speed))
    for entrant in entrants {
      if stops() { return false }
      sample(entrant)
    }
    return true
  }
}

extension Entrant {
  fileprivate var speed: Int { Int(proposal.candidate.configuration["x"] ?? 0) }
}

@Suite struct OutlierTests {
  private static let best = 7

  /// Forty configurations, the seventh 6 % faster than any other.
  private func winner(
    scale: Double, _ factor: @escaping (Int, Int) -> Double
  ) throws -> (speed: Int?, source: ScriptedSource) {
    func time(_ speed: Int) -> Double {
      let place = Double((speed * 11) % 40)
      return speed == Self.best ? scale : scale * (1.06 + 0.02 * place)
    }
    let fake = FakeVariant(id: "fake", clock: FakeClock(), times: (0..<40).map { time($0) })
    let registry = Registry([fake])
    let target = Target(machine: HostMachine.current, isa: .baseline, threads: 1)
    let proposals = registry.proposals(for: pointwise(8), on: target, from: registry.racing)
    let source = ScriptedSource(time: { time($0) }, factor: factor)
    let field = Field(source, rules: RaceRules())
    StrategyName.racing.strategy(RaceRules()).search(proposals, in: field)
    return (field.ranking.first?.proposal.candidate.configuration["x"].map { Int($0) }, source)
  }

  @Test(arguments: [1e5, 1e6, 2e7])
  func theBestWinsInQuiet(scale: Double) throws {
    #expect(try winner(scale: scale) { _, _ in 1 }.speed == Self.best)
  }

  /// Other work lasts longer than all samples of a short probe.
  @Test(arguments: [1.35, 1.6, 2.5])
  func aProbeThatIsDisturbedAsAWholeGetsASecondLook(factor: Double) throws {
    let found = try winner(scale: 1e5) { speed, sample in speed == Self.best && sample < 5 ? factor : 1 }
    #expect(found.speed == Self.best)
  }

  @Test func mostSamplesOfAShortProbeMayBeDisturbed() throws {
    let found = try winner(scale: 1e5) { speed, sample in speed == Self.best && sample % 4 < 2 ? 2 : 1 }
    #expect(found.speed == Self.best)
  }

  /// One lucky sample is no reason to win: medians rank the finalists.
  @Test func aLuckySampleDoesNotWin() throws {
    let found = try winner(scale: 1e5) { speed, sample in speed == 11 && sample % 5 == 0 ? 0.7 : 1 }
    #expect(found.speed == Self.best)
  }

  @Test func shortProbesAreRepeatedAndLongOnesNot() throws {
    #expect(try winner(scale: 1e5) { _, _ in 1 }.source.count(0) >= RaceRules().probeSamples)
    let long = try winner(scale: 2e7) { _, _ in 1 }
    #expect((0..<40).contains { long.source.count($0) == 1 })
  }

  /// What is sampled by itself meets another machine than its rivals did.
  @Test func theUntunedCandidateIsSampledBesideTheBest() throws {
    let times = [2e7] + (1...30).map { 1e6 + 1e4 * Double($0) }
    let fake = FakeVariant(id: "fake", clock: FakeClock(), times: times)
    let registry = Registry([fake])
    let target = Target(machine: HostMachine.current, isa: .baseline, threads: 1)
    let proposals = registry.proposals(for: pointwise(8), on: target, from: registry.racing)
    for limit in [0.3, 1] {
      let source = ScriptedSource(time: { times[$0] }, factor: { _, _ in 1 })
      var roles = Field.Roles()
      roles.untuned = proposals[0].candidate.sorted
      let field = Field(source, rules: RaceRules(), limit: limit, roles: roles)
      StrategyName.racing.strategy(RaceRules()).search(proposals, in: field)
      field.complete()
      #expect(source.count(0) == Statistics.leastSamples)
      #expect(source.rounds.allSatisfy { !$0.contains(0) || $0.count > 1 }, "\(limit)")
    }
  }
}
