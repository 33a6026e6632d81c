import AtrousCore
import AtrousTestSupport
import Testing

/// No property of a problem that its initialiser accepts may overflow.
@Suite struct OverflowTests {
  private func touchEverything(_ problem: Problem) -> Bool {
    let numbers = [
      problem.taps, problem.outputPositions, problem.inputPositions, problem.inputElements, problem.outputElements,
      problem.weightElements, problem.nominalFLOPs, problem.minimumBytes, problem.channelsPerGroup,
      problem.filtersPerGroup,
    ]
    let axes = [problem.depth, problem.height, problem.width]
    for axis in axes {
      _ = axis.liveOutputs(ofTap: axis.kernel - 1)
      _ = axis.liveTaps(at: axis.output - 1)
      _ = (axis.span, axis.paddedInput, axis.phases)
    }
    _ = (problem.description, ProblemKey(problem))
    return numbers.allSatisfy { $0 > 0 } && axes.allSatisfy { $0.output > 0 }
  }

  @Test(arguments: [
    ("c2147483647 w1200000000 k1 s1 nchw", "padded input bytes"),
    ("c1 w1200000000 k2147483647 s1 nchw", "output bytes"),
    ("c2147483647 w1 k2147483647 s1 nchw", "weight bytes"),
    ("n2147483647 c1048576 w4096 k1 s1 nchw", "padded input bytes"),
    ("c65536 h65536 w65536 k65536 r1 s1 nchw", "nominal FLOPs"),
    ("c1 h1 w1 k1 r1 s1 st2147483647 p2147483647 nchw", "padded input bytes"),
    ("c1100000000 w2147483647 k1 s1 nchw8c", "padded input bytes"),
    ("c1 w536870912 k2147483646 s1 add nchw8c", "bytes of all tensors"),
  ])
  func productsPastTheRangeAreNamed(text: String, quantity: String) {
    #expect(throws: ProblemError.tooLarge(quantity: quantity)) { try Problem(text: text) }
  }

  @Test(arguments: [
    "c2147483647 w1 k2 s1 nchw16c", "c1 w2147483647 k1 s2147483647 nchw", "c1 w2147483647 k1 s2 d2147483646 nchw",
    "c1 w1 k1 s1 st2147483647 p2147483647 nchw", "n2147483647 c1 w1 k1 s1 nhwc",
    "c2147483647 g2147483647 w1 k2147483647 s1 nchw16c bias add",
    "c1 w1 k1 s2 d2147483647 pl2147483647 nchw", "c1 h2147483647 w100000000 k1 r1 s1 nhwc",
  ])
  func theLargestAreAccepted(text: String) throws {
    #expect(touchEverything(try Problem(text: text)))
  }

  /// Random problems around the limit: each is refused with an error, or has all its properties.
  @Test func aroundTheLimit() {
    var generator = SplitMix64(seed: 5)
    var accepted = 0
    func number(_ least: Int) -> Int {
      let bits = Int.random(in: 0...31, using: &generator)
      return max(least, Int(generator.next() >> (64 - UInt64(bits))))
    }
    func axis() -> Axis {
      Axis(
        input: number(1), kernel: number(1), stride: number(1), dilation: number(1), before: number(0),
        after: number(0))
    }
    for _ in 0..<40_000 {
      let groups = number(1)
      let problem = try? Problem(
        batch: number(1), groups: groups, channels: groups.multipliedReportingOverflow(by: number(1)).partialValue,
        filters: groups, height: axis(), width: axis(), inputLayout: Layout.allCases.randomElement(using: &generator)!,
        epilogue: Epilogue(bias: true, add: true))
      guard let problem else { continue }
      accepted += 1
      #expect(touchEverything(problem), "\(problem)")
    }
    #expect(accepted > 100)
  }
}
