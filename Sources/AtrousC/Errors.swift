import Atrous
import CAtrous

/// A status of `atrous.h` and its line of text.
struct CError: Error {
  let status: Int
  let message: String

  init(_ status: Int, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: AtrousError) {
    switch error {
    case .plan(.outOfMemory): self.init(ATROUS_OUT_OF_MEMORY, "\(error)")
    case .unsupported, .plan(.rejected): self.init(ATROUS_UNSUPPORTED, "\(error)")
    case .threads, .plan: self.init(ATROUS_INVALID, "\(error)")
    }
  }

  static func missing(_ argument: String) -> CError { CError(ATROUS_INVALID, "\(argument) is NULL") }

  /// Fills the caller's struct, where there is one; a text too long is cut.
  func write(to error: UnsafeMutablePointer<atrous_error>?) {
    guard let error else { return }
    error.pointee.status = Int32(status)
    withUnsafeMutableBytes(of: &error.pointee.message) { copyText(message, to: $0) }
  }
}

/// As much of a text as there is room for, NUL-terminated, never half a character.
func copyText(_ text: String, to bytes: UnsafeMutableRawBufferPointer) {
  guard bytes.count > 0 else { return }
  var used = 0
  for character in text.unicodeScalars {
    let encoded = UTF8.encode(character)!
    guard used + encoded.count < bytes.count else { break }
    for unit in encoded {
      bytes[used] = unit
      used += 1
    }
  }
  bytes[used] = 0
}

/// The status of what `body` did; its error, if any, goes to the caller.
func status(_ destination: UnsafeMutablePointer<atrous_error>?, _ body: () throws(CError) -> Void) -> Int32 {
  do throws(CError) {
    try body()
    return Int32(ATROUS_OK)
  } catch {
    error.write(to: destination)
    return Int32(error.status)
  }
}

/// What `body` made, or nil with its error at the caller's.
func made<Value>(_ destination: UnsafeMutablePointer<atrous_error>?, _ body: () throws(CError) -> Value) -> Value? {
  do throws(CError) {
    return try body()
  } catch {
    error.write(to: destination)
    return nil
  }
}
