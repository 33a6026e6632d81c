/// Why a text is no machine key.
public enum MachineKeyError: Error, Hashable, Sendable, CustomStringConvertible {
  case version(String)
  case tooShort(fields: Int)
  case level(String)
  case cache(String)

  public var description: String {
    switch self {
    case .version(let word): "machine key version \"\(word)\" is unknown; m1 is"
    case .tooShort(let fields):
      "machine key of \(fields) words; it starts with version, architecture, vendor, model and level"
    case .level(let word): "machine key level \"\(word)\" is not v0…v4"
    case .cache(let word): "machine key cache \"\(word)\" is not l1d, l2 or l3, once each, as in l2:512K/8"
    }
  }
}

extension MachineKey {
  /// Parses what `description` prints.
  public init(text: String) throws(MachineKeyError) {
    let words = text.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
    guard words.first == "m1" else { throw .version(String(words.first ?? "")) }
    guard words.count >= 5, words[1...3].allSatisfy({ !$0.isEmpty }) else { throw .tooShort(fields: words.count) }
    guard words[4].utf8.count == 2, words[4].first == "v", let level = Int(words[4].dropFirst()),
      (0...4).contains(level)
    else { throw .level(String(words[4])) }
    architecture = String(words[1])
    vendor = String(words[2])
    model = String(words[3])
    self.level = level
    guard words.count == 6 else {
      caches = [Caches(l1d: nil, l2: nil, l3: nil)]
      return
    }
    guard !words[5].isEmpty else { throw .cache("") }
    var kinds: [Caches] = []
    for kind in words[5].split(separator: "+", omittingEmptySubsequences: false) { kinds.append(try Caches(kind)) }
    caches = kinds
  }
}

extension MachineKey.Caches {
  fileprivate init(_ text: Substring) throws(MachineKeyError) {
    var found: [MachineKey.CacheShape?] = [nil, nil, nil]
    var next = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false) where !text.isEmpty {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let level = ["l1d", "l2", "l3"].firstIndex(of: String(parts[0])), level >= next,
        let shape = MachineKey.CacheShape(parts[1])
      else { throw .cache(String(word)) }
      found[level] = shape
      next = level + 1
    }
    (l1d, l2, l3) = (found[0], found[1], found[2])
  }
}

extension MachineKey.CacheShape {
  fileprivate init?(_ text: Substring) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = byteCount(parts[0]), let ways = plainNumber(parts[1]) else { return nil }
    self.bytes = bytes
    self.ways = ways
  }
}

/// Bytes of a text such as `32K`, `1M` or `1000`; nil where it is none, or past `Int`.
package func byteCount(_ text: Substring) -> Int? {
  let unit = text.last == "M" ? 1 << 20 : text.last == "K" ? 1 << 10 : 1
  guard let number = plainNumber(unit == 1 ? text : text.dropLast()) else { return nil }
  let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
  return overflow ? nil : bytes
}

/// Decimal digits alone: `Int.init` also takes a sign.
private func plainNumber(_ text: Substring) -> Int? {
  text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
}
