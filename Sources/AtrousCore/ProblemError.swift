/// Why a problem cannot be: each case names the value and what is allowed.
public enum ProblemError: Error, Hashable, Sendable {
  /// A size, step or pad outside its range; `key` is the key of the problem text.
  case outOfRange(key: String, value: Int, allowed: ClosedRange<Int>)
  /// The taps of an axis (`"z"`, `"h"` or `"w"`) span more than its padded input, so that there is no output.
  case emptyOutput(axis: String, span: Int, paddedInput: Int)
  /// `g` does not divide the channels (`c`) or filters (`k`).
  case indivisible(key: String, value: Int, groups: Int)
  /// A quantity of the problem passes 2⁶³ − 1.
  case tooLarge(quantity: String)
  /// A number of the activation is infinite or not a number.
  case notFinite(activation: String)
  case clampOrder(low: Float, high: Float)

  /// The text holds no token.
  case emptyText
  /// Two separators in a row, or one at an end.
  case emptyToken
  case unknownToken(String)
  /// The same key twice, or two words that say the same thing (`relu relu6`).
  case doubledToken(String)
  /// `key` is needed, either always or because of another token of the text.
  case missingToken(key: String)
  /// What follows the key is not a number, or passes every range.
  case malformedNumber(token: String)
  /// Two keys that speak of the same side or axis, such as `d` and `dh`.
  case conflict(key: String, with: String)
  /// A key of an axis the text does not write.
  case absentAxis(key: String, axis: String)
  /// An output extent of benchdnn's text that no padding gives.
  case outputExtent(key: String, value: Int, given: Int)
}

extension ProblemError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .outOfRange(let key, let value, let allowed):
      "\(key) is \(value); allowed: \(allowed.lowerBound) to \(allowed.upperBound)"
    case .emptyOutput(let axis, let span, let paddedInput):
      "the output is empty along \(axis): the taps span \(span) positions; allowed: at most the padded input, "
        + "\(paddedInput)"
    case .indivisible(let key, let value, let groups):
      "\(key) is \(value); allowed with g\(groups): multiples of \(groups)"
    case .tooLarge(let quantity):
      "the \(quantity) pass 2^63; allowed: at most \(Int.max)"
    case .notFinite(let activation):
      "\(activation) has a number that is not finite; allowed: finite 32-bit floats"
    case .clampOrder(let low, let high):
      "clamp's low \(low.plainDecimal) is above its high \(high.plainDecimal); allowed: low <= high"
    case .emptyText:
      "the problem text is empty; c, w, k, s and a layout are required"
    case .emptyToken:
      "the problem text has an empty token; tokens are separated by one space or underscore"
    case .unknownToken(let token):
      "\(token.quotedForMessage) is no token of a problem text"
    case .doubledToken(let token):
      "\(token.quotedForMessage) repeats what an earlier token says; each key is allowed once"
    case .missingToken(let key):
      "the problem text lacks \(key)"
    case .malformedNumber(let token):
      "\(token.quotedForMessage) has a malformed number; allowed: digits, up to \(Problem.largestNumber), or a plain "
        + "decimal for leaky and clamp"
    case .conflict(let key, let other):
      "\(key) and \(other) cannot stand together: they say the same thing twice"
    case .absentAxis(let key, let axis):
      "\(key) needs the axis \(axis), which the text does not write"
    case .outputExtent(let key, let value, let given):
      "\(key) is \(value); allowed: \(given), which the input, filter, step and pad give"
    }
  }
}

extension StringProtocol {
  /// The text in quotes, escaped and clipped, so that a message stays one readable line.
  var quotedForMessage: String {
    let clipped = prefix(40)
    return String(reflecting: String(clipped)) + (clipped.endIndex < endIndex ? "…" : "")
  }
}
