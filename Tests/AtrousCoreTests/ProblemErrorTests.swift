import AtrousCore
import Testing

@Suite struct ProblemErrorTests {
  static let largest = Problem.largestNumber

  static let refusals: [(String, ProblemError)] = [
    ("", .emptyText),
    (" ", .emptyToken),
    ("c8  w6 k8 s3 nchw", .emptyToken),
    ("c8 w6 k8 s3 nchw_", .emptyToken),
    ("c8 w6 k8 s3", .missingToken(key: "a layout (nchw, nhwc, nchw8c or nchw16c)")),
    ("w6 k8 s3 nchw", .missingToken(key: "c")),
    ("c8 k8 s3 nchw", .missingToken(key: "w")),
    ("c8 w6 s3 nchw", .missingToken(key: "k")),
    ("c8 w6 k8 nchw", .missingToken(key: "s")),
    ("c8 k8 nchw", .missingToken(key: "w")),
    ("c8 h6 w6 k8 s3 nchw", .missingToken(key: "r")),
    ("c8 w6 k8 r3 s3 nchw", .missingToken(key: "h")),
    ("c8 z6 w6 k8 s3 nchw", .missingToken(key: "t")),
    ("c8 w6 k8 t3 s3 nchw", .missingToken(key: "z")),
    ("c8 w6 k8 s3 nchw q7", .unknownToken("q7")),
    ("c8 w6 k8 s3 nchw p", .malformedNumber(token: "p")),
    ("c8 w6 k8 s3 nchw d", .malformedNumber(token: "d")),
    ("c8 w6 k8 s3 nchw p-1", .malformedNumber(token: "p-1")),
    ("c8 w6 k8 s3 nchw n1.5", .malformedNumber(token: "n1.5")),
    ("c8 w6 k8 s3 nchw n+1", .malformedNumber(token: "n+1")),
    ("c8 w6 k8 s3 nchw n1e3", .malformedNumber(token: "n1e3")),
    ("c8 w6 k8 s3 nchw n٣", .malformedNumber(token: "n٣")),
    ("c8 w6 k8 s3 nchw n9223372036854775808", .malformedNumber(token: "n9223372036854775808")),
    ("c8 w6 k8 s3 nchw n2147483648", .outOfRange(key: "n", value: 2_147_483_648, allowed: 1...largest)),
    ("c0 w6 k8 s3 nchw", .outOfRange(key: "c", value: 0, allowed: 1...largest)),
    ("c8 h0 w6 k8 r1 s3 nchw", .outOfRange(key: "h", value: 0, allowed: 1...largest)),
    ("c8 w6 k8 s3 d0 nchw", .outOfRange(key: "d", value: 0, allowed: 1...largest)),
    ("c8 w6 k8 s3 st0 nchw", .outOfRange(key: "st", value: 0, allowed: 1...largest)),
    ("g0 c8 w6 k8 s3 nchw", .outOfRange(key: "g", value: 0, allowed: 1...largest)),
    ("g3 c8 w6 k9 s3 nchw", .indivisible(key: "c", value: 8, groups: 3)),
    ("g3 c9 w6 k8 s3 nchw", .indivisible(key: "k", value: 8, groups: 3)),
    ("c8 w6 k8 s3 d3 nchw", .emptyOutput(axis: "w", span: 7, paddedInput: 6)),
    ("c8 h2 w6 k8 r4 s3 pt1 nchw", .emptyOutput(axis: "h", span: 4, paddedInput: 3)),
    ("c8 c8 w6 k8 s3 nchw", .doubledToken("c8")),
    ("c8 c9 w6 k8 s3 nchw", .doubledToken("c9")),
    ("c8 w6 k8 s3 nchw nchw", .doubledToken("nchw")),
    ("c8 w6 k8 s3 nchw nhwc", .doubledToken("nhwc")),
    ("c8 w6 k8 s3 nchw f32 f16", .doubledToken("f16")),
    ("c8 w6 k8 s3 nchw fwd bwdd", .doubledToken("bwdd")),
    ("c8 w6 k8 s3 nchw bias bias", .doubledToken("bias")),
    ("c8 w6 k8 s3 nchw add add", .doubledToken("add")),
    ("c8 w6 k8 s3 nchw relu relu6", .doubledToken("relu6")),
    ("c8 w6 k8 s3 nchw psame psame", .doubledToken("psame")),
    ("c8 w6 k8 s3 nchw psame pcausal", .doubledToken("pcausal")),
    ("c8 w6 k8 s3 nchw psame p1", .conflict(key: "psame", with: "p")),
    ("c8 w6 k8 s3 nchw pl1 pcausal", .conflict(key: "pcausal", with: "pl")),
    ("c8 w6 k8 s3 d1 dw1 nchw", .conflict(key: "dw", with: "d")),
    ("c8 w6 k8 s3 st1 stw1 nchw", .conflict(key: "stw", with: "st")),
    ("c8 w6 k8 s3 p1 pw1 nchw", .conflict(key: "pw", with: "p")),
    ("c8 w6 k8 s3 p1 pl1 nchw", .conflict(key: "pl", with: "p")),
    ("c8 w6 k8 s3 pw1 pr1 nchw", .conflict(key: "pr", with: "pw")),
    ("c8 w6 k8 s3 dh1 nchw", .absentAxis(key: "dh", axis: "h")),
    ("c8 w6 k8 s3 stz1 nchw", .absentAxis(key: "stz", axis: "z")),
    ("c8 w6 k8 s3 pt0 nchw", .absentAxis(key: "pt", axis: "h")),
    ("c8 w6 k8 s3 ph0 nchw", .absentAxis(key: "ph", axis: "h")),
    ("c8 w6 k8 s3 pa0 nchw", .absentAxis(key: "pa", axis: "z")),
    ("c8 w6 k8 s3 nchw:", .unknownToken("nchw:")),
    ("c8 w6 k8 s3 nchw:nhwc:nchw", .unknownToken("nchw:nhwc:nchw")),
    ("c8 w6 k8 s3 nchw4c", .unknownToken("nchw4c")),
    ("c8 w6 k8 s3 nchw relu7", .unknownToken("relu7")),
    ("c8 w6 k8 s3 nchw relu:1", .unknownToken("relu:1")),
    ("c8 w6 k8 s3 nchw leaky", .malformedNumber(token: "leaky")),
    ("c8 w6 k8 s3 nchw leaky:", .malformedNumber(token: "leaky:")),
    ("c8 w6 k8 s3 nchw leaky:1e-3", .malformedNumber(token: "leaky:1e-3")),
    ("c8 w6 k8 s3 nchw leaky:nan", .malformedNumber(token: "leaky:nan")),
    ("c8 w6 k8 s3 nchw leaky:inf", .malformedNumber(token: "leaky:inf")),
    ("c8 w6 k8 s3 nchw leaky:0x1", .malformedNumber(token: "leaky:0x1")),
    ("c8 w6 k8 s3 nchw leaky:.5", .malformedNumber(token: "leaky:.5")),
    ("c8 w6 k8 s3 nchw leaky:5.", .malformedNumber(token: "leaky:5.")),
    ("c8 w6 k8 s3 nchw leaky:1:2", .malformedNumber(token: "leaky:1:2")),
    ("c8 w6 k8 s3 nchw clamp:1", .malformedNumber(token: "clamp:1")),
    ("c8 w6 k8 s3 nchw clamp:--1:1", .malformedNumber(token: "clamp:--1:1")),
    ("c8 w6 k8 s3 nchw clamp:2:1", .clampOrder(low: 2, high: 1)),
    ("c8 w6 k8 s3 nchw leaky:1" + String(repeating: "0", count: 60), .notFinite(activation: "leaky")),
    ("c8 w6 k8 s3 nchw clamp:0:1" + String(repeating: "0", count: 60), .notFinite(activation: "clamp")),
    ("c8\tw6 k8 s3 nchw", .malformedNumber(token: "c8\tw6")),
    ("C8 w6 k8 s3 nchw", .unknownToken("C8")),
    ("c8,w6,k8,s3,nchw", .malformedNumber(token: "c8,w6,k8,s3,nchw")),
  ]

  @Test(arguments: refusals)
  func refuses(text: String, error: ProblemError) {
    #expect(throws: error) { try Problem(text: text) }
  }

  /// Nothing in here may trap; each gives one line.
  @Test(arguments: [
    "\0", "\n", "\t", "\u{FEFF}c8 w6 k8 s3 nchw", "🦆", "c🦆", "c8 w6 k8 s3 nchw 🇩🇪", "c8 w6\u{301} k8 s3 nchw", "_", "__",
    "p", "d0", "h0", "st", "s", ":", "::", "-", "-1", "0", "c-8", "nhwc:nhwc:nhwc", "leaky:-", "leaky:.", "clamp::",
    "clamp:::", "ic", "ic1", "ic0", "n\"ic1", "n\"\"ic1", "ic1oc1ih1kh1ph-1", "c8 w6 k8 s3 nchw\r\n",
    "c8 w6 k8 s3\r\nnchw",
    "c1000000000000000000000000000000 w6 k8 s3 nchw", "c8 w6 k8 s3 nchw p1000000000000000000000000000000",
    "c2147483647 h2147483647 w2147483647 k2147483647 r2147483647 s2147483647 nchw",
    "c1 w1 k1 s2147483647 d2147483647 psame nchw", "c1 w1 k1 s2147483647 d2147483647 pcausal nchw",
    "c1 h1 w1 k1 r2 s2 d2147483647 p2147483647 nchw", "n2147483647 c2147483647 w2147483647 k1 s1 nchw",
    "ic2147483647ih2147483647oc2147483647oh2147483647kh2147483647sh2147483647dh2147483647",
    "ic1ih1oc1oh2147483647kh2147483647sh2147483647dh2147483647ph2147483647",
  ])
  func badTextsThrowOneLine(text: String) {
    let error = #expect(throws: ProblemError.self) { try Problem(text: text) }
    let line = "\(error.map { "\($0)" } ?? "")"
    #expect(!line.isEmpty && !line.contains { $0.isNewline } && line.utf8.count < 300, "\(line)")
  }

  @Test func longTextsThrowShortLines() {
    let text = String(repeating: "x", count: 1_000_000)
    let error = #expect(throws: ProblemError.self) { try Problem(text: text) }
    #expect("\(error!)".utf8.count < 200)
  }

  @Test func messagesNameTheValueAndTheRange() {
    #expect(
      "\(ProblemError.outOfRange(key: "d", value: 0, allowed: 1...Self.largest))"
        == "d is 0; allowed: 1 to 2147483647")
    #expect("\(ProblemError.clampOrder(low: 2, high: 1))" == "clamp's low 2 is above its high 1; allowed: low <= high")
    for (_, error) in Self.refusals { #expect(!"\(error)".contains { $0.isNewline }) }
  }

  @Test func callersValuesAreChecked() {
    let width = Axis(input: 6, kernel: 3)
    func problem(
      batch: Int = 1, groups: Int = 1, channels: Int = 8, filters: Int = 8, depth: Axis = .absent,
      height: Axis = .absent, width: Axis = width, activation: Activation = .none
    ) throws -> Problem {
      try Problem(
        batch: batch, groups: groups, channels: channels, filters: filters, depth: depth, height: height, width: width,
        inputLayout: .nhwc, epilogue: Epilogue(activation: activation))
    }
    for bad in [Int.min, -1, 0, Int.max] {
      #expect(throws: ProblemError.self) { try problem(batch: bad) }
      #expect(throws: ProblemError.self) { try problem(groups: bad) }
      #expect(throws: ProblemError.self) { try problem(channels: bad) }
      #expect(throws: ProblemError.self) { try problem(filters: bad) }
      #expect(throws: ProblemError.self) { try problem(width: Axis(input: bad, kernel: 3)) }
      #expect(throws: ProblemError.self) { try problem(width: Axis(input: 6, kernel: bad)) }
      #expect(throws: ProblemError.self) { try problem(width: Axis(input: 6, kernel: 1, stride: bad)) }
      #expect(throws: ProblemError.self) { try problem(width: Axis(input: 6, kernel: 1, dilation: bad)) }
      #expect(throws: ProblemError.self) { try problem(height: Axis(input: 1, kernel: 1, stride: bad)) }
      #expect(throws: ProblemError.self) { try problem(depth: Axis(input: 1, kernel: 1, dilation: bad)) }
      if bad != 0 {
        #expect(throws: ProblemError.self) { try problem(width: Axis(input: 6, kernel: 3, before: bad)) }
        #expect(throws: ProblemError.self) { try problem(width: Axis(input: 6, kernel: 3, after: bad)) }
      }
    }
    #expect(throws: ProblemError.outOfRange(key: "pb", value: -1, allowed: 0...Self.largest)) {
      try problem(height: Axis(input: 5, kernel: 1, after: -1))
    }
    #expect(throws: ProblemError.notFinite(activation: "leaky")) { try problem(activation: .leaky(slope: .nan)) }
    #expect(throws: ProblemError.notFinite(activation: "clamp")) {
      try problem(activation: .clamp(low: -.infinity, high: 0))
    }
  }
}
