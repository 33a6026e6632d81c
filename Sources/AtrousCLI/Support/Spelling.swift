import AtrousTuner

/// What to say to a name that is none.
enum Spelling {
  /// `did you mean "quick"? known: quick, …`, or the known names alone where none is near.
  static func hint(_ name: String, known: [String]) -> String {
    let all = "known: " + known.joined(separator: ", ")
    return nearest(name, of: known).map { "did you mean \"\($0)\"? " + all } ?? all
  }

  /// The name that starts with the word, or differs in the fewest letters: two at most, and less than half of them.
  private static func nearest(_ word: String, of names: [String]) -> String? {
    if word.isEmpty { return nil }
    if let longer = names.first(where: { $0.hasPrefix(word) }) { return longer }
    let near = names.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
    return near.flatMap { $1 <= 2 && 2 * $1 < word.count ? $0 : nil }
  }

  /// Letters to insert, remove or replace.
  private static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in right.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[right.count]
  }
}

extension Suites {
  /// - Throws: `InputError` with the nearest name.
  static func suite(_ name: String) throws(InputError) -> Suite {
    do throws(SuiteError) {
      return try named(name)
    } catch {
      throw InputError("unknown suite \"\(name)\"; \(Spelling.hint(name, known: all.map(\.name)))")
    }
  }

  /// One suite, or all of them for `all`.
  static func suites(_ name: String) throws(InputError) -> [Suite] { name == "all" ? all : [try suite(name)] }
}
