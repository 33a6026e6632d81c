import AtrousCore
import Testing

@Suite struct BenchdnnTextTests {
  static let spellings: [(String, String)] = [
    // The batch is 2 unless written, the shape square where only the height is.
    ("ic64ih56oc64oh56kh3ph1", "n2 c64 h56 w56 k64 r3 s3 p1 nchw"),
    ("mb1ic64ih56oc64oh56kh3ph1n\"resnet_50:res2a_branch2b*4\"", "c64 h56 w56 k64 r3 s3 p1 nchw"),
    ("mb1_ic64_ih56_oc64_oh56_kh3_ph1", "c64 h56 w56 k64 r3 s3 p1 nchw"),
    ("g1mb1ic64ih56iw56oc64oh56ow56kh3kw3sh1sw1ph1pw1dh0dw0", "c64 h56 w56 k64 r3 s3 p1 nchw"),
    ("ic3ih227iw227_oc96oh55ow55_kh11kw11_sh4sw4ph0pw0_n\"alexnet:conv1\"", "n2 c3 h227 w227 k96 r11 s11 st4 nchw"),
    // Its dilation is one less than ours.
    ("mb1ic512ih33oc512oh33kh3ph2dh1", "c512 h33 w33 k512 r3 s3 d2 p2 nchw"),
    ("g960mb1ic960ih33oc960kh3ph2dh1 nhwc", "g960 c960 h33 w33 k960 r3 s3 d2 p2 nhwc"),
    // One dimension, and three.
    ("mb1ic64iw100oc128kw2pw3dw2", "c64 w100 k128 s2 d3 p3 nchw"),
    ("mb1ic3id8oc4kd3pd1", "c3 z8 h8 w8 k4 t3 r3 s3 p1 nchw"),
    ("mb1ic3id8ih7iw6oc4kd3kh2kw1pd1", "c3 z8 h7 w6 k4 t3 r2 s1 pz1 nchw"),
    // What the output extent needs is the pad after; without a pad both sides share it.
    ("mb1ic3ih224oc64oh112kh7sh2ph3", "c3 h224 w224 k64 r7 s7 st2 pt3 pb2 pl3 pr2 nchw"),
    ("mb1ic3ih224oc64kh7sh2ph3", "c3 h224 w224 k64 r7 s7 st2 pt3 pb2 pl3 pr2 nchw"),
    ("mb1ic3ih225oc64oh113kh7sh2ph3", "c3 h225 w225 k64 r7 s7 st2 p3 nchw"),
    ("mb1ic3iw10oc4ow10kw3", "c3 w10 k4 s3 p1 nchw"),
    ("mb1ic3iw10oc4ow10kw2", "c3 w10 k4 s2 pr1 nchw"),
    ("mb1ic3iw10oc4ow10kw3dw3pw6", "c3 w10 k4 s3 d4 pl6 pr2 nchw"),
    ("mb1ic3iw8oc4ow4kw1sw2", "c3 w8 k4 s1 st2 nchw"),
    ("mb1ic3iw10oc4kw3", "c3 w10 k4 s3 nchw"),
    // Steps and pads that say nothing do not make an axis.
    ("mb1ic64ih56oc64kh3sh1ph1sw1pw0dw0", "c64 h56 w56 k64 r3 s3 p1 nchw"),
    ("mb1ic64iw56oc64kw3pw1ph0sd1", "c64 w56 k64 s3 p1 nchw"),
    // Our own words may stand between.
    (
      "mb1ic64ih56oc64oh56kh3ph1 nhwc:nchw8c bf16 bwdd bias leaky:0.5",
      "c64 h56 w56 k64 r3 s3 p1 bf16 nhwc:nchw8c bwdd bias leaky:0.5"
    ),
    ("relu_nhwc_mb1ic64ih56_oc64oh56_kh3ph1_n\"a b_c\"_bias", "c64 h56 w56 k64 r3 s3 p1 nhwc bias relu"),
  ]

  @Test(arguments: spellings)
  func reads(text: String, ours: String) throws {
    let problem = try Problem(text: text)
    #expect(problem.description == ours)
    #expect(try Problem(text: ours) == problem)
  }

  static let refusals: [(String, ProblemError)] = [
    ("ic64ih56kh3", .missingToken(key: "oc")),
    ("ic64oc64", .missingToken(key: "iw")),
    ("ic64oc64ih5", .missingToken(key: "kh")),
    ("ic64oc64kh3", .missingToken(key: "ih")),
    ("ic64oc64ih5kh3sw2", .missingToken(key: "iw")),
    ("ic64oc64id5kd3iw5kw3", .missingToken(key: "ih")),
    ("ic64oc64id5kd3ih5kh3", .missingToken(key: "iw")),
    ("ic64ic64oc64ih5kh3", .doubledToken("ic64")),
    ("ic64oc64ih5kh3n\"a\"n\"b\"", .doubledToken("n")),
    ("ic64oc64ih5kh3n\"a", .missingToken(key: "the closing quote of n\"")),
    ("ic64oc64ih5kh3ph-1", .malformedNumber(token: "ph-1")),
    ("ic64oc64ih5kh", .malformedNumber(token: "kh")),
    ("ic64oc64ih5kh3xy4", .unknownToken("xy4")),
    ("ic64oc64ih5kh3 nchw nhwc", .doubledToken("nhwc")),
    ("ic64oc64ih5kh3oh1", .outputExtent(key: "oh", value: 1, given: 3)),
    ("ic64oc64ih5kh7", .emptyOutput(axis: "h", span: 7, paddedInput: 5)),
    ("ic0oc64ih5kh3", .outOfRange(key: "ic", value: 0, allowed: 1...Problem.largestNumber)),
    ("g3ic64oc64ih5kh3", .indivisible(key: "c", value: 64, groups: 3)),
  ]

  @Test(arguments: refusals)
  func refuses(text: String, error: ProblemError) {
    #expect(throws: error) { try Problem(text: text) }
  }
}
