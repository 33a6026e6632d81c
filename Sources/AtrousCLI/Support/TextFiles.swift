import Foundation

/// The files a command is given and those it writes.
enum TextFiles {
  /// The text of a file.
  /// - Throws: `InputError` for a file that is missing, a folder, empty, or no text.
  static func read(_ path: String) throws(InputError) -> String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InputError("\(path): no such file")
    }
    if isFolder.boolValue { throw InputError("\(path): a folder, not a file") }
    guard let data = FileManager.default.contents(atPath: path) else { throw InputError("\(path): cannot be read") }
    guard !data.isEmpty else { throw InputError("\(path): the file is empty") }
    guard let text = String(validating: data, as: UTF8.self) else { throw InputError("\(path): not UTF-8 text") }
    return text
  }

  /// As `read`, but nil where there is no such file.
  static func readIfPresent(_ path: String) throws(InputError) -> String? {
    FileManager.default.fileExists(atPath: path) ? try read(path) : nil
  }

  /// Writes a file as a whole.
  /// - Throws: `InputError` with the system's reason.
  static func write(_ text: String, to path: String) throws(InputError) {
    guard let file = fopen(path, "w") else { throw failure(path) }
    var text = text
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    guard fclose(file) == 0, written else { throw failure(path) }
  }

  private static func failure(_ path: String) -> InputError {
    InputError("cannot write \(path): \(String(cString: strerror(errno)))")
  }
}
