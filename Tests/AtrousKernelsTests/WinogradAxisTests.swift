import AtrousCore
import AtrousKernels
import Testing

/// Winograd with taps on one axis only, and with other numbers of taps than 3 on both.
@Suite struct WinogradAxisTests {
  /// Every tile of an axis of `taps`, as one-dimensional, along the width and along the height.
  private static func alongWidth(_ taps: Int) -> [Configuration] { (2...Int32(11 - taps)).map { winograd(1, $0) } }
  private static func alongHeight(_ taps: Int) -> [Configuration] { (2...Int32(11 - taps)).map { winograd($0, 1) } }

  @Test(arguments: 1...18, 2...7)
  func coversEveryExtent(_ extent: Int, _ taps: Int) throws {
    try checkWinograd("c5 w\(extent) k9 s\(taps) psame nhwc", Self.alongWidth(taps))
    try checkWinograd("c17 w\(3 * extent) k21 s\(taps) d3 pcausal nhwc", Self.alongWidth(taps))
    try checkWinograd("c5 h3 w\(2 * extent) k9 r1 s\(taps) d2 psame nhwc", Self.alongWidth(taps))
    try checkWinograd("c5 h\(2 * extent) w3 k9 r\(taps) s1 d2 psame nhwc", Self.alongHeight(taps))
  }

  @Test(arguments: [(9, 9), (9, 25), (9, 8), (9, 5), (5, 1), (3, 1), (5, 3), (6, 3), (1, 2)])
  func coversDilationsAndPads(_ width: Int, _ dilation: Int) throws {
    for taps in [2, 3, 5, 7] {
      let reach = dilation * (taps - 1)
      for (left, right) in [(reach, 0), (0, reach), (width + reach, width + reach), (reach + 1, reach / 2)] {
        try checkWinograd(
          "c7 w\(width) k10 s\(taps) d\(dilation) pl\(left) pr\(right) nhwc", Self.alongWidth(taps))
      }
    }
  }

  /// The axis of one tap may be padded and have steps of its own.
  @Test(arguments: [
    ("h5 w9 k5 r1 s3 dw2 ph2 pw2", true), ("h5 w9 k5 r1 s3 sth2 dw4 pw4", true), ("h9 w5 k5 r3 s1 dh2 pw3 ph2", false),
    ("h9 w7 k5 r2 s1 stw3 dh3 pt3 pw1", false), ("h1 w9 k5 r1 s3 ph3 pw1", true), ("h9 w1 k5 r3 s1 ph1 pw2", false),
  ])
  func takesAnyAxisOfOneTap(_ shape: String, _ isAlongWidth: Bool) throws {
    for channels in [3, 16, 34] {
      try checkWinograd(
        "n2 c\(channels) \(shape) nhwc bias", isAlongWidth ? Self.alongWidth(3) : Self.alongHeight(3))
    }
  }

  @Test(arguments: [1, 3, 4, 7, 8, 15, 16, 17, 21, 24, 32, 33, 40, 70, 128])
  func coversChannelsAndFilters(_ channels: Int) throws {
    let shapes: [(Int32, Int32)] = [(6, 2), (4, 3), (12, 1), (8, 3), (6, 4)]
    for filters in [1, 3, 16, 17, 21, 32, 33, 96] {
      try checkWinograd(
        "c\(channels) w23 k\(filters) s3 d2 psame nhwc", shapes.map { winograd(1, 5, mr: $0.0, nv: $0.1) })
      try checkWinograd(
        "n2 c\(channels) h9 w4 k\(filters) r2 s1 d2 pcausal nhwc bias add leaky:0.25",
        shapes.map { winograd(4, 1, mr: $0.0, nv: $0.1) })
    }
  }

  @Test(arguments: [255, 256, 257, 513])
  func sumsChunksOfChannels(_ channels: Int) throws {
    try checkWinograd(
      "c\(channels) w40 k5 s3 d2 psame nhwc bias", [winograd(1, 2), winograd(1, 6, 2), winograd(1, 8, cb: 128)])
  }

  @Test(arguments: ["g2 c32 k64", "g3 c51 k57", "n2 g2 c42 k34", "n3 g2 c128 k64"])
  func takesGroups(_ counts: String) throws {
    let parts = counts.split(separator: " ")
    let start = parts.dropLast().joined(separator: " ")
    for epilogue in ["", " bias add relu"] {
      try checkWinograd(
        "\(start) w29 \(parts.last!) s3 d2 psame nhwc\(epilogue)", [winograd(1, 4), winograd(1, 6, 3)])
      try checkWinograd(
        "\(start) h9 w5 \(parts.last!) r3 s1 d2 psame nhwc\(epilogue)", [winograd(4, 1), winograd(3, 1, 3)])
    }
  }

  @Test(arguments: ["relu", "bias", "add", "relu6", "bias add clamp:-0.5:0.25"])
  func appliesEpilogues(_ epilogue: String) throws {
    try checkWinograd("n2 c18 w37 k67 s2 d4 pcausal nhwc \(epilogue)", Self.alongWidth(2))
    try checkWinograd("n2 c18 h13 w7 k19 r3 s1 d2 psame nhwc \(epilogue)", Self.alongHeight(3))
  }

  @Test(arguments: [
    "r2 s2", "r2 s3", "r3 s2", "r4 s4", "r5 s5", "r3 s5", "r5 s2", "r6 s3", "r7 s7", "r7 s2", "r2 s7",
  ])
  func takesOtherTapsOnBothAxes(_ filter: String) throws {
    let tiles = (2...7).flatMap { th in (2...7).map { tw in winograd(th, tw) } }
    try checkWinograd("c5 h11 w9 k9 \(filter) psame nhwc", tiles)
    try checkWinograd("n2 c18 h13 w16 k17 \(filter) d2 psame nhwc bias add relu", tiles)
  }

  @Test(arguments: [
    ("c21 w9 k5 s3 d2 psame", false), ("c3 w15 k9 s2 d4 pcausal", false), ("c40 h9 w1 k17 r3 s1 psame", true),
    ("n2 g2 c34 h7 w3 k38 r2 s1 pcausal", true), ("c64 h3 w9 k17 r1 s3 pw2 ph2", false),
  ])
  func readsNothingOutside(_ text: String, _ isAlongHeight: Bool) throws {
    try checkFences("\(text) nhwc", isAlongHeight ? winograd(4, 1) : winograd(1, 4))
  }

  @Test func bitsDoNotDependOnBlocksAndThreads() throws {
    try checkBits("n2 c40 w190 k21 s3 d5 psame nhwc bias relu", 1, 5)
    try checkBits("n2 c40 h21 w9 k67 r2 s1 d3 pcausal nhwc", 4, 1)
  }

  /// The last tile an axis may have, and the first it may not; where both have taps, patches of ten are not among them.
  @Test(arguments: [
    ("c4 w20 k4 s3 nhwc", winograd(1, 8), winograd(1, 9)), ("c4 h9 w9 k4 r3 s1 nhwc", winograd(8, 1), winograd(9, 1)),
    ("c4 h9 w9 k4 r5 s5 nhwc", winograd(4, 4), winograd(2, 5)),
    ("c4 h9 w9 k4 r3 s3 nhwc", winograd(6, 6), winograd(6, 7)),
    ("c4 h9 w9 k4 r3 s3 nhwc", winograd(2, 6), winograd(8, 2)), ("c4 w20 k4 s3 nhwc", winograd(1, 2), winograd(2, 2)),
    ("c4 w20 k4 s7 nhwc", winograd(1, 4), winograd(1, 5)), ("c4 w20 k4 s2 nhwc", winograd(1, 9), winograd(1, 1)),
  ])
  func refusesTilesOfOtherTaps(_ text: String, _ last: Configuration, _ next: Configuration) throws {
    let problem = try Problem(text: text)
    let target = Target(machine: HostMachine.current, isa: .baseline)
    #expect(winogradVariant.rejection(of: last, for: problem, on: target) == nil)
    #expect(winogradVariant.rejection(of: next, for: problem, on: target)?.kind == .configuration)
  }
}
