import AtrousCore
import AtrousTestSupport
import Testing

/// Valid texts with random damage: each is refused, or read as something that prints and reads back the same.
@Suite struct MutatedTextTests {
  private static let alphabet = Array("ncktgzhwrs stdpfablr_:.-0123456789 iomubd\"#\t\n\réleakyclamp".utf8)

  private func damaged(_ text: String, _ generator: inout SplitMix64) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...bytes.count, using: &generator)
      switch Int.random(in: 0...3, using: &generator) {
      case 0: bytes.insert(Self.alphabet.randomElement(using: &generator)!, at: place)
      case 1 where place < bytes.count: bytes.remove(at: place)
      case 2 where place < bytes.count: bytes[place] = Self.alphabet.randomElement(using: &generator)!
      default: bytes.insert(contentsOf: bytes[place...].prefix(6), at: place)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    "n2 g3 c9 z4 h5 w6 k6 t3 r2 s3 stz2 dw2 pf1 pr2 bf16 nchw8c:nchw16c bwdw bias add clamp:-1:1.5",
    "c512 h65 w65 k512 r3 s3 d4 psame nhwc bias relu",
    "c64 w16000 k128 s2 d64 pcausal nchw leaky:0.01",
    "g3mb1_ic9id8ih7iw6_oc6od4oh7ow6_kd3kh2kw1_sd2sh1sw1_pd1ph1pw0_dd0dh1dw0_n\"a b\" nhwc relu6",
  ])
  func problemTexts(text: String) throws {
    var generator = SplitMix64(seed: 14)
    var accepted = 0
    for _ in 0..<5000 {
      let text = damaged(text, &generator)
      _ = try? Problem.parseFile(text + "\t" + text)
      guard let problem = try? Problem(text: text) else { continue }
      accepted += 1
      #expect(try Problem(text: problem.description) == problem, "\(text)")
      #expect(problem.nominalFLOPs > 0 && problem.minimumBytes > 0)
    }
    #expect(accepted > 50)
  }

  @Test func candidateTexts() throws {
    var generator = SplitMix64(seed: 15)
    for _ in 0..<5000 {
      let text = damaged("direct-nhwc avx512 mr6 nr-2 kc256", &generator)
      guard let candidate = try? Candidate(text: text) else { continue }
      #expect(try Candidate(text: candidate.description) == candidate, "\(text)")
    }
  }
}
