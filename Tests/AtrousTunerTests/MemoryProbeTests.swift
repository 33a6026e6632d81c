import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Testing

@Suite struct MemoryProbeTests {
  /// A walk over 4 KiB, 6 KiB, 8 KiB, … on a machine of these caches: bytes and latency, the memory last.
  private func curve(_ caches: [(bytes: Int, nanoseconds: Double)], memory: Double) -> [LatencyPoint] {
    MemoryProbe.sizes(upTo: 256 << 20).map { bytes in
      let cache = caches.first { bytes <= $0.bytes }
      return LatencyPoint(bytes: bytes, nanoseconds: cache?.nanoseconds ?? memory)
    }
  }

  @Test func sharpStepsAreFound() {
    let steps = LatencySteps.sizes(curve([(32 << 10, 1.2), (512 << 10, 4), (16 << 20, 14)], memory: 90))
    #expect(steps == [32 << 10, 512 << 10, 16 << 20])
  }

  @Test func aSlowClimbIsOneStep() {
    var points = curve([(32 << 10, 1.2), (512 << 10, 4)], memory: 90)
    for index in points.indices where points[index].bytes > 512 << 10 && points[index].bytes < 16 << 20 {
      let octaves = Double(points[index].bytes) / Double(512 << 10)
      points[index] = LatencyPoint(bytes: points[index].bytes, nanoseconds: min(4 * octaves, 90))
    }
    let sizes = LatencySteps.sizes(points)
    #expect(sizes.count == 2 && sizes[0] == 32 << 10 && (512 << 10...4 << 20).contains(sizes[1]))
  }

  @Test func oneSlowSizeIsNoStep() {
    var points = curve([(32 << 10, 1.2), (512 << 10, 4)], memory: 90)
    points[12] = LatencyPoint(bytes: points[12].bytes, nanoseconds: 50)
    #expect(LatencySteps.sizes(points) == [32 << 10, 512 << 10])
  }

  @Test func noiseIsNoStep() {
    let points = curve([(32 << 10, 1.2)], memory: 4).enumerated().map { index, point in
      LatencyPoint(bytes: point.bytes, nanoseconds: point.nanoseconds * (index % 2 == 0 ? 1 : 1.1))
    }
    #expect(LatencySteps.sizes(points) == [32 << 10])
    #expect(LatencySteps.sizes([]).isEmpty)
    #expect(LatencySteps.sizes([LatencyPoint(bytes: 4096, nanoseconds: 1)]).isEmpty)
  }

  @Test func claimsFindTheirSteps() {
    let claimed = [32 << 10, 512 << 10, 32 << 20]
    #expect(
      LatencySteps.matched(claimed: claimed, steps: [32 << 10, 512 << 10, 8 << 20]) == [32 << 10, 512 << 10, 8 << 20])
    #expect(LatencySteps.matched(claimed: claimed, steps: [48 << 10, 1 << 20]) == [48 << 10, 1 << 20, nil])
    #expect(LatencySteps.matched(claimed: claimed, steps: [32 << 10, 6 << 20, 64 << 20]) == [32 << 10, nil, 64 << 20])
    #expect(LatencySteps.matched(claimed: claimed, steps: [32 << 10, 384 << 10, 3 << 20])[2] == 3 << 20)
    #expect(LatencySteps.matched(claimed: claimed, steps: []) == [nil, nil, nil])
    #expect(LatencySteps.matched(claimed: [], steps: [4096]).isEmpty)
  }

  @Test(arguments: InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet })
  func everyLevelIsWalkedAndRead(_ isa: InstructionSet) throws {
    var machine = HostMachine.current
    machine.kinds = [
      CoreKind(
        cores: 1, l1d: Cache(bytes: 32 << 10, ways: 8), l2: Cache(bytes: 512 << 10, ways: 8), l3: nil)
    ]
    let probe = try MemoryProbe.measure(isa: isa, machine: machine, processor: nil)
    #expect(probe.levels.map(\.name) == ["l1", "l2", "memory"])
    #expect(probe.levels.allSatisfy { $0.latency > 0 && $0.bandwidth.median > 0 && $0.bandwidth.isa == isa.rawValue })
    #expect(probe.levels.map(\.claimed) == [32 << 10, 512 << 10, nil])
    #expect(probe.curve.first?.bytes == 4096 && probe.curve.map(\.bytes) == probe.curve.map(\.bytes).sorted())
  }

  @Test func aDisagreementIsAFactorOfTwoOrMore() {
    func factor(_ claimed: Int?, _ measured: Int?) -> Double? {
      let bandwidth = Measurement(name: "l2_bandwidth", unit: "GB/s", samples: [1])
      return MemoryProbe.Level(name: "l2", claimed: claimed, measured: measured, latency: 4, bandwidth: bandwidth)
        .disagreement
    }
    #expect(factor(512 << 10, 256 << 10) == 2 && factor(512 << 10, 2 << 20) == 4)
    #expect(factor(512 << 10, 384 << 10) == nil && factor(512 << 10, nil) == nil && factor(nil, nil) == nil)
  }
}
