import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct ProblemTextTests {
  /// What is read, and what is printed.
  static let spellings: [(String, String)] = [
    ("c512 h65 w65 k512 r3 s3 d4 p4 nhwc bias relu", "c512 h65 w65 k512 r3 s3 d4 p4 nhwc bias relu"),
    ("c512 h65 w65 k512 r3 s3 d4 psame nhwc", "c512 h65 w65 k512 r3 s3 d4 p4 nhwc"),
    ("nhwc_s3_r3_k512_w65_h65_c512_psame_d4_relu_bias", "c512 h65 w65 k512 r3 s3 d4 p4 nhwc bias relu"),
    ("n1 g1 c3 h8 w8 k4 r3 s3 st1 d1 p0 f32 nchw fwd", "c3 h8 w8 k4 r3 s3 nchw"),
    ("n8 g2 c4 h8 w8 k4 r3 s3 st2 d2 p2 nchw", "n8 g2 c4 h8 w8 k4 r3 s3 st2 d2 p2 nchw"),
    ("n08 c04 h8 w8 k4 r3 s3 nchw", "n8 c4 h8 w8 k4 r3 s3 nchw"),
    // One dimension.
    ("c64 w16000 k128 s2 d64 pcausal nchw", "c64 w16000 k128 s2 d64 pl64 nchw"),
    ("c64 h1 r1 w16000 k128 s2 d64 pcausal nchw", "c64 w16000 k128 s2 d64 pl64 nchw"),
    ("c64 h1 r1 w9 k128 s2 st2 d3 p0 nchw", "c64 w9 k128 s2 st2 d3 nchw"),
    ("c1 w1 k1 s1 st5 d7 nchw", "c1 w1 k1 s1 nchw"),
    ("c1 w9 k1 s3 d2 p2 nhwc", "c1 w9 k1 s3 d2 p2 nhwc"),
    ("c1 w9 k1 s3 d2 pl1 pr2 nhwc", "c1 w9 k1 s3 d2 pl1 pr2 nhwc"),
    ("c1 w9 k1 s3 pw1 nhwc", "c1 w9 k1 s3 p1 nhwc"),
    // A padded row above and below makes the height more than absent.
    ("c1 h1 r1 w9 k1 s3 p1 nhwc", "c1 h1 w9 k1 r1 s3 p1 nhwc"),
    // The dilation of a one-tap axis is 1.
    ("c128 h64 w128 k128 r3 s1 d8 psame nhwc", "c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc"),
    ("c128 h64 w128 k128 r1 s3 d16 psame nhwc", "c128 h64 w128 k128 r1 s3 dw16 pw16 nhwc"),
    ("c8 h9 w9 k8 r1 s1 d6 nhwc", "c8 h9 w9 k8 r1 s1 nhwc"),
    // Same padding puts the odd position after.
    ("c8 h9 w9 k8 r2 s2 d3 psame nhwc", "c8 h9 w9 k8 r2 s2 d3 pt1 pb2 pl1 pr2 nhwc"),
    ("c8 h9 w9 k8 r4 s4 psame nhwc", "c8 h9 w9 k8 r4 s4 pt1 pb2 pl1 pr2 nhwc"),
    ("c8 h9 w9 k8 r2 s3 pcausal nhwc", "c8 h9 w9 k8 r2 s3 pt1 pl2 nhwc"),
    // Steps and pads per axis and per side.
    ("c8 h9 w9 k8 r3 s3 sth2 nhwc", "c8 h9 w9 k8 r3 s3 sth2 nhwc"),
    ("c8 h9 w9 k8 r3 s3 sth2 stw2 dh3 dw3 ph1 pw1 nhwc", "c8 h9 w9 k8 r3 s3 st2 d3 p1 nhwc"),
    ("c8 h9 w9 k8 r3 s3 sth2 stw3 dh1 dw3 ph1 pw2 nhwc", "c8 h9 w9 k8 r3 s3 sth2 stw3 dw3 ph1 pw2 nhwc"),
    ("c8 h9 w9 k8 r3 s3 pt1 pb1 pl2 pr2 nhwc", "c8 h9 w9 k8 r3 s3 ph1 pw2 nhwc"),
    ("c8 h9 w9 k8 r3 s3 pt1 pb1 pl1 pr1 nhwc", "c8 h9 w9 k8 r3 s3 p1 nhwc"),
    ("c8 h9 w9 k8 r3 s3 ph1 pr2 nhwc", "c8 h9 w9 k8 r3 s3 pt1 pb1 pr2 nhwc"),
    // Three dimensions; an axis of one position and one tap is not printed.
    (
      "c8 z4 h5 w6 k8 t3 r3 s3 stz2 dw2 pz1 ph1 nchw16c",
      "c8 z4 h5 w6 k8 t3 r3 s3 stz2 dw2 pz1 ph1 nchw16c"
    ),
    ("c8 z4 h5 w6 k8 t3 r3 s3 pf1 pa2 nchw", "c8 z4 h5 w6 k8 t3 r3 s3 pf1 pa2 nchw"),
    ("c8 z1 h5 w6 k8 t1 r3 s3 d2 psame nchw", "c8 h5 w6 k8 r3 s3 d2 p2 nchw"),
    ("c8 z4 w6 k8 t3 s3 p1 nchw", "c8 z4 w6 k8 t3 s3 p1 nchw"),
    // Types, layouts, directions.
    ("c8 w6 k8 s3 f16 nchw", "c8 w6 k8 s3 f16 nchw"),
    ("c8 w6 k8 s3 bf16 nchw8c:nhwc", "c8 w6 k8 s3 bf16 nchw8c:nhwc"),
    ("c8 w6 k8 s3 u8s8 nhwc:nhwc bwdd", "c8 w6 k8 s3 u8s8 nhwc bwdd"),
    ("bwdw s8s8 nchw c8 w6 k8 s3", "c8 w6 k8 s3 s8s8 nchw bwdw"),
    // Epilogues.
    ("relu6 add bias c8 w6 k8 s3 nchw", "c8 w6 k8 s3 nchw bias add relu6"),
    ("c8 w6 k8 s3 nchw leaky:0.1", "c8 w6 k8 s3 nchw leaky:0.1"),
    ("c8 w6 k8 s3 nchw clamp:-1:1.0", "c8 w6 k8 s3 nchw clamp:-1:1"),
    ("c8 w6 k8 s3 nchw clamp:-0:0", "c8 w6 k8 s3 nchw clamp:0:0"),
    ("c8 w6 k8 s3 nchw leaky:0.00000001", "c8 w6 k8 s3 nchw leaky:0.00000001"),
    ("c8 w6 k8 s3 nchw leaky:0.100000000000", "c8 w6 k8 s3 nchw leaky:0.1"),
    ("c8 w6 k8 s3 nchw leaky:100000000000000000000", "c8 w6 k8 s3 nchw leaky:100000000000000000000"),
  ]

  @Test(arguments: spellings)
  func printsTheOneSpelling(text: String, printed: String) throws {
    let problem = try Problem(text: text)
    #expect(problem.description == printed)
    #expect(try Problem(text: printed) == problem)
  }

  @Test func readsWhatItPrints() throws {
    var source = RandomProblems(seed: 1)
    source.layouts = Layout.allCases
    source.epilogues = true
    source.mixedLayouts = true
    source.everything = true
    for problem in source.next(4000) {
      let text = problem.description
      #expect(try Problem(text: text) == problem, "\(text)")
      #expect(text.utf8.count <= 200)
    }
  }

  @Test func orderAndSeparatorsDoNotMatter() throws {
    var source = RandomProblems(seed: 2)
    source.epilogues = true
    source.everything = true
    var generator = SplitMix64(seed: 3)
    for problem in source.next(1000) {
      var text = ""
      for token in problem.description.split(separator: " ").shuffled(using: &generator) {
        text += (text.isEmpty ? "" : Bool.random(using: &generator) ? " " : "_") + token
      }
      #expect(try Problem(text: text) == problem, "\(text)")
    }
  }

  @Test func everyFiniteFloatKeepsItsBits() throws {
    var generator = SplitMix64(seed: 4)
    let edges: [Float] = [
      .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .ulpOfOne,
      .pi, 1, -1, 0.1, 16_777_216, 1e15, 1e16, 1e17, 123_456.79,
    ]
    let random = (0..<4000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
    for slope in edges + random where slope.isFinite && slope != 0 {
      let problem = try Problem(
        channels: 1, filters: 1, width: Axis(input: 1, kernel: 1), inputLayout: .nchw,
        epilogue: Epilogue(activation: .leaky(slope: slope)))
      let text = problem.description
      #expect(!text.contains("e-") && !text.contains("e+") && !text.hasSuffix("."))
      guard case .leaky(let back) = try Problem(text: text).epilogue.activation else {
        Issue.record("\(text)")
        continue
      }
      #expect(back.bitPattern == slope.bitPattern, "\(text)")
    }
  }
}
