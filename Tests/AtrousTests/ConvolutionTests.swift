import Atrous
import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct ConvolutionTests {
  let problem = try! Problem(text: "c2 h5 w6 k3 r3 s3 d2 p2 nhwc bias add relu")

  /// The plain sum, epilogue included.
  func expected(_ input: [Float], _ weights: [Float], _ bias: [Float], _ residual: [Float]) -> [Float] {
    var output: [Float] = []
    for row in 0..<5 {
      for column in 0..<6 {
        for filter in 0..<3 {
          var sum = bias[filter] + residual[output.count]
          for channel in 0..<2 {
            for tap in 0..<9 {
              let (y, x) = (row + tap / 3 * 2 - 2, column + tap % 3 * 2 - 2)
              guard (0..<5).contains(y), (0..<6).contains(x) else { continue }
              sum += input[(y * 6 + x) * 2 + channel] * weights[(filter * 2 + channel) * 9 + tap]
            }
          }
          output.append(max(sum, 0))
        }
      }
    }
    return output
  }

  @Test func runsWhatItResolved() throws {
    var random = SplitMix64(seed: 3)
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float.random(in: -1...1, using: &random) } }
    let (input, weights, bias, residual) = (numbers(60), numbers(54), numbers(3), numbers(90))
    let convolution = try Convolution(
      problem, weights: weights.span, bias: bias.span, threads: 2,
      resolver: Resolver(tables: TableStack([])))
    #expect(convolution.plan.candidate == convolution.resolution.candidate)
    var output = [Float](repeating: .nan, count: 90)
    var workspace = try convolution.makeWorkspace()
    var span = output.mutableSpan
    try convolution.run(input: input.span, residual: residual.span, output: &span, workspace: &workspace)
    let truth = expected(input, weights, bias, residual)
    #expect(zip(output, truth).allSatisfy { abs($0 - $1) < 1e-5 })

    var raw = [Float](repeating: .nan, count: 90)
    let pool = try WorkerPool(threads: 2)
    let same = try weights.withUnsafeBytes { weights in
      try bias.withUnsafeBytes { bias in
        try Convolution(problem, weights: weights, bias: bias, threads: 2, resolver: Resolver(tables: TableStack([])))
      }
    }
    input.withUnsafeBytes { input in
      residual.withUnsafeBytes { residual in
        raw.withUnsafeMutableBytes { output in
          same.execute(
            input: input.baseAddress!, residual: residual.baseAddress!, output: output.baseAddress!,
            workspace: &workspace, pool: pool)
        }
      }
    }
    #expect(raw == output)
  }

  @Test func theTableDecides() throws {
    let table = Fake.table([(problem.description, 1, "slow baseline tw3", 1)])
    let convolution = try Convolution(
      problem, weights: [Float](repeating: 0, count: 54).span, bias: [Float](repeating: 0, count: 3).span,
      resolver: Fake.resolver([table]))
    #expect(convolution.plan.candidate.description == "slow baseline tw3")
    var output = [Float](repeating: 0, count: 90)
    var workspace = try convolution.makeWorkspace()
    var span = output.mutableSpan
    try convolution.run(
      input: [Float](repeating: 0, count: 60).span, residual: [Float](repeating: 0, count: 90).span, output: &span,
      workspace: &workspace)
    #expect(output.allSatisfy { $0 == 3 })
  }

  @Test func badBuffersAreRefused() throws {
    let weights = [Float](repeating: 0, count: 54)
    let bias = [Float](repeating: 0, count: 3)
    #expect(throws: AtrousError.plan(.missingBias)) { try Convolution(problem, weights: weights.span) }
    #expect(throws: AtrousError.plan(.wrongSize(tensor: "weights", bytes: 12, expected: 216))) {
      try Convolution(problem, weights: bias.span, bias: bias.span)
    }
    #expect(throws: AtrousError.threads(0, allowed: 1...1022)) {
      try Convolution(problem, weights: weights.span, bias: bias.span, threads: 0)
    }
    let convolution = try Convolution(problem, weights: weights.span, bias: bias.span)
    var workspace = try convolution.makeWorkspace()
    var output = [Float](repeating: 0, count: 90)
    #expect(throws: ExecutionError.wrongSize(buffer: "input", bytes: 216, expected: 240)) {
      var span = output.mutableSpan
      try convolution.run(input: weights.span, residual: nil, output: &span, workspace: &workspace)
    }
  }

  @Test func unsupportedProblemsNameEveryVariant() throws {
    let half = try Problem(text: "c2 w8 k2 s3 nhwc f16")
    let error = #expect(throws: AtrousError.self) {
      try Convolution(half, weights: [Float](repeating: 0, count: 12).span)
    }
    #expect("\(error!)".contains("reference: "))
  }
}
