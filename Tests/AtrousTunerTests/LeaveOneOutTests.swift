import Atrous
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

@Suite struct LeaveOneOutTests {
  @Test func choicesAreMeasuredBesideTheBestAndStay() throws {
    try withStore { store in
      let clock = FakeClock()
      var tuner = tuner([PerWidthVariant(clock: clock)], clock, store: store)
      tuner.options.rules.patience = 1000
      _ = try tuner.run([pointwise(8), pointwise(16)])
      let machine = tuner.machine
      func regret(_ rung: Rung) throws -> [Double?] {
        try store.read().leftOut(rung, on: machine, isa: .baseline, registry: tuner.registry).map(\.regret)
      }
      #expect(try regret(.nearest).contains(nil))
      tuner.options.strategy = .leaveOneOut
      let outcome = try tuner.run([pointwise(8), pointwise(16)])
      #expect(outcome.predicted.isEmpty && outcome.unanswered.isEmpty)
      // Of each the other's winner, what runs untuned, and the best beside them; 16 before 8, as texts are ordered.
      #expect(outcome.candidates == 6)
      #expect(try regret(.nearest) == [6, 7])
      #expect(try regret(.costModel) == [3, 2])
      #expect(try tuner.run([pointwise(8), pointwise(16)]).candidates == 0)
      #expect(try store.read().kept() == store.read())
    }
  }
}

/// A pointwise convolution whose fastest configuration is 1 at width 8 and 2 at width 16.
private struct PerWidthVariant: KernelVariant {
  typealias Values = FakeVariant.Values
  let id: VariantID = "per-width"
  let clock: FakeClock

  private func fake(_ problem: Problem) -> FakeVariant {
    let times = problem.width.input == 8 ? [3e6, 1e6, 8e6] : [4e6, 7e6, 1e6]
    return FakeVariant(id: id, clock: clock, times: times, predicted: [1e-3, 1e-3, 1e-3])
  }

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    fake(problem).rejection(of: problem, on: target)
  }
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> Values { Values() }
  func space(for problem: Problem, on target: Target) -> [Values] { fake(problem).space(for: problem, on: target) }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    fake(problem).cost(of: values, for: problem, on: target)
  }
  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try fake(problem).plan(values, for: problem, on: target, weights: weights, bias: bias)
  }
}
