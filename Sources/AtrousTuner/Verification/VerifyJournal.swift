import AtrousCore
import AtrousDatabase
import Foundation

/// What was verified, a line of JSON a candidate, so that a run that was interrupted goes on where it stopped.
///
/// A line counts for the build, seed and number of threads that it was written with: other code may be wrong where this
/// was right. Lines of failures are kept for people, and the candidates verified again.
public final class VerifyJournal {
  private struct Line: Codable {
    var build: String
    var threads: Int
    var seed: UInt64
    var problem: String
    var candidate: String
    var method: String
    var bound: Double
    /// Absent where it is infinite: an output was not written, or was no number.
    var maxError: Double?
    var failure: String?

    enum CodingKeys: String, CodingKey {
      case build, threads, seed, problem, candidate, method, bound, failure
      case maxError = "max_error"
    }
  }

  private let path: String
  private let build: String
  private let descriptor: Int32
  private var passed: [String: Verification] = [:]
  /// Lines that do not count here: of another build, or damaged.
  public private(set) var ignored = 0

  /// Opens or makes the file, and reads what is there. What a kill left of a last line is cut off.
  ///
  /// - Parameter build: names the code that verifies.
  /// - Throws: `DatabaseError` where the file cannot be used, or another process uses it.
  public init(path: String, build: String) throws(DatabaseError) {
    self.path = path
    self.build = build
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Files.failure("open", path) }
    do throws(DatabaseError) {
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw Files.failure("lock", path) }
      let data = try Files.contents(path) ?? Data()
      let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      if ftruncate(descriptor, off_t(whole)) != 0 { throw Files.failure("truncate", path) }
      data[..<whole].split(separator: UInt8(ascii: "\n")).forEach(read)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  private func read(_ line: Data) {
    guard let line = try? JSONDecoder().decode(Line.self, from: line), line.build == build,
      let method = VerificationMethod(rawValue: line.method)
    else {
      ignored += 1
      return
    }
    guard let error = line.maxError, line.failure == nil else { return }
    passed[Self.key(line.problem, line.candidate, line.threads, line.seed)] =
      Verification(method: method, maxError: error, bound: line.bound, failure: nil)
  }

  /// What an earlier run found right.
  func passed(_ problem: Problem, _ candidate: Candidate, threads: Int, seed: UInt64) -> Verification? {
    passed[Self.key("\(problem)", "\(candidate)", threads, seed)]
  }

  /// Adds a result. It outlives the process at once, but not a failure of power.
  func append(_ result: VerifiedCandidate, threads: Int, seed: UInt64) throws(DatabaseError) {
    let verification = result.verification
    let line = Line(
      build: build, threads: threads, seed: seed, problem: "\(result.problem)", candidate: "\(result.candidate)",
      method: verification.method.rawValue, bound: verification.bound,
      maxError: verification.maxError.isFinite ? verification.maxError : nil,
      failure: verification.failure.map { "\($0)" })
    let data: Data
    do {
      data = try JSON.line(line)
    } catch {
      throw .system(operation: "encode a line of", path: path, message: "\(error)")
    }
    try Files.write(data, to: descriptor, path: path)
  }

  private static func key(_ problem: String, _ candidate: String, _ threads: Int, _ seed: UInt64) -> String {
    "\(problem)\t\(candidate)\t\(threads)\t\(seed)"
  }
}
