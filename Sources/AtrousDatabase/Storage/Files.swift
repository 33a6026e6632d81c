import Foundation

/// The few calls of the system that durable writing needs.
package enum Files {
  /// nil where there is no such file.
  package static func contents(_ path: String) throws(DatabaseError) -> Data? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      if errno == ENOENT { return nil }
      throw failure("open", path)
    }
    defer { close(descriptor) }
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw failure("read", path) }
      if count == 0 { return data }
      data.append(contentsOf: buffer[..<count])
    }
  }

  package static func write(_ data: Data, to descriptor: Int32, path: String) throws(DatabaseError) {
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress!, $0.count) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw failure("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  static func synchronise(_ descriptor: Int32, path: String) throws(DatabaseError) {
    if fsync(descriptor) != 0 { throw failure("synchronise", path) }
  }

  /// Makes the entries of a directory durable.
  static func synchroniseDirectory(_ path: String) throws(DatabaseError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw failure("open", path) }
    defer { close(descriptor) }
    try synchronise(descriptor, path: path)
  }

  /// Replaces the file as a whole: at any instant the path holds the old contents or the new.
  static func replace(_ path: String, with data: Data) throws(DatabaseError) {
    // One name is enough, and leaves no rubbish behind: whoever writes holds the lock.
    let temporary = path + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw failure("open", temporary) }
    defer { close(descriptor) }
    try write(data, to: descriptor, path: temporary)
    try synchronise(descriptor, path: temporary)
    if rename(temporary, path) != 0 { throw failure("rename", temporary) }
    try synchroniseDirectory(directory(of: path))
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  package static func failure(_ operation: String, _ path: String) -> DatabaseError {
    .system(operation: operation, path: path, message: String(cString: strerror(errno)))
  }
}

/// An exclusive lock on a file, held until freed; between processes as between threads.
final class FileLock {
  private let descriptor: Int32

  /// Waits for the lock.
  convenience init(waitingFor path: String) throws(DatabaseError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Files.failure("open", path) }
    while flock(descriptor, LOCK_EX) != 0 {
      if errno == EINTR { continue }
      let failure = Files.failure("lock", path)
      close(descriptor)
      throw failure
    }
    self.init(descriptor)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
