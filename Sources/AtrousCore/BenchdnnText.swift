/// Reads the problem text of oneDNN's benchdnn: `mb g ic id ih iw oc od oh ow kd kh kw sd sh sw pd ph pw dd dh dw
/// n"name"`, with or without `_` between.
///
/// Its defaults hold: mb2, g1, steps 1, dilation one less than ours, square shapes where the width part is absent (cubes
/// where the height part is absent too), and the pad after from the output extent where that is given. Words of the
/// project's own text (layout, type, direction, epilogue) may stand between; the layout is nchw otherwise.
enum BenchdnnText {
  private static let sizes: Set<Substring> = [
    "mb", "g", "ic", "id", "ih", "iw", "oc", "od", "oh", "ow", "kd", "kh", "kw", "sd", "sh", "sw",
  ]
  private static let pads: Set<Substring> = ["pd", "ph", "pw", "dd", "dh", "dw"]
  /// The keys of an axis end in its letter.
  private static let perAxis = ["i", "o", "k", "s", "p", "d"]

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
    if depth != nil && height == nil && width != nil { throw .missingToken(key: "ih") }
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

  /// nil where the text has no key of the axis.
  private static func axis(_ letter: String, _ tokens: ProblemTokens) throws(ProblemError) -> Axis? {
    guard perAxis.contains(where: { tokens[$0 + letter] != nil }) else { return nil }
    let input = try tokens.required("i" + letter)
    let kernel = try tokens.required("k" + letter)
    let stride = tokens["s" + letter] ?? 1
    let dilation = (tokens["d" + letter] ?? 0) + 1
    let given = tokens["p" + letter]
    guard let output = tokens["o" + letter] else {
      return Axis(
        input: input, kernel: kernel, stride: stride, dilation: dilation, before: given ?? 0, after: given ?? 0)
    }
    // The input positions the asked outputs reach past the input, on both sides together.
    let excess = (output - 1) * stride + dilation * (kernel - 1) + 1 - input
    let before = given ?? max(excess, 0) / 2
    let axis = Axis(
      input: input, kernel: kernel, stride: stride, dilation: dilation, before: before, after: max(excess - before, 0))
    guard axis.output == output else {
      throw .outputExtent(key: "o" + letter, value: output, given: axis.output)
    }
    return axis
  }
}
