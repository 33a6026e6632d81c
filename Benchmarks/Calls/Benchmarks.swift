// The time of the calls around a kernel, and what they allocate. Scripts/benchmark runs these and prints one table.
import Atrous
import Benchmark
import CAtrousAllocations

/// Counted by this program: without its own allocator the benchmark package counts none.
private let allocations = BenchmarkMetric.custom("allocations", useScalingFactor: false)
private let bytes = BenchmarkMetric.custom("bytes", useScalingFactor: false)

/// A thousand calls a sample, so that the clock does not count.
private func measure(_ name: String, _ calls: @escaping (Int) throws -> Void) {
  let configuration = Benchmark.Configuration(
    metrics: [.wallClock, .throughput, allocations], warmupIterations: 100, scalingFactor: .kilo,
    maxDuration: .seconds(2), maxIterations: 20_000)
  Benchmark(name, configuration: configuration) { benchmark in
    let before = atrous_allocations()
    try calls(benchmark.scaledIterations.count)
    benchmark.measurement(allocations, Int(atrous_allocations() - before))
  }
}

let benchmarks: @Sendable () -> Void = {
  let pixel = try! OnePixel()
  let (few, many) = (Lookups.embedded, try! Lookups.many(1000))
  let problem = try! Problem(text: "c512 h33 w33 k512 r3 s3 d2 p2 nhwc")
  measure("kernel") { pixel.kernel(times: $0) }
  measure("execute") { pixel.execute(times: $0) }
  measure("run") { try pixel.run(times: $0) }
  measure("find among few") { blackHole(few.find(times: $0)) }
  measure("find among 1000") { blackHole(many.find(times: $0)) }
  measure("resolve") { for _ in 0..<$0 { blackHole(try Resolver.shared.resolve(problem)) } }
  Benchmark("table", configuration: .init(metrics: [.throughput, bytes], maxIterations: 1)) { benchmark in
    benchmark.measurement(bytes, few.bytesPerProblem)
  }
}
