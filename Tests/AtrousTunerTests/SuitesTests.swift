import AtrousCore
import AtrousTuner
import Testing

@Suite struct SuitesTests {
  @Test func everySuiteReadsBackAsItself() throws {
    for suite in Suites.all {
      #expect(try Problem.parseFile(suite.text) == suite.lines, "\(suite.name)")
    }
  }

  @Test func namesAreTheKnownOnes() throws {
    #expect(
      Set(Suites.all.map(\.name)) == [
        "quick", "context-module", "context-module-large", "front-end", "deeplab-os16", "deeplab-os8",
        "deeplab-mobile", "drn", "detectors-sac", "rfb", "espnet", "csrnet", "wavenet", "tcn", "separation", "strided",
        "latency", "dense", "batch",
      ])
    #expect(Suites.all.count == Set(Suites.all.map(\.name)).count)
    #expect(throws: SuiteError.self) { try Suites.named("quack") }
  }

  @Test func quickHasTenShapesChannelsLast() throws {
    let quick = try Suites.named("quick")
    #expect(quick.problems.count == 10)
    #expect(quick.problems.allSatisfy { $0.inputLayout == .nhwc })
  }

  @Test func everyOtherSuiteHasBothLayouts() {
    for suite in Suites.all where suite.name != "quick" {
      #expect(suite.layers(in: .nhwc).count == suite.layers(in: .nchw).count, "\(suite.name)")
    }
  }

  @Test func shapesWithSamePaddingKeepTheirExtents() {
    for problem in Suites.all.filter({ $0.name != "front-end" }).flatMap(\.problems) {
      #expect(problem.width.output == (problem.width.input + problem.width.stride - 1) / problem.width.stride)
      #expect(problem.height.output == (problem.height.input + problem.height.stride - 1) / problem.height.stride)
    }
  }

  @Test(arguments: [Layout.nhwc, .nchw]) func chainsFitTogether(layout: Layout) {
    let chains = Suites.all.filter(\.isChain)
    #expect(chains.map(\.name) == ["context-module", "context-module-large"])
    for chain in chains {
      let layers = chain.layers(in: layout).map(\.problem)
      for (layer, next) in zip(layers, layers.dropFirst()) {
        #expect(layer.filters == next.channels)
        #expect(layer.height.output == next.height.input && layer.width.output == next.width.input)
      }
    }
  }
}
