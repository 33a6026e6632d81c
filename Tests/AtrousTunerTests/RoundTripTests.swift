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
    var trips: [Int: Double] = [:]
    // Beside other tests many a try finds too little of the processors' time.
    for _ in 0..<2000 where trips.count < processors.count - 1 {
      for trip in RoundTrip.all(of: processors) { trips[trip.processor] = trip.nanoseconds }
    }
    #expect(Set(trips.keys) == Set(processors.dropFirst()))
    #expect(trips.values.allSatisfy { (1...10_000_000).contains($0) })
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
    func trip(threads: Int, _ processors: [Int]) throws -> Measurement? {
      var bench = Bench(machine: HostMachine.current, isa: .baseline, processors: processors, generator: generator)
      bench.threads = threads
      bench.rounds = 3
      return try bench.run(problem, [candidate]).roundTrip
    }
    let processors = try Self.processors()
    #expect(try trip(threads: 1, processors) == nil)
    #expect(try trip(threads: 2, []) == nil)
    var pinned: Measurement?
    for _ in 0..<100 where pinned == nil { pinned = try trip(threads: 2, processors) }
    #expect(try #require(pinned).median > 0)
  }
}
