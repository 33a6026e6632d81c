/// The small files a system describes itself by (`/sys`, `/proc`), under a root that tests replace.
package struct SystemFiles {
  private let contents: (String) -> String?

  /// - Parameter contents: the text of the file at an absolute path; nil where it cannot be read.
  package init(contents: @escaping (String) -> String?) { self.contents = contents }

  /// - Parameters:
  ///   - root: stands before each path; empty for the system itself.
  ///   - read: path, buffer and its size → bytes read, or a negative number.
  package init(root: String = "", read: @escaping (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>, Int) -> Int) {
    contents = { path in
      var capacity = 4096
      while true {
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
          count = buffer.withMemoryRebound(to: CChar.self) { max(0, read(root + path, $0.baseAddress!, capacity)) }
        }
        if bytes.count < capacity { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
        capacity *= 8
      }
    }
  }

  package func text(_ path: String) -> String? { contents(path) }

  /// The first line, without blanks around; nil for a missing or empty file.
  package func line(_ path: String) -> String? {
    guard let first = contents(path)?.split(separator: "\n").first else { return nil }
    let line = trimmed(String(first))
    return line.isEmpty ? nil : line
  }

  /// CPU numbers of a list such as `0-3,8`; empty for a missing file.
  package func processors(_ path: String) -> [Int] { line(path).map(processorList) ?? [] }
}

/// The CPU numbers of a list such as `0-3,8`, in its order. What is not a number or a range of at most 65536 is skipped.
package func processorList(_ text: String) -> [Int] {
  text.split(separator: ",").flatMap { part -> [Int] in
    let ends = part.split(separator: "-").map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first >= 0, last >= first, last - first < 1 << 16
    else { return [] }
    return Array(first...last)
  }
}
