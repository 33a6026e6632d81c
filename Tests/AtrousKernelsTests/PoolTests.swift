import AtrousCore
import AtrousKernels
import Testing

@Suite struct PoolTests {
  @Test(arguments: [1...1, 2...5, 1...WorkerPool.threadRange.upperBound]) func everyPartIsTakenOnce(
    _ takers: ClosedRange<Int>
  ) {
    var left = UntakenParts(workers: 1023, range: 0..<100)
    var taken: [Int] = []
    var taker = takers.lowerBound
    while !left.range.isEmpty {
      let (part, rest) = left.taken(by: taker - 1)
      taken.append(part)
      left = UntakenParts(word: rest.word)
      #expect(left == rest)
      taker = taker == takers.upperBound ? takers.lowerBound : taker + 1
    }
    #expect(taken.sorted() == Array(0..<100))
  }

  @Test func threadsMeetInTheMiddle() {
    let parts = UntakenParts(workers: 2, range: 0..<4)
    let (first, afterCaller) = parts.taken(by: 0)
    let (last, afterBoth) = afterCaller.taken(by: 1)
    #expect((first, last) == (0, 3))
    #expect(afterBoth.range == 1..<3)
  }

  @Test func aWordHoldsTheLargest() {
    let parts = UntakenParts(
      workers: WorkerPool.threadRange.upperBound, range: UntakenParts.most - 1..<UntakenParts.most)
    #expect(UntakenParts(word: parts.word) == parts)
  }

  /// Words of parts repeat from call to call, and workers that one call leaves out come late to the next.
  @Test func aPoolServesPlansOfDifferentThreads() throws {
    let problem = try Problem(text: "c8 h7 w9 k8 r3 s3 p1 nhwc")
    let variant = try #require(Registry.shared["direct-nhwc"])
    let weights = (0..<problem.weightElements).map { Float($0 % 7) - 3 }
    let input = (0..<problem.inputElements).map { Float($0 % 5) - 2 }
    let plans = try [4, 2, 3].map { threads in
      let target = Target(machine: HostMachine.current, isa: .baseline, threads: threads)
      return try variant.makePlan(
        variant.initialConfiguration(for: problem, on: target), for: problem, on: target, weights: weights.span.bytes,
        bias: nil)
    }
    let pool = try WorkerPool(threads: 4)
    var wrong = 0
    var expected = [Float](repeating: 0, count: problem.outputElements)
    for call in 0..<6000 {
      let plan = plans[call % plans.count]
      var workspace = try plan.makeWorkspace()
      var output = [Float](repeating: .nan, count: problem.outputElements)
      input.withUnsafeBytes { input in
        output.withUnsafeMutableBytes { output in
          plan.execute(
            input: input.baseAddress!, output: output.baseAddress!, workspace: &workspace, pool: call == 0 ? nil : pool)
        }
      }
      if call == 0 { expected = output } else if output != expected { wrong += 1 }
    }
    #expect(wrong == 0)
  }
}
