import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct ProblemKeyTests {
  private func key(_ text: String) throws -> UInt64 { ProblemKey(try Problem(text: text)).value }

  /// These values, computed apart from the written mixing, stand in tables: a change here breaks every table.
  @Test func valuesAreStable() throws {
    #expect(try key("c1 w1 k1 s1 nchw") == 0x8e9b_d820_1836_44fb)
    #expect(try key("c512 h65 w65 k512 r3 s3 d4 p4 nhwc bias relu") == 0x7c17_85ed_429e_f557)
    #expect(
      try key("n2 g3 c9 z4 h5 w6 k6 t3 r2 s3 stz2 dw2 pf1 pr2 bf16 nchw8c:nchw16c bwdw bias add clamp:-1:1.5")
        == 0x0375_d3e6_9efa_d01a)
  }

  @Test func equalProblemsHaveEqualKeysAndTexts() throws {
    let same = [
      ["c8 h9 w9 k8 r1 s1 d6 nhwc", "c8 h9 w9 k8 r1 s1 nhwc", "c8 h9 w9 k8 r1 s1 dh2 dw3 nhwc:nhwc"],
      ["c8 w9 k8 s3 d2 psame nchw", "c8 h1 w9 k8 r1 s3 d2 psame nchw", "c8 z1 h1 w9 k8 t1 r1 s3 d2 pw2 nchw"],
      ["c8 w9 k8 s3 nchw clamp:-0:1", "c8 w9 k8 s3 nchw clamp:0:1", "c8 w9 k8 s3 nchw clamp:0.0:1.0"],
      ["c8 h1 w1 k8 r1 s1 st2 d3 nchw", "c8 w1 k8 s1 nchw"],
    ]
    for texts in same {
      let problems = try texts.map { try Problem(text: $0) }
      #expect(Set(problems).count == 1)
      #expect(Set(problems.map(ProblemKey.init)).count == 1)
      #expect(Set(problems.map(\.description)).count == 1)
    }
    let plain = try Problem(
      channels: 1, filters: 1, width: Axis(input: 5, kernel: 1, dilation: 9), inputLayout: .nchw,
      epilogue: Epilogue(activation: .leaky(slope: -0.0)))
    #expect(plain.description == "c1 w5 k1 s1 nchw leaky:0")
    #expect(ProblemKey(plain) == ProblemKey(try Problem(text: plain.description)))
  }

  @Test func differentProblemsHaveDifferentKeysAndTexts() {
    var source = RandomProblems(seed: 10)
    source.layouts = Layout.allCases
    source.epilogues = true
    source.mixedLayouts = true
    source.everything = true
    let problems = Set(source.next(20_000))
    #expect(Set(problems.map(ProblemKey.init)).count == problems.count)
    #expect(Set(problems.map(\.description)).count == problems.count)
  }

  /// Near problems: each number of a text moved by one to eight.
  @Test func everyFieldCounts() throws {
    var keys: Set<UInt64> = []
    var count = 0
    for n in 1...8 {
      for name in [
        "n", "c", "k", "z", "h", "w", "t", "r", "s", "stz", "sth", "stw", "dz", "dh", "dw", "pf", "pa", "pt", "pb",
        "pl", "pr",
      ] {
        var numbers = [
          "n": 1, "c": 11, "k": 12, "z": 30, "h": 31, "w": 32, "t": 2, "r": 2, "s": 2, "stz": 1, "sth": 1, "stw": 1,
          "dz": 1, "dh": 1, "dw": 1, "pf": 1, "pa": 1, "pt": 1, "pb": 1, "pl": 1, "pr": 1,
        ]
        numbers[name]! += n
        keys.insert(try key(numbers.map { "\($0.key)\($0.value)" }.joined(separator: " ") + " nchw"))
        count += 1
      }
    }
    let words = [
      "nchw", "nhwc", "nchw8c", "nchw16c", "nchw:nhwc", "nhwc:nchw", "nchw f16", "nchw bf16", "nchw u8s8", "nchw s8s8",
      "nchw bwdd", "nchw bwdw", "nchw bias", "nchw add", "nchw bias add", "nchw relu", "nchw relu6", "nchw leaky:0",
      "nchw leaky:1", "nchw clamp:0:0", "nchw clamp:0:1", "nchw clamp:1:1", "nchw clamp:0:6",
    ]
    for word in words {
      keys.insert(try key("c8 w9 k8 s3 \(word)"))
      count += 1
    }
    keys.insert(try key("g2 c8 w9 k8 s3 nchw"))
    #expect(keys.count == count + 1)
  }
}
