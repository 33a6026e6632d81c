extension Float {
  /// The shortest plain decimal, without an exponent, that reads back as this finite value: `0.1`, `-1`, `0.00001`.
  var plainDecimal: String {
    // The standard library's description has the shortest digits, `d.ddd` with an exponent where that is far from zero.
    let text = description
    let isNegative = text.hasPrefix("-")
    let parts = (isNegative ? text.dropFirst() : text[...]).split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    guard isFinite, parts.count == 1 || Int(parts[1]) != nil else { return text }
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    let exponent = parts.count > 1 ? Int(parts[1])! : 0
    let digits = Array(mantissa[0] + fraction)
    let point = mantissa[0].count + exponent

    var whole = String(digits[..<Swift.min(Swift.max(point, 0), digits.count)])
    whole += String(repeating: "0", count: Swift.max(point - digits.count, 0))
    var rest = String(repeating: "0", count: Swift.max(-point, 0))
    rest += String(digits[Swift.min(Swift.max(point, 0), digits.count)...])
    while rest.hasSuffix("0") { rest.removeLast() }
    return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + (rest.isEmpty ? "" : "." + rest)
  }

  /// Reads `["-"] digits ["." digits]`; nil for anything else. Values past the range of `Float` become infinite.
  init?(plainDecimal text: Substring) {
    let unsigned = text.hasPrefix("-") ? text.dropFirst() : text
    let parts = unsigned.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    for part in parts where part.isEmpty || !part.utf8.allSatisfy(\.isDigit) { return nil }
    self.init(text)
  }
}

extension UInt8 {
  /// ASCII `0` to `9`.
  var isDigit: Bool { self >= 48 && self <= 57 }
  /// ASCII `a` to `z`.
  var isLowerCaseLetter: Bool { self >= 97 && self <= 122 }
}
