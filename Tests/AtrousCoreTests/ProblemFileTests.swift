import AtrousCore
import Testing

@Suite struct ProblemFileTests {
  private let small = "c8 w6 k8 s3 nchw"

  @Test func readsTextCountAndName() throws {
    let text = """
      # a comment

      \(small)
      \(small) bias\t3
      \(small)\t2\tlayer one  # another comment
        # a third
      mb1ic8iw6oc8kw3n"conv"\t7
      mb1ic8iw6oc8kw3n"conv"\t7\tours
      \(small)\t
      """
    let problem = try Problem(text: small)
    #expect(
      try Problem.parseFile(text) == [
        ProblemLine(problem: problem),
        ProblemLine(problem: problem.with(epilogue: Epilogue(bias: true)), count: 3),
        ProblemLine(problem: problem, count: 2, name: "layer one"),
        ProblemLine(problem: problem, count: 7, name: "conv"),
        ProblemLine(problem: problem, count: 7, name: "ours"),
        ProblemLine(problem: problem),
      ])
  }

  @Test func readsEveryLineEnd() throws {
    #expect(try Problem.parseFile("").isEmpty)
    #expect(try Problem.parseFile("#\n\n \t\r\n").isEmpty)
    #expect(try Problem.parseFile("\(small)\r\n\(small)\t2\r\n\r\n\(small)").map(\.count) == [1, 2, 1])
  }

  @Test func refusesWithTheLineNumber() {
    func expect(_ text: String, _ line: Int, _ reason: ProblemFileError.Reason, _ location: SourceLocation) {
      let error = #expect(throws: ProblemFileError.self, sourceLocation: location) { try Problem.parseFile(text) }
      #expect(error?.line == line && error?.reason == reason, sourceLocation: location)
      #expect(error?.description.hasPrefix("line \(line): ") == true, sourceLocation: location)
    }
    expect("\n# x\n\(small) q7\n", 3, .problem(.unknownToken("q7")), #_sourceLocation)
    expect("\(small)\t0", 1, .malformedCount("0"), #_sourceLocation)
    expect("\(small)\t-1", 1, .malformedCount("-1"), #_sourceLocation)
    expect("\(small)\t\tname", 1, .malformedCount(""), #_sourceLocation)
    expect(
      "\(small)\t10000000000000000000000000000000", 1, .malformedCount("10000000000000000000000000000000"),
      #_sourceLocation)
    expect("\(small)\n\(small)\t1\ta\tb", 2, .tooManyFields(4), #_sourceLocation)
    expect("  \(small)", 1, .problem(.emptyToken), #_sourceLocation)
  }
}
