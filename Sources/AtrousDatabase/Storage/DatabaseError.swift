import Foundation

/// Why a database or journal could not be read or written. The file named is never touched by a failed reading.
public enum DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system's message.
  case system(operation: String, path: String, message: String)
  case newerSchema(path: String, version: Int, supported: Int)
  /// `position` is a path of keys or a line of the file.
  case corrupt(path: String, position: String, message: String)

  /// One line.
  public var description: String {
    switch self {
    case .system(let operation, let path, let message): "cannot \(operation) \(path): \(message)"
    case .newerSchema(let path, let version, let supported):
      "\(path) has schema version \(version); this build reads 1 to \(supported)"
    case .corrupt(let path, let position, let message):
      "\(path) is corrupt at \(position): \(message)"
    }
  }

  init(decoding error: any Error, path: String, line: Int? = nil) {
    let prefix = line.map { "line \($0)" }
    switch error {
    case let error as UnreadableVersion:
      self = .newerSchema(path: path, version: error.version, supported: Database.schemaVersion)
    case let error as DecodingError:
      let (keys, message) = Self.parts(of: error)
      let position = [prefix, keys.isEmpty ? nil : keys].compactMap(\.self).joined(separator: ", ")
      self = .corrupt(path: path, position: position.isEmpty ? "the top" : position, message: message)
    default:
      self = .corrupt(path: path, position: prefix ?? "the top", message: "\(error)")
    }
  }

  private static func parts(of error: DecodingError) -> (position: String, message: String) {
    switch error {
    case .keyNotFound(let key, let context): (text(context.codingPath), "\"\(key.stringValue)\" is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      (text(context.codingPath), context.debugDescription)
    case .dataCorrupted(let context):
      (text(context.codingPath), context.underlyingError.map(message) ?? context.debugDescription)
    @unknown default: ("", "\(error)")
    }
  }

  /// `results[3].candidates[0].isa`
  private static func text(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
      if let index = key.intValue { text += "[\(index)]" } else { text += (text.isEmpty ? "" : ".") + key.stringValue }
    }
  }
}

/// The JSON parser's own words, which name line and column.
private func message(_ error: any Error) -> String {
  let error = error as NSError
  return error.userInfo[NSDebugDescriptionErrorKey] as? String ?? error.localizedDescription
}
