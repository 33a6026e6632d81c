extension Problem {
  /// Reads a problem text, such as `c512 h65 w65 k512 r3 s3 d4 psame nhwc bias relu`, or one of benchdnn's, such as
  /// `mb1ic64ih56oc64oh56kh3ph1` (any text with `ic` and a digit).
  ///
  /// Tokens stand in any order, separated by one space or underscore. A step or pad without an axis goes to every axis
  /// the text writes.
  /// - Throws: `ProblemError` naming the token or the value and what is allowed.
  public init(text: String) throws(ProblemError) {
    self = BenchdnnText.accepts(text) ? try BenchdnnText.parse(text) : try ProblemParser(text).problem()
  }
}

/// Reads the project's own problem text.
struct ProblemParser {
  private enum Pad {
    case numbers
    case same
    case causal
  }

  private static let sizes: Set<Substring> = ["n", "c", "k", "g", "z", "h", "w", "t", "r", "s"]
  private static let steps: Set<Substring> = ["st", "stz", "sth", "stw", "d", "dz", "dh", "dw"]
  private static let pads: Set<Substring> = ["p", "pz", "ph", "pw", "pf", "pa", "pt", "pb", "pl", "pr"]

  private var tokens = ProblemTokens()
  private var pad = Pad.numbers

  init(_ text: String) throws(ProblemError) {
    guard !text.isEmpty else { throw .emptyText }
    for token in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == " " || $0 == "_" }) {
      try take(token)
    }
  }

  private mutating func take(_ token: Substring) throws(ProblemError) {
    guard !token.isEmpty else { throw .emptyToken }
    if try tokens.takeWord(token) { return }
    if token == "psame" || token == "pcausal" {
      guard pad == .numbers else { throw .doubledToken(String(token)) }
      pad = token == "psame" ? .same : .causal
      return
    }
    let (key, digits) = token.lettersAndRest
    guard Self.sizes.contains(key) || Self.steps.contains(key) || Self.pads.contains(key) else {
      throw .unknownToken(String(token))
    }
    try tokens.takeNumber(key: key, digits: digits, token: token, atLeast: Self.pads.contains(key) ? 0 : 1)
  }

  func problem() throws(ProblemError) -> Problem {
    let channels = try tokens.required("c")
    let filters = try tokens.required("k")
    if pad != .numbers, let key = Self.pads.sorted().first(where: { tokens[String($0)] != nil }) {
      throw .conflict(key: pad == .same ? "psame" : "pcausal", with: String(key))
    }
    let depth = try axis(.depth) ?? .absent
    let height = try axis(.height) ?? .absent
    guard let width = try axis(.width) else { throw .missingToken(key: "w") }
    guard let layouts = tokens.layouts else { throw .missingToken(key: "a layout (nchw, nhwc, nchw8c or nchw16c)") }
    return try Problem(
      batch: tokens["n"] ?? 1, groups: tokens["g"] ?? 1, channels: channels, filters: filters,
      depth: depth, height: height, width: width, type: tokens.type ?? .f32,
      inputLayout: layouts.input, outputLayout: layouts.output,
      direction: tokens.direction ?? .forward, epilogue: tokens.epilogue)
  }

  /// nil where the text does not write the axis.
  private func axis(_ keys: AxisKeys) throws(ProblemError) -> Axis? {
    if tokens[keys.input] == nil && tokens[keys.kernel] == nil {
      for key in [keys.stride, keys.dilation, keys.pad, keys.before, keys.after] where tokens[key] != nil {
        throw .absentAxis(key: key, axis: keys.input)
      }
      return nil
    }
    let kernel = try tokens.required(keys.kernel)
    let dilation = try step("d", keys.dilation)
    let (before, after) = try pads(keys, reach: dilation * (kernel - 1))
    return Axis(
      input: try tokens.required(keys.input), kernel: kernel, stride: try step("st", keys.stride), dilation: dilation,
      before: before, after: after)
  }

  private func step(_ general: String, _ key: String) throws(ProblemError) -> Int {
    try refuse(key, with: general)
    return tokens[key] ?? tokens[general] ?? 1
  }

  /// - Parameter reach: the positions from the first tap to the last, less one.
  private func pads(_ keys: AxisKeys, reach: Int) throws(ProblemError) -> (before: Int, after: Int) {
    switch pad {
    case .same: return (reach / 2, reach - reach / 2)
    case .causal: return (reach, 0)
    case .numbers:
      try refuse(keys.pad, with: "p")
      for side in [keys.before, keys.after] {
        try refuse(side, with: "p")
        try refuse(side, with: keys.pad)
      }
      let both = tokens[keys.pad] ?? tokens["p"] ?? 0
      return (tokens[keys.before] ?? both, tokens[keys.after] ?? both)
    }
  }

  private func refuse(_ key: String, with general: String) throws(ProblemError) {
    if tokens[key] != nil && tokens[general] != nil { throw .conflict(key: key, with: general) }
  }
}
