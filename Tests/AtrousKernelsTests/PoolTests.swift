import AtrousKernels
import Testing

@Suite struct PoolTests {
  @Test(arguments: [1...1, 2...5, 1...WorkerPool.threadRange.upperBound]) func everyPartIsTakenOnce(_ takers: ClosedRange<Int>) {
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
    let parts = UntakenParts(workers: WorkerPool.threadRange.upperBound, range: UntakenParts.most - 1..<UntakenParts.most)
    #expect(UntakenParts(word: parts.word) == parts)
  }
}
