import Atrous
import AtrousCore
import AtrousDatabase
import AtrousReports
import Testing

@Suite struct ModelTimeTests {
  private let layer = "c16 h33 w33 k16 r3 s3 d2 p2 nhwc"
  private let wide = "c32 h33 w33 k32 r3 s3 d2 p2 nhwc"

  private func line(_ text: String, _ count: Int) throws -> ProblemLine {
    ProblemLine(problem: try Problem(text: text), count: count)
  }

  private func time(_ lines: [ProblemLine], _ made: Made, threads: Int = 1) -> ModelTime {
    ModelTime(
      lines, on: made.machine.key, threads: threads, cache: .warm, in: made.database, constraints: Constraints())
  }

  @Test func isTheSumOfMediansTimesCounts() throws {
    var made = Made()
    let lines = [try line(layer, 3), try line(wide, 2)]
    for (line, scale) in zip(lines, [1.0, 5.0]) {
      let key = made.key(line.problem)
      let untuned = try #require(ProblemResult(key: key, candidates: []).untuned(on: made.machine, isa: .avx2))
      made.add(made.candidate("direct-scalar avx2"), 50_000 * scale, to: key)
      made.add(untuned, 100_000 * scale, to: key)
    }
    let time = time(lines, made)
    #expect(time.tuned == 3 * 50_000 + 2 * 250_000 && time.untuned == 2 * time.tuned)
    #expect(time.text == ["model, 1 thread: 5 convolutions in 2 problems: 650 µs tuned, 1.30 ms untuned, 2.00×"])
    #expect(time.untunedMedians[lines[1].problem] == 500_000)
  }

  @Test func theUntunedCandidateMayWin() throws {
    var made = Made()
    made.add(made.untuned, 100_000)
    let time = time([try line(layer, 4)], made)
    #expect(time.tuned == 400_000 && time.untuned == 400_000)
  }

  @Test func whatWasNotMeasuredIsLeftOutAndSaid() throws {
    var made = Made()
    let (compared, uncompared, unknown) = (try line(layer, 2), try line(wide, 3), try line("c4 w9 k4 s3 nhwc", 7))
    made.add(made.candidate("direct-scalar avx2"), 50_000, to: made.key(compared.problem))
    made.add(made.untuned, 100_000, to: made.key(compared.problem))
    made.add(made.candidate("direct-scalar avx2"), 50_000, to: made.key(uncompared.problem))
    let time = time([compared, uncompared, unknown], made)
    #expect(time.tuned == 100_000 && time.untuned == 200_000)
    #expect(time.measured.problems == 1 && time.unmeasured.convolutions == 7 && time.uncompared.convolutions == 3)
    #expect(time.text.count == 3)
    #expect(time.text[1].contains("7 convolutions in 1 problem, 0 % of the nominal FLOPs, left out: not measured"))
    #expect(time.text[2].contains("3 convolutions in 1 problem, 86 % of the nominal FLOPs, left out: the untuned"))
  }

  @Test func otherThreadsAreAnotherModelTime() throws {
    var made = Made()
    made.add(made.untuned, 100_000)
    let time = time([try line(layer, 4)], made, threads: 2)
    #expect(time.measured.problems == 0)
    #expect(
      time.text == [
        "model, 2 threads: 4 convolutions in 1 problem, 100 % of the nominal FLOPs, left out: not measured (more budget would)"
      ])
  }
}
