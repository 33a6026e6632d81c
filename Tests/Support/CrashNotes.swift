#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What each of several workers was doing when the process touches memory it may not: printed by the signal's handler, as
/// a fence that a kernel runs into ends the process.
public final class CrashNotes: Sendable {
  private static let bytes = 512
  nonisolated(unsafe) private static var notes: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) private static var count = 0

  /// Listens from now on; the notes live as long as the process.
  public init(workers: Int) {
    Self.count = workers
    Self.notes = .allocate(capacity: workers * Self.bytes)
    Self.notes!.initialize(repeating: 0, count: workers * Self.bytes)
    for number in [SIGSEGV, SIGBUS] { signal(number) { CrashNotes.report($0) } }
  }

  public func set(_ text: String, worker: Int) {
    text.withCString { _ = strncpy(Self.notes! + worker * Self.bytes, $0, Self.bytes - 1) }
  }

  /// Only what a signal handler may do.
  private static func report(_ number: Int32) {
    for worker in 0..<count {
      let note = notes! + worker * bytes
      _ = write(2, note, strlen(note))
      _ = write(2, "\n", 1)
    }
    signal(number, SIG_DFL)
  }
}
