import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

/// Taps that only ever meet padding are left out, whatever the variant.
@Suite struct TapTrimmingTests {
  private static let target = Target(
    machine: HostMachine.current, isa: HostMachine.current.bestInstructionSet, threads: 1)

  /// Rates as large as the image on both axes: one tap is left, which `pointwise` takes.
  @Test(arguments: [
    "c20 h5 w7 k19 r3 s3 d7 psame nhwc bias relu", "c20 h5 w7 k19 r3 s3 dh5 dw9 psame nchw bias add",
    "c20 w9 k19 s5 d20 psame nhwc", "c20 w9 k19 s2 d16 pcausal nchw relu", "c20 h5 w7 k19 r3 s3 st2 d8 p8 nhwc",
    "c9 h4 w6 k5 r3 s2 d6 pt6 pr6 pb6 nhwc", "n2 c16 h5 w7 k32 r5 s5 d7 psame nchw16c bias",
  ])
  func oneTapIsLeft(_ text: String) throws {
    try check(text, "pointwise")
  }

  /// Rows or columns alone; outputs before and after the input's middle; several live taps of five.
  @Test(arguments: [
    "c20 h3 w17 k19 r3 s3 d4 psame nhwc bias relu", "c20 h17 w3 k19 r3 s3 d4 psame nchw bias",
    "c20 h6 w6 k19 r5 s5 d4 psame nhwc", "c20 h6 w7 k19 r3 s3 d9 pt18 pl18 nhwc",
    "c20 h6 w7 k19 r3 s3 d9 pb18 pr18 nhwc",
    "c16 z3 h5 w9 k32 t3 r3 s3 d5 psame nhwc",
  ])
  func someTapsAreLeft(_ text: String) throws {
    for variant in ["direct-nhwc", "im2col-gemm"] as [VariantID] {
      try check(text, variant)
      #expect(try packedBytes(text, variant) < packedBytes(undilated(text), variant), "\(text)")
    }
  }

  /// A tap at one output alone, past the padding of all others: the axis stays as it is.
  @Test func outputsThatBeginInsideTheInputStay() throws {
    for text in ["c5 w20 k7 s3 d9 pl3 pr1 nhwc", "c5 w4 k7 s2 d7 pl6 nhwc"] {
      try check(text, "direct-nhwc")
      #expect(try packedBytes(text, "direct-nhwc") == packedBytes(undilated(text), "direct-nhwc"), "\(text)")
    }
  }

  /// The problem with neighbouring taps, all of which touch data somewhere.
  private func undilated(_ text: String) -> String { text.replacing(#/ d\d+ /#, with: " ") }

  private func packedBytes(_ text: String, _ variant: VariantID) throws -> Int {
    let problem = try Problem(text: text)
    let variant = try #require(Registry.shared[variant])
    let data = ProblemData(problem, seed: 3).tensors
    let plan = try variant.makePlan(
      variant.initialConfiguration(for: problem, on: Self.target), for: problem, on: Self.target,
      weights: data.weights.span.bytes, bias: data.bias?.span.bytes)
    return plan.packedWeightsBytes
  }

  private func check(_ text: String, _ variant: VariantID) throws {
    let problem = try Problem(text: text)
    let variant = try #require(Registry.shared[variant])
    guard variant.rejection(of: problem, on: Self.target) == nil else {
      Issue.record("\(variant.id) refuses \(text)")
      return
    }
    let data = ProblemData(problem, seed: 3)
    for configuration in variant.configurations(for: problem, on: Self.target).prefix(12) {
      let run = try GuardedRun(data, variant, configuration, isa: Self.target.isa)
      #expect(run.faults.isEmpty, "\(text): \(run.faults)")
      #expect(data.error(of: run.output) <= variant.errorBound(of: configuration, for: problem), "\(text)")
    }
  }
}
