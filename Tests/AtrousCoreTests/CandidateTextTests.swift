import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct CandidateTextTests {
  @Test func printsAndReads() throws {
    let candidate = Candidate(
      variant: "winograd", isa: .avx2,
      configuration: Configuration([Setting(key: "th", value: 4), Setting(key: "tw", value: 4)]))
    #expect(candidate.description == "winograd avx2 th4 tw4")
    #expect(try Candidate(text: "winograd avx2 th4 tw4") == candidate)
    #expect(candidate.configuration.description == "th4 tw4")
    #expect(try Configuration(text: "th4 tw4") == candidate.configuration)
    #expect(try Configuration(text: "").settings.isEmpty)
    #expect(try Candidate(text: "direct-nhwc baseline").description == "direct-nhwc baseline")
    #expect(try Configuration(text: "a-1 b-2147483648 c2147483647").description == "a-1 b-2147483648 c2147483647")
  }

  @Test func readsWhatItPrints() throws {
    var generator = SplitMix64(seed: 11)
    let variants: [VariantID] = ["winograd", "direct-nchw", "f2-x6", "reference"]
    for _ in 0..<2000 {
      let keys = ["mr", "nr", "th", "tw", "kc", "phases"].shuffled(using: &generator)
      let settings = keys.prefix(Int.random(in: 0...6, using: &generator)).map {
        Setting(key: $0, value: Int32(truncatingIfNeeded: generator.next()))
      }
      let candidate = Candidate(
        variant: variants.randomElement(using: &generator)!,
        isa: InstructionSet.allCases.randomElement(using: &generator)!, configuration: Configuration(settings))
      #expect(try Candidate(text: candidate.description) == candidate)
    }
  }

  static let refusals: [(String, CandidateError)] = [
    ("", .emptyToken), (" ", .emptyToken), ("winograd  avx2", .emptyToken), ("winograd avx2 ", .emptyToken),
    ("Winograd avx2", .malformedVariant("Winograd")), ("-a avx2", .malformedVariant("-a")),
    ("a- avx2", .malformedVariant("a-")), ("a--b avx2", .malformedVariant("a--b")),
    ("4x avx2", .malformedVariant("4x")), ("ä avx2", .malformedVariant("ä")),
    ("winograd", .missingInstructionSet(variant: "winograd")),
    ("winograd sse", .unknownInstructionSet("sse")), ("winograd AVX2", .unknownInstructionSet("AVX2")),
    ("winograd avx2 th", .malformedSetting("th")), ("winograd avx2 4", .malformedSetting("4")),
    ("winograd avx2 th4x", .malformedSetting("th4x")), ("winograd avx2 th+4", .malformedSetting("th+4")),
    ("winograd avx2 th-", .malformedSetting("th-")), ("winograd avx2 th--4", .malformedSetting("th--4")),
    ("winograd avx2 th2147483648", .malformedSetting("th2147483648")), ("winograd avx2 th٣", .malformedSetting("th٣")),
    ("winograd avx2 th4\ttw4", .malformedSetting("th4\ttw4")), ("winograd avx2 Th4", .malformedSetting("Th4")),
    ("winograd avx2 th4 th5", .doubledSetting("th5")),
  ]

  @Test(arguments: refusals)
  func refuses(text: String, error: CandidateError) {
    #expect(throws: error) { try Candidate(text: text) }
    #expect(!error.description.contains { $0.isNewline })
  }
}
