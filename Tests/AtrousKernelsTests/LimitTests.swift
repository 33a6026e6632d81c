import AtrousCore
import AtrousKernels
import Testing

/// Problems whose numbers are valid, but past what any machine holds, are refused with a reason.
@Suite struct LimitTests {
  @Test(arguments: [
    "c1073741824 h3 w3 k134217728 r3 s3 nhwc", "c2147483647 h1048576 w2 k1 r1048576 s1 stw2147483647 nchw",
    "c1 h2147483000 w3 k1 r3 s3 p1 nhwc", "c65536 h65536 w65536 k1 r1 s1 nhwc",
  ])
  func hugeProblemsAreRefused(_ text: String) throws {
    let problem = try Problem(text: text)
    for isa in InstructionSet.allCases {
      let target = Target(machine: HostMachine.current, isa: isa, threads: 1022)
      for variant in Registry.shared.variants {
        #expect(variant.rejection(of: problem, on: target) != nil, "\(variant.id)")
        #expect(variant.configurations(for: problem, on: target).isEmpty)
      }
    }
  }

  /// Within the limits every variant answers, whatever the sizes.
  @Test(arguments: [
    "c1 h134217000 w1 k1 r3 s3 p1 nhwc", "c1 h9 w9 k1 r3 s3 stw2147483647 p1 nchw",
    "c100000 h9 w9 k100000 r3 s3 p1 nhwc",
    "c1 h11000 w11000 k1 r3 s3 d5000 p5000 nhwc", "c1 w1000000 k1 s1000000 p500000 nhwc",
    "c1 w1000000 k1 s1000000 p500000 nchw", "c1 h1 w1 k1 r32000 s32000 st32000 p32000 nhwc",
  ])
  func largeProblemsAreCosted(_ text: String) throws {
    let problem = try Problem(text: text)
    let target = Target(machine: HostMachine.current, isa: .avx512, threads: 1022)
    for variant in Registry.shared.variants {
      for configuration in variant.configurations(for: problem, on: target) {
        let cost = try variant.cost(of: configuration, for: problem, on: target)
        #expect(cost.seconds > 0 && cost.seconds.isFinite && cost.workspaceBytes >= 0, "\(variant.id)")
      }
    }
  }

  @Test func codeOfAnotherMachineIsRefused() throws {
    let best = HostMachine.current.bestInstructionSet
    let problem = try Problem(text: "c1 w1 k1 s1 nhwc")
    for isa in InstructionSet.allCases where isa > best {
      #expect(throws: PlanError.self) {
        try ReferenceConvolution(problem, isa: isa, weights: [Float(1)].span.bytes, bias: nil)
      }
      #expect(throws: PlanError.self) { try TileLoop.all(of: isa, threads: 1, calls: 1) }
    }
  }

  @Test(arguments: [0, WorkerPool.threadRange.upperBound + 1])
  func poolsOutOfRangeAreRefused(_ threads: Int) {
    #expect(throws: WorkerPoolError.outOfRange(threads: threads, allowed: WorkerPool.threadRange)) {
      try WorkerPool(threads: threads)
    }
  }
}
