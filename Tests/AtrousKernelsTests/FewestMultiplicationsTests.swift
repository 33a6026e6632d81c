import AtrousCore
import AtrousKernels
import Testing

@Suite struct FewestMultiplicationsTests {
  /// Taps against products of an axis, and how many axes share them, worked out by hand from the tiles.
  @Test(arguments: [
    // 17 = 6 + 6 + 5 and 16 = 6 + 5 + 5 outputs take 23 and 22 products: 45 for 33.
    ("c512 h33 w33 k512 r3 s3 d2 psame nhwc", 99, 45, 2),
    // Nine phases of 3 pixels and three of 2: 54 products for 33.
    ("c2048 h33 w33 k256 r3 s3 d12 psame nhwc", 99, 54, 2),
    // Fifteen of 2 and three of 1: 48.
    ("c2048 h33 w33 k256 r3 s3 d18 psame nhwc", 99, 48, 2),
    // Two taps: 9 outputs from 10 products; 250 are 28 tiles a phase.
    ("c64 w16000 k128 s2 d64 pcausal nhwc", 32_000, 17_920, 1),
    // One tap, channels alone, and strides past the dilation leave the taps as they are.
    // So do more taps than any transform takes.
    ("c64 w1000 k64 s200 nhwc", 1, 1, 1), ("c64 h9 w9 k64 r1 s1 nhwc", 1, 1, 1),
    ("g64 c64 h9 w9 k64 r3 s3 nhwc", 1, 1, 1),
    ("c64 h9 w9 k64 r3 s3 st2 nhwc", 1, 1, 1),
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
