import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

/// Winograd on sizes around every tile's edges, all tiles by all tiles, against plain loops in Float64.
@Suite struct WinogradTests {
  static let sets = InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet }
  static let variant = Registry.shared["winograd"]!

  private static func configuration(_ th: Int32, _ tw: Int32, _ tb: Int32 = 0, mr: Int32 = 6, nv: Int32 = 2)
    -> Configuration
  {
    Configuration(
      [("th", th), ("tw", tw), ("tb", tb), ("mr", mr), ("nv", nv)].map { Setting(key: $0.0, value: $0.1) })
  }

  /// One run of every tile of every set.
  private func check(_ text: String, _ configurations: [Configuration], seed: UInt64 = 1) throws {
    let problem = try Problem(text: text)
    let data = ProblemData(problem, seed: seed)
    for isa in Self.sets {
      let target = Target(machine: HostMachine.current, isa: isa)
      for configuration in configurations {
        if Self.variant.rejection(of: configuration, for: problem, on: target) != nil { continue }
        let run = try GuardedRun(data, Self.variant, configuration, isa: isa)
        let name = "\(problem): \(Candidate(variant: "winograd", isa: isa, configuration: configuration))"
        #expect(run.faults.isEmpty, "\(name): \(run.faults)")
        let error = data.error(of: run.output)
        #expect(error <= Self.variant.errorBound(of: configuration, for: problem), "\(name): \(error)")
      }
    }
  }

  private static let tiles: [Configuration] = (2...6).flatMap { th in (2...6).map { tw in configuration(th, tw) } }

  @Test(arguments: 1...14)
  func coversEveryExtent(_ extent: Int) throws {
    try check("c5 h\(extent) w\(15 - extent) k9 r3 s3 psame nhwc", Self.tiles)
    try check("c5 h\(extent) w\(30 - extent) k9 r3 s3 d2 psame nhwc", Self.tiles)
  }

  @Test(arguments: [
    "h9 w11 d1 p0", "h9 w11 d2 p0", "h9 w11 d3 psame", "h9 w11 d4 psame", "h9 w11 dh8 dw10 psame", "h9 w11 d9 psame",
    "h9 w11 d25 psame", "h5 w6 d2 pt4 pl4", "h5 w6 d2 pb4 pr4", "h3 w4 p9", "h3 w4 d3 p20", "h6 w6 dh1 dw5 psame",
    "h1 w9 d2 psame",
  ])
  func coversDilationsAndPads(_ shape: String) throws {
    let parts = shape.split(separator: " ")
    try check("c7 \(parts[0]) \(parts[1]) k10 r3 s3 \(parts[2...].joined(separator: " ")) nhwc", Self.tiles)
  }

  @Test(arguments: [1, 3, 4, 7, 8, 15, 16, 17, 21, 24, 33, 40])
  func coversChannelsAndFilters(_ channels: Int) throws {
    let shapes: [(Int32, Int32)] = [(6, 2), (4, 3), (12, 1), (1, 4), (12, 2), (8, 3), (6, 4)]
    let configurations = shapes.map { Self.configuration(4, 5, mr: $0.0, nv: $0.1) }
    for filters in [1, 3, 17, 21, 33] {
      try check("c\(channels) h7 w7 k\(filters) r3 s3 d2 psame nhwc", configurations)
      try check("n2 c\(channels) h5 w7 k\(filters) r3 s3 d2 psame nhwc bias add leaky:0.25", configurations)
    }
  }

  @Test(arguments: [255, 256, 257, 300, 513])
  func sumsChunksOfChannels(_ channels: Int) throws {
    try check("c\(channels) h5 w5 k5 r3 s3 psame nhwc bias", [Self.configuration(2, 2), Self.configuration(5, 3, 2)])
  }

  @Test(arguments: ["g2 c16 k32", "g3 c51 k27", "n2 g2 c42 k18"])
  func takesGroups(_ counts: String) throws {
    let parts = counts.split(separator: " ")
    let text = "\(parts.dropLast().joined(separator: " ")) h9 w8 \(parts.last!) r3 s3 d2 psame nhwc bias add relu"
    try check(text, [Self.configuration(3, 4), Self.configuration(4, 3, 5)])
  }

  @Test(arguments: ["relu", "bias", "add", "relu6", "bias add clamp:-0.5:0.25"])
  func appliesEpilogues(_ epilogue: String) throws {
    try check("n2 c18 h13 w17 k19 r3 s3 d2 psame nhwc \(epilogue)", Self.tiles)
  }

  /// Inputs and weights that end, and inputs that begin, where the next page faults.
  @Test(arguments: ["c21 h9 w9 k5", "c3 h7 w8 k9", "c64 h6 w6 k17", "n2 g2 c34 h7 w7 k18"])
  func readsNothingOutside(_ shape: String) throws {
    let problem = try Problem(text: "\(shape) r3 s3 d2 psame nhwc")
    for isa in Self.sets {
      let target = Target(machine: HostMachine.current, isa: isa)
      for atEnd in [true, false] {
        let input = FencedFloats(count: problem.inputElements, atEnd: atEnd)
        let weights = FencedFloats(count: problem.weightElements, atEnd: true)
        let output = FencedFloats(count: problem.outputElements, atEnd: atEnd)
        let plan = try Self.variant.makePlan(
          Self.configuration(4, 3), for: problem, on: target,
          weights: UnsafeRawBufferPointer(start: weights.pointer, count: problem.weightElements * 4).bytes, bias: nil)
        var workspace = try plan.makeWorkspace()
        output.pointer.initialize(repeating: 1, count: problem.outputElements)
        plan.execute(input: input.pointer, output: output.pointer, workspace: &workspace)
        #expect((0..<problem.outputElements).allSatisfy { output.pointer[$0] == 0 })
      }
    }
  }

  /// Tiles a block, whole images, threads: the same bits.
  @Test func bitsDoNotDependOnBlocksAndThreads() throws {
    let data = ProblemData(try Problem(text: "n2 c40 h17 w19 k21 r3 s3 d2 psame nhwc bias relu"), seed: 3)
    for isa in Self.sets {
      let bits = try GuardedRun(data, Self.variant, Self.configuration(6, 5), isa: isa).output.map(\.bitPattern)
      for tb: Int32 in [0, 1, 5, 13, 1000] {
        for threads in [1, 2, 3, 7] {
          let pool = try WorkerPool(threads: threads)
          let run = try GuardedRun(
            data, Self.variant, Self.configuration(6, 5, tb), isa: isa, threads: threads, pool: pool)
          #expect(run.output.map(\.bitPattern) == bits, "\(isa) tb\(tb) \(threads) threads")
          #expect(run.faults.isEmpty, "\(isa) tb\(tb) \(threads) threads: \(run.faults)")
        }
      }
    }
  }

  @Test(arguments: [
    "c4 h9 w9 k4 r3 s3 st2 psame nhwc", "c4 h9 w9 k4 r3 s3 nchw8c",
    "c4 h9 w9 k4 r3 s1 nhwc", "c4 w9 k4 s3 nhwc", "c4 h9 w9 k4 r5 s5 nhwc", "g8 c8 h9 w9 k8 r3 s3 nhwc",
  ])
  func refusesWithAReason(_ text: String) throws {
    let target = Target(machine: HostMachine.current, isa: .baseline)
    let rejection = Self.variant.rejection(of: try Problem(text: text), on: target)
    #expect(rejection?.kind == .unsupported)
    #expect(rejection?.reason.isEmpty == false)
  }

  @Test(arguments: [
    "c512 h33 w33 k512 r3 s3 d2 psame nhwc", "c21 h64 w64 k21 r3 s3 d8 psame nhwc", "c3 h4 w4 k5 r3 s3 d9 psame nhwc",
    "n8 c512 h96 w128 k512 r3 s3 d2 psame nhwc",
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
}
