import AtrousCore
import AtrousKernels
import AtrousTestSupport
import AtrousTuner

/// A clock that only moves when a fake execution says so.
final class FakeClock: NanosecondClock, @unchecked Sendable {
  private(set) var nanoseconds: UInt64 = 1
  func advance(_ nanoseconds: Double) { self.nanoseconds += UInt64(nanoseconds) }
}

/// A pointwise convolution of one channel whose configurations take as long as they are told.
struct FakeVariant: KernelVariant {
  struct Values: Tunables {
    var speed = 0
    static var parameters: [Parameter<Values>] { [Parameter("x", \.speed, 0...255, "index into the times")] }
  }

  let id: VariantID
  let clock: FakeClock
  /// Nanoseconds of each configuration; the first is the initial one.
  let times: [Double]
  /// What the cost model says, in seconds, if it is wrong.
  var predicted: [Double]?
  /// Configurations whose result is wrong.
  var wrong: Set<Int> = []
  var workspaceBytes = 0
  /// Problems it takes.
  var widths = 0...Int.max
  /// Told of every execution.
  var onExecute: @Sendable () -> Void = {}

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.channels == 1 && problem.filters == 1 && problem.taps == 1 && widths.contains(problem.width.input)
      ? nil : Rejection(.unsupported, "too much")
  }
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> Values { Values() }
  func space(for problem: Problem, on target: Target) -> [Values] { times.indices.map { Values(speed: $0) } }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let seconds = predicted?[values.speed] ?? times[values.speed] * 1e-9
    return Cost(flops: 1, workspaceBytes: workspaceBytes, seconds: seconds)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    FakeBody(
      problem: problem, weight: weights.floats[0], bias: bias?.floats[0] ?? 0, isWrong: wrong.contains(values.speed),
      sharedBytes: workspaceBytes, nanoseconds: times[values.speed], clock: clock, onExecute: onExecute)
  }
}

struct FakeBody: PlanBody {
  let problem: Problem
  let weight: Float
  let bias: Float
  let isWrong: Bool
  let sharedBytes: Int
  let nanoseconds: Double
  let clock: FakeClock
  let onExecute: @Sendable () -> Void

  var stages: [Int] { [1] }
  var workerBytes: Int { 0 }
  var packedWeightsBytes: Int { 4 }

  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let input = tensors.input.assumingMemoryBound(to: Float.self)
    let residual = tensors.residual?.assumingMemoryBound(to: Float.self)
    let output = tensors.output.assumingMemoryBound(to: Float.self)
    for index in 0..<problem.outputElements {
      var value = input[index] * weight + bias + (residual?[index] ?? 0)
      if case .clamp(let low, let high) = problem.epilogue.activation { value = min(max(value, low), high) }
      output[index] = isWrong ? value + 1 : value
    }
    clock.advance(nanoseconds)
    onExecute()
  }
}
