import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTopology
import AtrousTuner
import Testing

@Suite struct RoundTripTests {
  private static func processors() throws -> [Int] { try Topology(.system).pinningOrder }

  @Test(.enabled("needs two processors") { try processors().count >= 2 })
  func aLineGoesToEachOtherProcessorAndBack() throws {
    let processors = try Array(Self.processors().prefix(3))
    let trips = RoundTrip.all(of: processors)
    #expect(Set(trips.map(\.processor)).isSubset(of: Set(processors.dropFirst())))
    #expect(trips.allSatisfy { (1...10_000_000).contains($0.nanoseconds) })
  }

  /// Two threads of one processor take turns; the time they may take is bounded.
  @Test func oneProcessorEndsToo() throws {
    let processor = try #require(try Self.processors().first)
    let trips = RoundTrip.all(of: [processor, processor])
    #expect(trips.count <= 1 && trips.allSatisfy { $0.nanoseconds > 0 })
  }

  @Test func processorsThatAreNotThereAreLeftOut() throws {
    let processor = try #require(try Self.processors().first)
    #expect(RoundTrip.all(of: [processor, 1_000_000]).isEmpty)
    #expect(RoundTrip.all(of: [1_000_000, processor]).isEmpty)
    #expect(RoundTrip.all(of: [processor]).isEmpty && RoundTrip.all(of: []).isEmpty)
  }

  @Test(.enabled("needs two processors") { try processors().count >= 2 })
  func onlyABenchOfPinnedThreadsTellsIt() throws {
    let generator = Generator(version: "1", compiler: "none")
    let candidate = try Candidate(text: "direct-nhwc baseline mr6 nv2 kc0 pb0 ps0 pt4")
    let problem = try Problem(text: "c16 h12 w12 k16 r3 s3 p1 nhwc")
    for (threads, processors) in [(1, try Self.processors()), (2, try Self.processors()), (2, [])] {
      var bench = Bench(machine: HostMachine.current, isa: .baseline, processors: processors, generator: generator)
      bench.threads = threads
      bench.rounds = 3
      let result = try bench.run(problem, [candidate])
      // Where other tests use the processors there may be none.
      guard let trip = result.roundTrip else { continue }
      #expect(threads == 2 && !processors.isEmpty && trip.median > 0)
    }
  }
}
