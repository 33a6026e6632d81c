import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

/// Winograd on sizes around every tile's edges, all tiles by all tiles, against plain loops in Float64.
@Suite struct WinogradTests {
  private static let tiles: [Configuration] = (2...6).flatMap { th in (2...6).map { tw in winograd(th, tw) } }

  @Test(arguments: 1...14)
  func coversEveryExtent(_ extent: Int) throws {
    try checkWinograd("c5 h\(extent) w\(15 - extent) k9 r3 s3 psame nhwc", Self.tiles)
    try checkWinograd("c5 h\(extent) w\(30 - extent) k9 r3 s3 d2 psame nhwc", Self.tiles)
  }

  @Test(arguments: [
    "h9 w11 d1 p0", "h9 w11 d2 p0", "h9 w11 d3 psame", "h9 w11 d4 psame", "h9 w11 dh8 dw10 psame", "h9 w11 d9 psame",
    "h9 w11 d25 psame", "h5 w6 d2 pt4 pl4", "h5 w6 d2 pb4 pr4", "h3 w4 p9", "h3 w4 d3 p20", "h6 w6 dh1 dw5 psame",
    "h1 w9 d2 psame",
  ])
  func coversDilationsAndPads(_ shape: String) throws {
    let parts = shape.split(separator: " ")
    try checkWinograd("c7 \(parts[0]) \(parts[1]) k10 r3 s3 \(parts[2...].joined(separator: " ")) nhwc", Self.tiles)
  }

  /// Whole phases of one to three pixels along one axis, tiles along the other, and both ways round.
  @Test(arguments: [2, 3, 4, 5, 7, 8, 9])
  func mixesShortPhasesWithTiles(_ extent: Int) throws {
    for dilation in (extent + 2) / 3..<extent {
      let rows = "n2 c35 h\(extent) w14 k19 r3 s3 dh\(dilation) dw2 psame nhwc bias add relu"
      #expect(try checkWinograd(rows, Self.tiles) > 0)
      #expect(try checkWinograd("c5 h13 w\(extent) k9 r5 s3 dw\(dilation) psame nhwc", Self.tiles) > 0)
      // The stride divides the dilation: folded it is such a problem too.
      let strided = "c5 h\(2 * extent) w26 k9 r3 s3 st2 dh\(2 * dilation) dw2 psame nhwc"
      #expect(try checkWinograd(strided, [winograd(3, 3)]) > 0)
    }
  }

  @Test func wholePhasesHaveNoTiles() throws {
    let text = "n2 c40 h7 w19 k21 r3 s3 dh3 dw2 psame nhwc bias relu"
    let data = ProblemData(try Problem(text: text), seed: 3)
    let bits = try [2, 3, 6].map {
      try GuardedRun(data, winogradVariant, winograd($0, 4), isa: .baseline).output.map(\.bitPattern)
    }
    #expect(bits[0] == bits[1] && bits[0] == bits[2])
    try checkBits(text, 3, 4)
    for shape in ["h9 dh3", "h7 dh3", "h5 dh3", "h5 dh4"] {
      let parts = shape.split(separator: " ")
      try checkFences("c21 \(parts[0]) w13 k5 r3 s3 \(parts[1]) dw2 psame nhwc", winograd(2, 5))
    }
  }

  /// Three products a phase of two pixels, where a tile takes four.
  @Test func wholePhasesTakeFewerWeights() throws {
    let target = Target(machine: HostMachine.current, isa: .baseline)
    let bytes = try ["dh3 ph3 dw2 pw2", "dh3 pt3 pb2 dw2 pw2"].map { pads in
      let problem = try Problem(text: "c16 h6 w19 k16 r3 s3 \(pads) nhwc")
      let weights = [UInt8](repeating: 0, count: 4 * problem.weightElements)
      return try winogradVariant.makePlan(
        winograd(2, 4), for: problem, on: target, weights: weights.span.bytes, bias: nil
      ).packedWeightsBytes
    }
    // Beside the slack of both.
    #expect(abs(4 * bytes[0] - 3 * bytes[1]) <= 64)
  }

  @Test(arguments: [1, 3, 4, 7, 8, 15, 16, 17, 21, 24, 33, 40])
  func coversChannelsAndFilters(_ channels: Int) throws {
    let shapes: [(Int32, Int32)] = [(6, 2), (4, 3), (12, 1), (1, 4), (8, 3), (6, 4)]
    let configurations = shapes.map { winograd(4, 5, mr: $0.0, nv: $0.1) }
    for filters in [1, 3, 17, 21, 33] {
      try checkWinograd("c\(channels) h7 w7 k\(filters) r3 s3 d2 psame nhwc", configurations)
      try checkWinograd("n2 c\(channels) h5 w7 k\(filters) r3 s3 d2 psame nhwc bias add leaky:0.25", configurations)
    }
  }

  @Test(arguments: [255, 256, 257, 300, 513])
  func sumsChunksOfChannels(_ channels: Int) throws {
    try checkWinograd("c\(channels) h5 w5 k5 r3 s3 psame nhwc bias", winogradChunks)
  }

  @Test(arguments: ["g2 c32 k64", "g3 c51 k57", "n2 g2 c42 k34"])
  func takesGroups(_ counts: String) throws {
    let parts = counts.split(separator: " ")
    let text = "\(parts.dropLast().joined(separator: " ")) h9 w8 \(parts.last!) r3 s3 d2 psame nhwc bias add relu"
    try checkWinograd(text, [winograd(3, 4), winograd(4, 3, 5)])
  }

  @Test(arguments: ["relu", "bias", "add", "relu6", "bias add clamp:-0.5:0.25"])
  func appliesEpilogues(_ epilogue: String) throws {
    try checkWinograd("n2 c18 h13 w17 k19 r3 s3 d2 psame nhwc \(epilogue)", Self.tiles)
  }

  @Test(arguments: ["c21 h9 w9 k5", "c3 h7 w8 k9", "c64 h6 w6 k17", "n2 g2 c34 h7 w7 k38"])
  func readsNothingOutside(_ shape: String) throws {
    try checkFences("\(shape) r3 s3 d2 psame nhwc", winograd(4, 3))
  }

  @Test func bitsDoNotDependOnBlocksAndThreads() throws {
    try checkBits("n2 c40 h17 w19 k21 r3 s3 d2 psame nhwc bias relu", 6, 5)
  }

  @Test(arguments: [
    "c4 h9 w9 k4 r3 s3 st3 psame nhwc", "c4 h9 w9 k4 r3 s3 nchw8c f16",
    "c4 h9 w9 k4 r1 s1 nhwc", "c4 w9 k4 s1 nhwc", "c4 h9 w9 k4 r8 s3 nhwc", "c4 z3 h9 w9 k4 t3 r3 s3 nhwc",
    "g8 c8 h9 w9 k8 r3 s3 nhwc", "c4 w9 k4 s3 st3 nhwc", "c4 h9 w9 k4 r3 s1 sth4 nhwc",
  ])
  func refusesWithAReason(_ text: String) throws {
    let target = Target(machine: HostMachine.current, isa: .baseline)
    let rejection = winogradVariant.rejection(of: try Problem(text: text), on: target)
    #expect(rejection?.kind == .unsupported)
    #expect(rejection?.reason.isEmpty == false)
  }

  @Test(arguments: [
    "c512 h33 w33 k512 r3 s3 d2 psame nhwc", "c21 h64 w64 k21 r3 s3 d8 psame nhwc", "c3 h4 w4 k5 r3 s3 d9 psame nhwc",
    "n8 c512 h96 w128 k512 r3 s3 d2 psame nhwc", "c64 w16000 k128 s2 d64 pl64 nhwc", "c128 w4096 k128 s3 d16 pl32 nhwc",
    "c128 h64 w128 k128 r3 s1 dh8 ph8 nhwc", "c128 h64 w128 k128 r1 s3 dw16 pw16 nhwc", "c16 h32 w32 k16 r2 s7 d2 nhwc",
    "c256 h28 w80 k256 r3 s3 d12 psame nhwc",
  ])
  func proposesWhatItAccepts(_ text: String) throws {
    let problem = try Problem(text: text)
    for isa in InstructionSet.allCases {
      let target = Target(machine: HostMachine.current, isa: isa)
      let space = winogradVariant.configurations(for: problem, on: target)
      #expect((1...256).contains(space.count))
      #expect(Set(space).count == space.count)
      #expect(space.contains(winogradVariant.initialConfiguration(for: problem, on: target)))
      for configuration in space {
        #expect(winogradVariant.rejection(of: configuration, for: problem, on: target) == nil)
        #expect(try winogradVariant.cost(of: configuration, for: problem, on: target).seconds > 0)
      }
    }
  }

  /// 66 tiles, at most 24 a block: three blocks for one thread, four of 17 for two.
  @Test func threadsHaveAsManyBlocksAsTheOthers() throws {
    let problem = try Problem(text: "c16 w132 k16 s3 p1 nhwc")
    let weights = [Float](repeating: 1, count: problem.weightElements)
    func workspace(threads: Int, tiles: Int) throws -> Int {
      let target = Target(machine: HostMachine.current, isa: .baseline, threads: threads)
      let configuration = try Configuration(text: "th1 tw2 tb\(tiles) cb0 mr6 nv2")
      return try winogradVariant.makePlan(
        configuration, for: problem, on: target, weights: weights.span.bytes, bias: nil
      ).workspaceBytes
    }
    #expect(try workspace(threads: 2, tiles: 24) == workspace(threads: 2, tiles: 17))
    #expect(try workspace(threads: 2, tiles: 24) == 2 * workspace(threads: 1, tiles: 17))
    #expect(try workspace(threads: 1, tiles: 24) > workspace(threads: 1, tiles: 17))
  }

  @Test(arguments: [2, 3, 4]) func threadsMayHaveABlockEach(_ threads: Int) throws {
    let problem = try Problem(text: "c64 h28 w28 k64 r3 s3 d2 p2 nhwc")
    let target = Target(machine: HostMachine.current, isa: .avx2, threads: threads)
    // 36 tiles of 5×5.
    let share = (36 / threads + 5) / 6 * 6
    let space = winogradVariant.configurations(for: problem, on: target).map { "\($0)" }
    #expect(space.contains { $0.hasPrefix("th5 tw5 tb\(share) ") && $0.contains(" mr6 ") }, "\(space)")
  }
}
