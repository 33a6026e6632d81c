/// Reads the problem text of oneDNN's benchdnn: `mb g ic id ih iw oc od oh ow kd kh kw sd sh sw pd ph pw dd dh dw
/// n"name"`, with or without `_` between.
///
/// Its rules hold: mb2 and g1 by default, dilation one less than ours, a square where only the height is written, a cube
/// where only the depth is; a pad that is not written is 0, or what the output extent needs; the pad after is what the
/// output extent needs, written or not. Words of the project's own text (layout, type, direction, epilogue) may
/// stand between; the layout is nchw otherwise.
enum BenchdnnText {
  private static let sizes: Set<Substring> = [
    "mb", "g", "ic", "id", "ih", "iw", "oc", "od", "oh", "ow", "kd", "kh", "kw", "sd", "sh", "sw",
  ]
  private static let pads: Set<Substring> = ["pd", "ph", "pw", "dd", "dh", "dw"]

  /// Whether the text holds `ic` and a digit.
  static func accepts(_ text: String) -> Bool {
    var previous: (UInt8, UInt8) = (0, 0)
    for byte in text.utf8 {
      if byte.isDigit && previous == (UInt8(ascii: "i"), UInt8(ascii: "c")) { return true }
      previous = (previous.1, byte)
    }
    return false
  }

  /// The name a benchdnn text carries; nil for every other text.
  static func name(in text: String) throws(ProblemError) -> String? {
    accepts(text) ? try scan(text).name : nil
  }

  static func parse(_ text: String) throws(ProblemError) -> Problem {
    let tokens = try scan(text).tokens
    let depth = try axis("d", tokens)
    let height = try axis("h", tokens)
    let width = try axis("w", tokens)
    if depth != nil && (height == nil) != (width == nil) { throw .missingToken(key: height == nil ? "ih" : "iw") }
    guard let last = width ?? height ?? depth else { throw .missingToken(key: "iw") }
    let layouts = tokens.layouts ?? (.nchw, .nchw)
    return try Problem(
      batch: tokens["mb"] ?? 2, groups: tokens["g"] ?? 1,
      channels: try tokens.required("ic"), filters: try tokens.required("oc"),
      depth: depth ?? .absent, height: height ?? depth ?? .absent, width: last,
      type: tokens.type ?? .f32, inputLayout: layouts.input, outputLayout: layouts.output,
      direction: tokens.direction ?? .forward, epilogue: tokens.epilogue)
  }

  private static func scan(_ text: String) throws(ProblemError) -> (tokens: ProblemTokens, name: String?) {
    var tokens = ProblemTokens()
    var name: String?
    var rest = text[...]
    while let first = rest.first {
      if first == "_" || first == " " {
        rest = rest.dropFirst()
      } else if rest.hasPrefix("n\"") {
        guard name == nil else { throw .doubledToken("n") }
        let quoted = rest.dropFirst(2)
        guard let end = quoted.firstIndex(of: "\"") else { throw .missingToken(key: "the closing quote of n\"") }
        name = String(quoted[..<end])
        rest = quoted[quoted.index(after: end)...]
      } else {
        rest = try take(rest, into: &tokens)
      }
    }
    return (tokens, name)
  }

  /// Takes one token from the start of the text and returns what follows it.
  private static func take(_ text: Substring, into tokens: inout ProblemTokens) throws(ProblemError) -> Substring {
    let end = text.firstIndex { $0 == "_" || $0 == " " } ?? text.endIndex
    if try tokens.takeWord(text[..<end]) { return text[end...] }
    let (key, rest) = text.lettersAndRest
    let digits = rest[..<(rest.utf8.firstIndex { !$0.isDigit } ?? rest.endIndex)]
    let token = text[..<digits.endIndex]
    guard sizes.contains(key) || pads.contains(key) else { throw .unknownToken(String(text[..<end])) }
    guard !digits.isEmpty else { throw .malformedNumber(token: String(text[..<end])) }
    try tokens.takeNumber(key: key, digits: digits, token: token, atLeast: pads.contains(key) ? 0 : 1)
    return text[digits.endIndex...]
  }

  /// nil where the text says nothing of the axis: no extent, and every step and pad as if it were not there.
  private static func axis(_ letter: String, _ tokens: ProblemTokens) throws(ProblemError) -> Axis? {
    let stride = tokens["s" + letter] ?? 1
    let dilation = (tokens["d" + letter] ?? 0) + 1
    let pad = tokens["p" + letter]
    let hasExtent = ["i", "o", "k"].contains { tokens[$0 + letter] != nil }
    guard hasExtent || stride != 1 || dilation != 1 || (pad ?? 0) != 0 else { return nil }
    let input = try tokens.required("i" + letter)
    let kernel = try tokens.required("k" + letter)

    func axis(_ before: Int, _ after: Int) -> Axis {
      Axis(input: input, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
    }
    let symmetric = axis(pad ?? 0, pad ?? 0)
    let asked = tokens["o" + letter]
    let output = asked ?? symmetric.output
    guard output > 0 else { return symmetric }
    // How far the taps of all outputs reach past the input, on both sides together.
    let excess = (output - 1) * stride + symmetric.span - input
    let before = pad ?? (asked == nil ? 0 : max(excess, 0) / 2)
    let result = axis(before, max(excess - before, 0))
    guard result.output == output else {
      throw .outputExtent(key: "o" + letter, value: output, given: result.output)
    }
    return result
  }
}
