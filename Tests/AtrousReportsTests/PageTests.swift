import Atrous
import AtrousDatabase
import AtrousReports
import Foundation
import Testing

@Suite struct PageTests {
  private func page(_ made: Made, peers: [Peers] = []) -> String { Report(made.database, peers: peers).html }

  @Test func opensWithTheAnswer() throws {
    var made = Made()
    made.add(made.candidate("winograd avx2 mr6 nv2 tb0 th2 tw3"), 25_000)
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    made.add(made.untuned, 100_000)
    let page = page(made)
    let start = try #require(page.range(of: "<h1>"))
    let answer = page[start.lowerBound...].prefix(2000)
    #expect(answer.contains("winograd wins 1 of 1 problem."))
    #expect(answer.contains("<dd>2.00×</dd>") && answer.contains("over the best kernel without a transform"))
    #expect(answer.contains("<dd>4.00×</dd>") || made.untuned.variant.name == "winograd")
    #expect(answer.contains("1 thread, warm caches, placement compact, on m1 x86_64 amd 25.1.1 v3"))
  }

  @Test func nothingOfTheDataIsMarkup() {
    var made = Made()
    var machine = made.machine
    machine.facts.brand = "<script>alert(1)</script> & \"it's\""
    made.database.add(
      Run(
        id: "r0<img src=x>", generator: Generator(version: "1</style>", compiler: "{{brand}}"), machine: machine,
        preflight: [PreflightCheck(name: "<b>", passed: false, detail: "</table>")]))
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    let page = page(made)
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;it&#39;s&quot;"))
    #expect(!page.contains("<img") && !page.contains("<b>") && page.components(separatedBy: "</style>").count == 2)
    #expect(page.contains("{{brand}}"))
  }

  @Test func idsAreUniqueAndNothingIsFetched() {
    var made = Made()
    for threads in [1, 2] {
      made.add(made.candidate("direct-scalar avx2"), 50_000, to: made.key(threads: threads))
      made.add(made.candidate("direct-nhwc avx2 mr6 nv2"), 40_000, to: made.key(threads: threads))
    }
    let page = page(made)
    let ids = page.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(ids).count == ids.count && ids.count > 20)
    #expect(!page.contains("http://") && !page.contains("https://"))
    #expect(!page.contains("Optional(") && !page.contains("{{"))
  }

  @Test func sectionsWithoutDataAreNamedWithWhatGetsThem() {
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    let page = page(made)
    for id in ["layouts", "dilation", "threads", "peers"] { #expect(!page.contains("<section id=\"\(id)\"")) }
    #expect(page.contains("Not in this report: threads. To get it: atrous tune --threads 1,2"))
    #expect(page.contains("Not in this report: the dilation tax. To get it: atrous tune on one shape at several rates"))
  }

  @Test func layoutsRatesAndThreadsAreCompared() throws {
    var made = Made()
    let scalar = made.candidate("direct-scalar avx2")
    made.add(scalar, 50_000)
    made.add(scalar, 60_000, to: made.key(try Problem(text: "c16 h33 w33 k16 r3 s3 d2 psame nchw")))
    made.add(scalar, 45_000, to: made.key(try Problem(text: "c16 h33 w33 k16 r3 s3 d4 psame nhwc")))
    made.add(scalar, 25_000, to: made.key(threads: 2))
    let page = page(made)
    for id in ["layouts", "dilation", "threads"] { #expect(page.contains("<section id=\"\(id)\"")) }
    #expect(page.contains(">1.20×</td>"), "NCHW over NHWC")
    #expect(page.contains(">2.00×</td>"), "two threads")
  }

  @Test func aSweepShowsWhatWasTooSlow() {
    var made = Made()
    for height in 2...4 {
      for width in 2...4 {
        let time = height == 2 ? 200_000 : 50_000 * (1 + 0.05 * Double(8 - height - width))
        made.add(made.candidate("winograd avx2 mr6 nv2 tb0 th\(height) tw\(width)"), time)
      }
    }
    let page = Report(made.database.kept()).html
    #expect(page.contains("1 · winograd: th × tw"))
    #expect(page.contains("th 2, tw 3: tried, too slow to be kept"))
    #expect(page.contains(">1.05</text>") && page.contains(">1.00</text>"))
  }

  @Test func anEmptyDatabaseSaysSo() {
    let page = Report(Database()).html
    #expect(page.contains("Nothing has been measured yet"))
    #expect(!page.contains("<figure"))
  }
}

@Suite struct PeersTests {
  private func file(_ peers: String, schema: Int = 1) -> String {
    """
    {"schema": \(schema), "threads": 1, "machine": {"cpu": "<chip>", "online_cpus": 2}, "versions": {"ncnn": "1.0"},
     "shapes": [{"problem": "c16 h33 w33 k16 r3 s3 d2 p2", "nominal_flops": 2e9, "useful_flops": 1e9,
                 "peak_gflops": [100.0], "peers": {\(peers)}}]}
    """
  }

  private func peer(_ seconds: Double, counts: Bool = true) -> String {
    let samples = (0..<5).map { "\(seconds * (1 + 0.01 * Double($0)))" }.joined(separator: ", ")
    return "{\"samples\": [\(samples)], \"rounds\": [0, 1, 2, 3, 4], \"counts\": \(counts), \"max_error\": 1e-6}"
  }

  @Test func theBestThatCountsIsHeldAgainstTheBetterOfOurs() throws {
    let text = file(
      "\"atrous-nhwc\": \(peer(0.01)), \"atrous-nchw\": \(peer(0.02)), \"ncnn\": \(peer(0.03)), "
        + "\"mnn\": \(peer(0.005, counts: false)), \"litert\": {\"refused\": \"no\"}")
    var made = Made()
    made.add(made.candidate("direct-scalar avx2"), 50_000)
    let page = Report(made.database, peers: [try Peers(json: text)]).html
    #expect(page.contains("<dd>3.00×</dd>") && page.contains("over the best other library"))
    #expect(page.contains("<section id=\"peers\"") && page.contains("&lt;chip&gt;") && page.contains(" ×</td>"))
  }

  @Test func whatIsNoResultSaysWhy() {
    #expect(throws: PeersError.self) { try Peers(json: file("", schema: 2)) }
    for (text, reason) in [
      ("{", "not JSON"), ("{\"schema\": 1}", "\"threads\" is missing"),
      (file("\"ncnn\": {\"samples\": 3}"), "shapes.Index 0.peers.ncnn.samples\" has another type"),
    ] {
      do {
        _ = try Peers(json: text)
        Issue.record("\(text) was read")
      } catch {
        #expect(error.description.contains(reason), "\(error)")
      }
    }
  }
}
