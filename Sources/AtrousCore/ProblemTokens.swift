/// The tokens of a problem text, each key once.
struct ProblemTokens {
  /// Sizes, steps and pads by key.
  private(set) var numbers: [String: Int] = [:]
  private(set) var type: ElementType?
  private(set) var layouts: (input: Layout, output: Layout)?
  private(set) var direction: Direction?
  private(set) var epilogue = Epilogue.none

  subscript(key: String) -> Int? { numbers[key] }

  func required(_ key: String) throws(ProblemError) -> Int {
    guard let value = numbers[key] else { throw .missingToken(key: key) }
    return value
  }

  /// Takes a token without a size: a type, layout, direction or part of the epilogue. False where it is none of them.
  mutating func takeWord(_ token: Substring) throws(ProblemError) -> Bool {
    let text = String(token)
    if let type = ElementType(rawValue: text) {
      guard self.type == nil else { throw .doubledToken(text) }
      self.type = type
    } else if let layouts = Self.layouts(token) {
      guard self.layouts == nil else { throw .doubledToken(text) }
      self.layouts = layouts
    } else if let direction = Direction(rawValue: text) {
      guard self.direction == nil else { throw .doubledToken(text) }
      self.direction = direction
    } else if let activation = try Self.activation(token) {
      guard epilogue.activation == .none else { throw .doubledToken(text) }
      epilogue.activation = activation
    } else if text == "bias" {
      guard !epilogue.bias else { throw .doubledToken(text) }
      epilogue.bias = true
    } else if text == "add" {
      guard !epilogue.add else { throw .doubledToken(text) }
      epilogue.add = true
    } else {
      return false
    }
    return true
  }

  /// Takes `key` and its digits, which must be in the range of its kind.
  mutating func takeNumber(
    key: Substring, digits: Substring, token: Substring, atLeast least: Int
  ) throws(ProblemError) {
    guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit), let value = Int(digits) else {
      throw .malformedNumber(token: String(token))
    }
    let key = String(key)
    try Problem.check(value, key, atLeast: least)
    guard numbers.updateValue(value, forKey: key) == nil else { throw .doubledToken(String(token)) }
  }

  private static func layouts(_ token: Substring) -> (input: Layout, output: Layout)? {
    let names = token.split(separator: ":", omittingEmptySubsequences: false)
    guard names.count <= 2, let input = Layout(rawValue: String(names[0])) else { return nil }
    guard names.count == 2 else { return (input, input) }
    guard let output = Layout(rawValue: String(names[1])) else { return nil }
    return (input, output)
  }

  private static func activation(_ token: Substring) throws(ProblemError) -> Activation? {
    let parts = token.split(separator: ":", omittingEmptySubsequences: false)
    var numbers: [Float] = []
    for part in parts.dropFirst() {
      guard let number = Float(plainDecimal: part) else { break }
      numbers.append(number)
    }
    let isComplete = numbers.count == parts.count - 1
    switch parts[0] {
    case "relu" where parts.count == 1: return .relu
    case "relu6" where parts.count == 1: return .relu6
    case "leaky":
      guard isComplete && numbers.count == 1 else { throw .malformedNumber(token: String(token)) }
      return .leaky(slope: numbers[0])
    case "clamp":
      guard isComplete && numbers.count == 2 else { throw .malformedNumber(token: String(token)) }
      return .clamp(low: numbers[0], high: numbers[1])
    default: return nil
    }
  }
}

extension Substring {
  /// The lower-case letters at the start, and what follows them.
  var lettersAndRest: (letters: Substring, rest: Substring) {
    let end = utf8.firstIndex { !$0.isLowerCaseLetter } ?? endIndex
    return (self[..<end], self[end...])
  }
}
