import AtrousCore
import AtrousKernels
import Testing

@Suite struct FewestMultiplicationsTests {
  /// Taps against products of an axis, and how many axes share them, worked out by hand from the tiles.
  @Test(arguments: [
    // 17 = 6 + 6 + 5 and 16 = 6 + 5 + 5 outputs take 23 and 22 products: 45 for 33.
    ("c512 h33 w33 k512 r3 s3 d2 psame nhwc", 99, 45, 2),
    // Nine phases of 3 pixels and three of 2, four products each: 48 for 33. Of eight and eight the same.
    ("c2048 h33 w33 k256 r3 s3 d12 psame nhwc", 99, 48, 2), ("c64 h40 w40 k64 r3 s3 d16 psame nhwc", 120, 64, 2),
    // One of 3 pixels and fifteen of 2: five products and three of each.
    ("c64 h33 w33 k64 r3 s3 d16 psame nhwc", 99, 50, 2),
    // Fifteen of 2 and three of 1: 48.
    ("c2048 h33 w33 k256 r3 s3 d18 psame nhwc", 99, 48, 2),
    // Two taps: 9 outputs from 10 products; 250 are 28 tiles a phase.
    ("c64 w16000 k128 s2 d64 pcausal nhwc", 32_000, 17_920, 1),
    // Four outputs at stride 2, three taps: five points of two planes, one of which has none at ∞.
    ("c64 h9 w9 k64 r3 s3 st2 nhwc", 12, 9, 2),
    // Ten outputs a phase: twice six points of two planes, less two. The last phase has nine, as six and five points.
    ("c256 h57 w57 k256 r3 s3 st2 d3 p3 nhwc", 87, 64, 2),
    // Seven taps: four of one plane, three of the other. Ten outputs are two tiles of five, of 15 products.
    ("c3 h25 w25 k64 r7 s7 st2 nhwc", 70, 30, 2),
    // One tap, channels alone, and strides that leave one tap leave the taps as they are.
    // So do more taps than any transform takes.
    ("c64 w1000 k64 s200 nhwc", 1, 1, 1), ("c64 h9 w9 k64 r1 s1 nhwc", 1, 1, 1),
    ("g64 c64 h9 w9 k64 r3 s3 nhwc", 1, 1, 1),
    ("c64 h9 w9 k64 r3 s3 st3 nhwc", 1, 1, 1),
  ])
  func countsTheTiles(text: String, taps: Int, products: Int, axes: Int) throws {
    let problem = try Problem(text: text)
    let power = { (base: Int) in axes == 2 ? base * base : base }
    #expect(2 * problem.fewestMultiplications * power(taps) == problem.nominalFLOPs * power(products))
  }

  @Test func strideAndDilationShareTheirDivisor() throws {
    let strided = try Problem(text: "c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc")
    let reduced = try Problem(text: "c128 h33 w33 k256 r3 s3 p1 nhwc")
    #expect(strided.fewestMultiplications == reduced.fewestMultiplications)
  }

  @Test func longFiltersTakeFourier() throws {
    let problem = try Problem(text: "c512 h60 w60 k1024 r7 s7 d4 nhwc")
    // Nine outputs a phase: four tiles of 16×16 pixels hold ten each way.
    #expect(problem.fewestMultiplications == 512 * 1024 * 16 * 2 * 16 * 16)
  }
}
