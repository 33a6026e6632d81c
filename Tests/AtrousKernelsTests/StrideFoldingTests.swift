import AtrousCore
import AtrousKernels
import Testing

/// Winograd with strides where an axis has several taps: planes of every length, with and without last taps.
@Suite struct StrideFoldingTests {
  private static let tiles: [Configuration] = (1...7).flatMap { th in (1...7).map { tw in winograd(th, tw) } }
  private static let few = [
    winograd(2, 2), winograd(3, 5), winograd(5, 4, 2), winograd(4, 4, cb: 32), winograd(1, 3), winograd(4, 1),
  ]

  @Test(arguments: 1...14)
  func coversEveryExtent(_ extent: Int) throws {
    try check("c5 h\(extent) w\(15 - extent) k9 r3 s3 st2 p1 nhwc", Self.tiles)
    try check("c5 h\(extent + 6) w\(31 - extent) k9 r3 s3 st2 d3 nhwc", Self.tiles)
    try check("c5 w\(3 * extent) k9 s3 st2 d5 p5 nhwc", (1...9).map { winograd(1, $0) })
    try check("c5 h\(3 * extent) w3 k9 r5 s1 st2 d3 ph7 nhwc", (1...9).map { winograd($0, 1) })
  }

  /// Filters with and without whole planes of last taps, at strides that leave two taps and more on an axis, or one.
  @Test(arguments: [
    "r3 s3", "r4 s4", "r5 s5", "r7 s7", "r5 s7", "r4 s7", "r3 s1", "r1 s3", "r2 s3", "r5 s2", "r8 s11", "r7 s14",
  ])
  func takesFiltersAndSteps(_ filter: String) throws {
    let everySteps = [
      "st2", "st2 d3", "st2 d5", "st3", "st3 d2", "st4 d2", "st4 d6", "sth2 dw3", "sth2 stw3 d5", "stw2 dh4",
    ]
    for steps in everySteps {
      for pads in ["p4", "pt9 pr14", "pl9 pb20 pr20"] {
        try check("c5 h23 w26 k7 \(filter) \(steps) ph15 pw30 nhwc", Self.few)
        try check("c5 h37 w75 k7 \(filter) \(steps) \(pads) nhwc", Self.few)
      }
    }
  }

  /// Taps that only some outputs have, or none; planes without input.
  @Test(arguments: [
    "h5 w7 k9 r3 s3 st2 d7 p7", "h5 w7 k9 r3 s3 st2 d9 p12", "h1 w1 k9 r3 s3 st2 p2", "h2 w3 k9 r5 s5 st3 d5 p20",
    "h4 w4 k9 r3 s3 st2 d3 pt9 pl9", "h4 w4 k9 r3 s3 st2 d3 pb9 pr9", "h3 w3 k9 r2 s2 st3 d25 p20",
    "h9 w9 k9 r3 s3 st2 pr1 pb1", "h3 w4 k9 r4 s4 st2 d11 pt40 pl33",
  ])
  func takesPadsPastTheImage(_ shape: String) throws {
    for channels in [3, 16, 34] { try check("n2 c\(channels) \(shape) nhwc bias", Self.few) }
  }

  @Test(arguments: [1, 3, 4, 7, 8, 15, 16, 17, 21, 24, 32, 33, 40, 70, 128])
  func coversChannelsAndFilters(_ channels: Int) throws {
    let shapes: [(Int32, Int32)] = [(6, 2), (4, 3), (12, 1), (8, 3), (6, 4)]
    for filters in [1, 17, 33] {
      try check(
        "c\(channels) h9 w11 k\(filters) r3 s3 st2 d3 p3 nhwc", shapes.map { winograd(4, 5, mr: $0.0, nv: $0.1) })
      try check(
        "n2 c\(channels) h13 w11 k\(filters) r7 s5 st3 p2 nhwc bias add leaky:0.25",
        shapes.map { winograd(2, 3, 3, mr: $0.0, nv: $0.1) })
    }
  }

  /// Chunks and spans that end within a plane, and those that have no products at ∞.
  @Test(arguments: [100, 255, 256, 300])
  func sumsChunksOfChannels(_ channels: Int) throws {
    try check("c\(channels) h9 w9 k5 r3 s3 st2 p1 nhwc bias", winogradChunks)
  }

  @Test(arguments: ["g2 c32 k64", "g3 c51 k57", "n2 g2 c42 k34"])
  func takesGroups(_ counts: String) throws {
    let parts = counts.split(separator: " ")
    let start = parts.dropLast().joined(separator: " ")
    for taps in ["h11 w10 k r3 s3 st2 d3 p3", "h11 w4 k r5 s1 sth2 p2", "h4 w21 k r2 s5 st3 p2"] {
      try check("\(start) \(taps.replacing("k", with: parts.last!)) nhwc bias add relu", Self.few)
    }
  }

  @Test(arguments: ["relu", "bias", "add", "relu6", "bias add clamp:-0.5:0.25"])
  func appliesEpilogues(_ epilogue: String) throws {
    try check("n2 c18 h13 w17 k19 r3 s3 st2 d3 p3 nhwc \(epilogue)", Self.few)
    try check("n2 c18 h13 w17 k19 r3 s3 st2 p1 nchw \(epilogue)", Self.few)
    try check("n2 c18 h13 w17 k19 r5 s5 st2 p2 nchw16c:nhwc \(epilogue)", Self.few)
  }

  @Test(arguments: [
    "c21 h9 w9 k5 r3 s3 st2 p1", "c3 h14 w15 k9 r7 s7 st2 p3", "c64 h9 w9 k17 r3 s3 st2 d3 p3",
    "n2 g2 c34 h7 w7 k38 r3 s3 st2", "c5 h9 w9 k5 r5 s4 st3 d2 pl4",
  ])
  func readsNothingOutside(_ shape: String) throws {
    try checkFences("\(shape) nhwc", winograd(3, 2))
  }

  @Test func bitsDoNotDependOnBlocksAndThreads() throws {
    try checkBits("n2 c40 h27 w19 k21 r3 s3 st2 d3 p3 nhwc bias relu", 4, 5)
    try checkBits("n3 c20 w190 k21 s5 st2 d3 p3 nhwc", 1, 5)
  }

  /// A stride that shares its factors with the dilation has one plane: the same as the problem on what is read.
  @Test func dividesStridesAndDilations() throws {
    let target = Target(machine: HostMachine.current, isa: .baseline)
    for (text, reduced) in [
      ("c20 h65 w65 k24 r3 s3 st2 d2 p2 nhwc", "c20 h33 w33 k24 r3 s3 p1 nhwc"),
      ("c20 w90 k24 s5 st3 d6 pl24 nhwc", "c20 w30 k24 s5 d2 pl8 nhwc"),
    ] {
      let (problem, inner) = (try Problem(text: text), try Problem(text: reduced))
      #expect(
        winogradVariant.configurations(for: problem, on: target)
          == winogradVariant.configurations(for: inner, on: target))
    }
  }

  /// With all products at ∞ the least would be 0.60 and 0.23 of the nominal ones.
  @Test(arguments: [
    ("c64 h56 w56 k128 r3 s3 st2 p1 nhwc", 0.57), ("c64 h56 w56 k128 r7 s7 st2 p3 nhwc", 0.215),
    ("c256 h56 w56 k512 r3 s3 st2 p1 nhwc", 0.57), ("c64 h224 w224 k128 r3 s3 st2 p1 nhwc", 0.57),
  ])
  func countsWhatIsLeftOut(_ text: String, _ part: Double) throws {
    let problem = try Problem(text: text)
    let target = Target(machine: HostMachine.current, isa: .avx512)
    let space = winogradVariant.configurations(for: problem, on: target)
    let costs = try space.map { try winogradVariant.cost(of: $0, for: problem, on: target) }
    #expect((1...256).contains(space.count))
    #expect(costs.map(\.flops).min()! < part * Double(problem.nominalFLOPs))
    #expect(costs.allSatisfy { $0.flops > 2 * Double(problem.fewestMultiplications) })
  }

  /// As `checkWinograd`, where an axis keeps several taps of a plane, and none more than seven; others must be refused.
  private func check(_ text: String, _ configurations: [Configuration]) throws {
    let problem = try Problem(text: text)
    let target = Target(machine: HostMachine.current, isa: .baseline)
    let taps = [problem.height, problem.width].map { axis in
      let interval = axis.kernel == 1 ? 1 : axis.stride / axis.commonDivisor
      return (axis.kernel + interval - 1) / interval
    }
    let isTaken = taps.max()! > 1 && taps.max()! <= 7
    let rejection = winogradVariant.rejection(of: problem, on: target)
    #expect((rejection == nil) == isTaken, "\(text): \(rejection?.reason ?? "taken")")
    guard isTaken else { return }
    let runs = try checkWinograd(text, configurations)
    // With dead taps left out an axis may have one tap a plane, and other tiles than these.
    let areLive = [problem.height, problem.width].allSatisfy { axis in
      (0..<axis.kernel).allSatisfy { !axis.liveOutputs(ofTap: $0).isEmpty }
    }
    #expect(runs > 0 || !areLive, "\(text)")
  }
}
