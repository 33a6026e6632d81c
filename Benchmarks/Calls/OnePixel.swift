import Atrous

/// One channel of one pixel through one tap: what a call costs when there is nothing to compute.
final class OnePixel {
  let convolution: Convolution
  private let body: any PlanBody
  private var workspace: Workspace
  private let scratch: UnsafeMutableRawPointer
  private let input: [Float] = [2]
  private var output: [Float] = [0]

  init() throws {
    let problem = try Problem(text: "c1 h1 w1 k1 r1 s1 nhwc")
    let weights: [Float] = [3]
    convolution = try Convolution(problem, weights: weights.span, threads: 1)
    workspace = try convolution.makeWorkspace()
    let plan = convolution.plan
    body = try Self.body(Registry.shared[plan.candidate.variant]!, plan, weights)
    scratch = .allocate(byteCount: plan.workspaceBytes, alignment: 64)
  }

  deinit { scratch.deallocate() }

  private static func body<Variant: KernelVariant>(
    _ variant: Variant, _ plan: Plan, _ weights: [Float]
  ) throws -> any PlanBody {
    try variant.plan(
      Variant.Values(plan.candidate.configuration), for: plan.problem, on: plan.target, weights: weights.span.bytes,
      bias: nil)
  }

  func run(times: Int) throws {
    // Spans are of variables here, which a property is not; nothing is copied.
    let input = input
    var output: [Float] = []
    swap(&output, &self.output)
    try repeatRun(times, input.span, &output)
    swap(&output, &self.output)
  }

  private func repeatRun(_ times: Int, _ input: Span<Float>, _ output: inout [Float]) throws {
    var span = output.mutableSpan
    for _ in 0..<times { try convolution.run(input: input, output: &span, workspace: &workspace) }
  }

  func execute(times: Int) {
    input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { output in
        for _ in 0..<times {
          convolution.execute(input: input.baseAddress!, output: output.baseAddress!, workspace: &workspace)
        }
      }
    }
  }

  /// The parts alone, as an execution calls them.
  func kernel(times: Int) {
    let stages = body.stages
    let scratch = Scratch(shared: scratch, worker: scratch + (body.sharedBytes + 63) / 64 * 64)
    input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { output in
        let tensors = Tensors(input: input.baseAddress!, residual: nil, output: output.baseAddress!)
        for _ in 0..<times {
          for stage in stages.indices {
            for part in 0..<stages[stage] { body.run(stage: stage, part: part, tensors: tensors, scratch: scratch) }
          }
        }
      }
    }
  }
}
