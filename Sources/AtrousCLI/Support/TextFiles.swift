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

  /// Writes a file as a whole: whatever happens, the path holds the old contents or the new. What is no file, such as a
  /// pipe, is written to as it stands.
  /// - Throws: `InputError` with the system's reason.
  static func write(_ text: String, to path: String) throws(InputError) {
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG { return try put(text, path, for: path) }
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let temporary = "\(target).\(getpid()).tmp"
    do throws(InputError) {
      try put(text, temporary, for: path)
    } catch {
      unlink(temporary)
      throw error
    }
    if rename(temporary, target) != 0 {
      let failure = failure(path)
      unlink(temporary)
      throw failure
    }
  }

  /// Makes a folder where there is none; its parent must be there.
  /// - Throws: `InputError` with the system's reason.
  static func makeFolder(_ path: String) throws(InputError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue { return }
    if mkdir(path, 0o777) != 0 { throw failure(path) }
  }

  private static func put(_ text: String, _ file: String, for path: String) throws(InputError) {
    guard let file = fopen(file, "w") else { throw failure(path) }
    var text = text
    let written = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    guard fclose(file) == 0, written else { throw failure(path) }
  }

  private static func failure(_ path: String) -> InputError {
    InputError("cannot write \(path): \(String(cString: strerror(errno)))")
  }
}
