import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct AxisTests {
  private func meets(_ axis: Axis, _ position: Int, _ tap: Int) -> Bool {
    let at = position * axis.stride + tap * axis.dilation - axis.before
    return at >= 0 && at < axis.input
  }

  private func check(_ axis: Axis) {
    var count = 0
    for tap in 0..<axis.kernel {
      let live = (0..<axis.output).filter { meets(axis, $0, tap) }
      #expect(Array(axis.liveOutputs(ofTap: tap)) == live, "\(axis) tap \(tap)")
      count += live.count
    }
    for position in 0..<axis.output {
      let live = (0..<axis.kernel).filter { meets(axis, position, $0) }
      #expect(Array(axis.liveTaps(at: position)) == live, "\(axis) position \(position)")
    }
    #expect(axis.liveTapCount == count, "\(axis)")
  }

  @Test func liveTapsEqualAPlainCount() {
    for problem in RandomProblems(seed: 6).with(1500) {
      check(problem.height)
      check(problem.width)
    }
  }

  @Test func smallAxesEqualAPlainCount() {
    for input in 1...4 {
      for kernel in 1...4 {
        for (stride, dilation) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (1, 5), (5, 1)] {
          for (before, after) in [(0, 0), (1, 0), (0, 2), (3, 3), (7, 9)] {
            let axis = Axis(
              input: input, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
            if axis.output > 0 { check(axis) }
          }
        }
      }
    }
  }

  @Test func hugeKernelsAreCountedAtOnce() {
    let axis = Axis(input: 2_000_000_001, kernel: 2_000_000_001, before: 1_000_000_000, after: 1_000_000_000)
    let n = 1_000_000_000
    #expect(axis.liveTapCount == 3 * n * n + 3 * n + 1)
  }

  @Test func outputsEqualAPlainCount() {
    for problem in RandomProblems(seed: 7).with(500) {
      let axis = problem.width
      let positions = (0...axis.paddedInput).filter { $0 * axis.stride + axis.span <= axis.paddedInput }
      #expect(axis.output == positions.count, "\(axis)")
      #expect(axis.phases == Set((0..<axis.input).map { $0 % axis.dilation }).count)
    }
  }

  @Test func usefulFLOPsCountWhatMeetsTheInput() throws {
    // At 33×33 and dilation 18 only 41 % of the taps are live.
    let aspp = try Problem(text: "c2048 h33 w33 k256 r3 s3 d18 psame nhwc")
    #expect(aspp.nominalFLOPs == 2 * 2048 * 256 * 9 * 33 * 33)
    #expect(aspp.usefulFLOPs == 2 * 2048 * 256 * (33 + 15 + 15) * (33 + 15 + 15))
    // Past the image only the centre is.
    let far = try Problem(text: "c8 h9 w9 k8 r3 s3 d9 psame nhwc")
    #expect(far.usefulFLOPs == 2 * 8 * 8 * 9 * 9)
    for problem in RandomProblems(seed: 8).with(500) {
      #expect(problem.usefulFLOPs <= problem.nominalFLOPs)
    }
  }

  @Test func elementsAndBytes() throws {
    let problem = try Problem(text: "n2 g3 c9 h5 w7 k6 r3 s3 p1 nchw8c:nhwc bias add")
    #expect(problem.inputElements == 2 * 16 * 5 * 7)
    #expect(problem.outputElements == 2 * 6 * 5 * 7)
    #expect(problem.weightElements == 6 * 3 * 3 * 3)
    #expect(problem.minimumBytes == 4 * (1120 + 162 + 2 * 420 + 6))
  }
}

extension RandomProblems {
  fileprivate func with(_ count: Int) -> [Problem] {
    var source = self
    return source.next(count)
  }
}
