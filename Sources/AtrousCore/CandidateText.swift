/// Why a text is no candidate or configuration.
public enum CandidateError: Error, Hashable, Sendable {
  /// Two spaces in a row, or one at an end.
  case emptyToken
  case malformedVariant(String)
  case missingInstructionSet(variant: String)
  case unknownInstructionSet(String)
  case malformedSetting(String)
  case doubledSetting(String)
}

extension CandidateError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .emptyToken:
      "the text has an empty token; tokens are separated by one space, as in \"winograd avx2 th4 tw4\""
    case .malformedVariant(let text):
      "\(text.quotedForMessage) is no variant; allowed: lower-case words and digits joined by '-'"
    case .missingInstructionSet(let variant):
      "no instruction set follows the variant \(variant.quotedForMessage); allowed: \(InstructionSet.names)"
    case .unknownInstructionSet(let text):
      "\(text.quotedForMessage) is no instruction set; allowed: \(InstructionSet.names)"
    case .malformedSetting(let text):
      "\(text.quotedForMessage) is no setting; allowed: lower-case letters, then a whole number from \(Int32.min) to "
        + "\(Int32.max)"
    case .doubledSetting(let text):
      "\(text.quotedForMessage) sets a key that an earlier setting has set; each key is allowed once"
    }
  }
}

extension InstructionSet {
  fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Setting: CustomStringConvertible {
  public var description: String { "\(key)\(value)" }

  /// Reads lower-case letters and a whole number: `th4`, `lag-1`.
  init(text: Substring) throws(CandidateError) {
    let (key, number) = text.lettersAndRest
    let digits = number.hasPrefix("-") ? number.dropFirst() : number
    guard !key.isEmpty, !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit), let value = Int32(number) else {
      throw .malformedSetting(String(text))
    }
    self.init(key: String(key), value: value)
  }
}

extension Configuration: CustomStringConvertible {
  /// `th4 tw4`; empty where there are no settings.
  public var description: String { settings.map(\.description).joined(separator: " ") }

  /// Reads what `description` writes.
  public init(text: String) throws(CandidateError) {
    try self.init(tokens: text.isEmpty ? [] : text.split(separator: " ", omittingEmptySubsequences: false)[...])
  }

  fileprivate init(tokens: ArraySlice<Substring>) throws(CandidateError) {
    self.init()
    for token in tokens {
      guard !token.isEmpty else { throw .emptyToken }
      let setting = try Setting(text: token)
      guard self[setting.key] == nil else { throw .doubledSetting(String(token)) }
      settings.append(setting)
    }
  }
}

extension Candidate: CustomStringConvertible {
  /// `winograd avx2 th4 tw4`
  public var description: String {
    let name = "\(variant) \(isa.rawValue)"
    return configuration.settings.isEmpty ? name : "\(name) \(configuration)"
  }

  /// Reads what `description` writes: a variant, an instruction set and the settings.
  public init(text: String) throws(CandidateError) {
    let tokens = text.split(separator: " ", omittingEmptySubsequences: false)
    for token in tokens where token.isEmpty { throw .emptyToken }
    let variant = try VariantID(text: tokens[0])
    guard tokens.count > 1 else { throw .missingInstructionSet(variant: variant.name) }
    guard let isa = InstructionSet(rawValue: String(tokens[1])) else {
      throw .unknownInstructionSet(String(tokens[1]))
    }
    self.init(variant: variant, isa: isa, configuration: try Configuration(tokens: tokens[2...]))
  }
}

extension VariantID {
  fileprivate init(text: Substring) throws(CandidateError) {
    for word in text.split(separator: "-", omittingEmptySubsequences: false) {
      guard word.utf8.first?.isLowerCaseLetter == true, word.utf8.allSatisfy({ $0.isLowerCaseLetter || $0.isDigit })
      else { throw .malformedVariant(String(text)) }
    }
    self.init(String(text))
  }
}
