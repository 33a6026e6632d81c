import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

/// Phases of one to three pixels, all pairs of lengths, against plain loops in Float64.
@Suite struct ShortPhaseTests {
  static let sets = InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet }
  static let variant = Registry.shared["short-phase"]!

  private static func configuration(_ sb: Int32 = 0, _ cb: Int32 = 0, mr: Int32 = 6, nv: Int32 = 2) -> Configuration {
    Configuration([("sb", sb), ("cb", cb), ("mr", mr), ("nv", nv)].map { Setting(key: $0.0, value: $0.1) })
  }

  private static let blocks = [configuration(), configuration(5), configuration(0, 16), configuration(1, 32)]

  /// One run of every configuration on every set.
  private func check(_ text: String, _ configurations: [Configuration] = blocks, seed: UInt64 = 1) throws {
    let problem = try Problem(text: text)
    let data = ProblemData(problem, seed: seed)
    for isa in Self.sets {
      let target = Target(machine: HostMachine.current, isa: isa)
      #expect(Self.variant.rejection(of: problem, on: target) == nil, "\(problem)")
      for configuration in configurations {
        if Self.variant.rejection(of: configuration, for: problem, on: target) != nil { continue }
        let run = try GuardedRun(data, Self.variant, configuration, isa: isa)
        let name = "\(problem): \(Candidate(variant: "short-phase", isa: isa, configuration: configuration))"
        #expect(run.faults.isEmpty, "\(name): \(run.faults)")
        let error = data.error(of: run.output)
        #expect(error <= Self.variant.errorBound(of: configuration, for: problem), "\(name): \(error)")
      }
    }
  }

  private static func dilations(_ extent: Int) -> ClosedRange<Int> { (extent + 2) / 3...extent + 2 }

  @Test(arguments: 1...12)
  func coversEveryExtent(_ extent: Int) throws {
    for dilation in Self.dilations(extent) {
      let other = 13 - extent
      for otherDilation in Set([(other + 2) / 3, (other + 1) / 2, other, other + 3]) {
        try check("c5 h\(extent) w\(other) k9 r3 s3 dh\(dilation) dw\(otherDilation) psame nhwc")
      }
    }
  }

  /// Three taps along one axis alone, the other one with a stride too.
  @Test(arguments: 1...9)
  func takesOneAxis(_ extent: Int) throws {
    for dilation in Self.dilations(extent) {
      try check("n2 c35 h\(extent) w5 k19 r3 s1 dh\(dilation) ph\(dilation) nhwc")
      try check("c33 h4 w\(extent) k18 r1 s3 dw\(dilation) pw\(dilation) nhwc bias add relu")
      try check("c5 h6 w\(extent) k9 r1 s3 sth2 dw\(dilation) pw\(dilation) nhwc")
      try check("n2 c70 w\(extent) k40 s3 d\(dilation) psame nhwc leaky:0.25")
    }
  }

  /// Phases of three and two pixels along one axis, of one along the other, and both ways round.
  @Test(arguments: ["h11 w5 dh4 dw9", "h5 w11 dh9 dw4", "h9 w9 dh3 dw5", "h33 w33 d12", "h33 w33 d18", "h12 w12 d4"])
  func mixesLengths(_ shape: String) throws {
    try check("n2 c35 \(shape.replacing(" d", with: " k19 r3 s3 d", maxReplacements: 1)) psame nhwc")
  }

  @Test(arguments: [1, 3, 4, 7, 8, 15, 16, 17, 21, 33, 40, 65])
  func coversChannelsAndFilters(_ channels: Int) throws {
    let shapes: [(Int32, Int32)] = [(6, 2), (4, 3), (12, 1), (1, 4), (8, 3), (6, 4)]
    let configurations = shapes.map { Self.configuration(mr: $0.0, nv: $0.1) }
    for filters in [1, 3, 17, 21, 33] {
      try check("c\(channels) h7 w8 k\(filters) r3 s3 d3 psame nhwc", configurations)
      try check("n2 c\(channels) h5 w7 k\(filters) r3 s3 d4 psame nhwc bias add leaky:0.25", configurations)
    }
  }

  @Test(arguments: [255, 256, 257, 300, 513, 600])
  func sumsSpansOfChannels(_ channels: Int) throws {
    let configurations = [(0, 0), (0, 256), (4, 0), (4, 128), (0, 1), (3, 8)].map {
      Self.configuration(Int32($0.0), Int32($0.1))
    }
    try check("c\(channels) h5 w5 k5 r3 s3 d2 psame nhwc bias", configurations)
  }

  @Test(arguments: ["g2 c32 k64", "g3 c51 k57", "n2 g2 c42 k34", "g2 c160 k32"])
  func takesGroups(_ counts: String) throws {
    let parts = counts.split(separator: " ")
    try check("\(parts.dropLast().joined(separator: " ")) h9 w8 \(parts.last!) r3 s3 d4 psame nhwc bias add relu")
  }

  @Test(arguments: ["relu", "bias", "add", "relu6", "bias add clamp:-0.5:0.25"])
  func appliesEpilogues(_ epilogue: String) throws {
    for dilation in [3, 5, 9] {
      try check("n2 c18 h9 w8 k19 r3 s3 d\(dilation) psame nhwc \(epilogue)")
    }
  }

  /// Inputs and weights that end, and inputs that begin, where the next page faults.
  @Test(arguments: ["c21 h9 w9 k5", "c3 h7 w8 k9", "c64 h6 w6 k17", "n2 g2 c34 h7 w7 k38"])
  func readsNothingOutside(_ shape: String) throws {
    for dilation in [3, 4, 9] {
      let problem = try Problem(text: "\(shape) r3 s3 d\(dilation) psame nhwc")
      for isa in Self.sets {
        let target = Target(machine: HostMachine.current, isa: isa)
        for atEnd in [true, false] {
          let input = FencedFloats(count: problem.inputElements, atEnd: atEnd)
          let weights = FencedFloats(count: problem.weightElements, atEnd: true)
          let output = FencedFloats(count: problem.outputElements, atEnd: atEnd)
          let plan = try Self.variant.makePlan(
            Self.configuration(), for: problem, on: target,
            weights: UnsafeRawBufferPointer(start: weights.pointer, count: problem.weightElements * 4).bytes, bias: nil)
          var workspace = try plan.makeWorkspace()
          output.pointer.initialize(repeating: 1, count: problem.outputElements)
          plan.execute(input: input.pointer, output: output.pointer, workspace: &workspace)
          #expect((0..<problem.outputElements).allSatisfy { output.pointer[$0] == 0 })
        }
      }
    }
  }

  /// Phases a block, threads: the same bits.
  @Test(arguments: [4, 6, 9])
  func bitsDoNotDependOnBlocksAndThreads(_ dilation: Int) throws {
    let text = "n2 c72 h11 w10 k49 r3 s3 d\(dilation) psame nhwc bias relu"
    let data = ProblemData(try Problem(text: text), seed: 3)
    for isa in Self.sets {
      for cb: Int32 in [0, 32] {
        let bits = try GuardedRun(data, Self.variant, Self.configuration(0, cb), isa: isa).output.map(\.bitPattern)
        for sb: Int32 in [0, 1, 5, 1000] {
          for threads in [1, 2, 3, 7] {
            let pool = try WorkerPool(threads: threads)
            let run = try GuardedRun(
              data, Self.variant, Self.configuration(sb, cb), isa: isa, threads: threads, pool: pool)
            #expect(run.output.map(\.bitPattern) == bits, "\(isa) sb\(sb) cb\(cb) \(threads) threads")
            #expect(run.faults.isEmpty, "\(isa) sb\(sb) cb\(cb) \(threads) threads: \(run.faults)")
          }
        }
      }
    }
  }

  @Test(arguments: [
    ("c4 h9 w9 k4 r3 s3 d2 psame nhwc", "phases of at most 3"), ("c4 h9 w9 k4 r3 s3 dh3 dw2 psame nhwc", "width"),
    ("c4 h9 w9 k4 r3 s3 d4 nhwc", "padding"), ("c4 h9 w9 k4 r3 s3 d4 p5 nhwc", "padding"),
    ("c4 h9 w9 k4 r3 s3 d4 pt8 pl8 nhwc", "padding"), ("c4 h9 w9 k4 r3 s3 st2 d3 p3 nhwc", "stride"),
    ("c4 h9 w9 k4 r3 s2 d4 psame nhwc", "filters"), ("c4 w9 k4 s5 d4 psame nhwc", "filters"),
    ("c4 h9 w9 k4 r3 s1 dh4 p4 nhwc", "one tap"),
    ("c16 h9 w9 k4 r3 s3 d4 psame nchw8c f16", "f16"), ("g8 c8 h9 w9 k8 r3 s3 d4 psame nhwc", "groups"),
  ])
  func refusesWithAReason(_ text: String, _ reason: String) throws {
    let target = Target(machine: HostMachine.current, isa: .baseline)
    let rejection = Self.variant.rejection(of: try Problem(text: text), on: target)
    #expect(rejection?.kind == .unsupported)
    #expect(rejection?.reason.contains(reason) == true, "\(rejection?.reason ?? "accepted")")
  }

  @Test(arguments: [
    "c2048 h33 w33 k256 r3 s3 d12 psame nhwc", "c2048 h33 w33 k256 r3 s3 d18 psame nhwc",
    "c3 h4 w4 k5 r3 s3 d9 psame nhwc", "c64 h28 w80 k256 r3 s1 dh16 ph16 nhwc",
    "n8 c512 h65 w65 k512 r3 s3 d24 psame nhwc", "c21 h64 w64 k21 r3 s3 d24 psame nchw",
  ])
  func proposesWhatItAccepts(_ text: String) throws {
    let problem = try Problem(text: text)
    for isa in InstructionSet.allCases {
      let target = Target(machine: HostMachine.current, isa: isa)
      let space = Self.variant.configurations(for: problem, on: target)
      #expect((1...256).contains(space.count))
      #expect(Set(space).count == space.count)
      #expect(space.contains(Self.variant.initialConfiguration(for: problem, on: target)))
      for configuration in space {
        #expect(Self.variant.rejection(of: configuration, for: problem, on: target) == nil)
        #expect(try Self.variant.cost(of: configuration, for: problem, on: target).seconds > 0)
      }
    }
  }

  /// 324 phases.
  @Test(arguments: [2, 3]) func threadsMayHaveABlockEach(_ threads: Int) throws {
    let problem = try Problem(text: "c64 h33 w33 k32 r3 s3 d18 psame nhwc")
    let space = Self.variant.configurations(
      for: problem, on: Target(machine: HostMachine.current, isa: .avx2, threads: threads)
    ).map { "\($0)" }
    #expect(space.contains { $0.hasPrefix("sb\(324 / threads) ") && $0.contains(" mr6 ") }, "\(space)")
    let alone = Self.variant.configurations(
      for: problem, on: Target(machine: HostMachine.current, isa: .avx2))
    #expect(alone.allSatisfy { "\($0)".hasPrefix("sb0 ") })
  }
}
