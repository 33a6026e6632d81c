import Foundation

/// The journal of one run, being written: JSON, a line a candidate after one line for the run.
///
/// Every line is on the disk when `append` returns. The file stays locked while this object lives, so that no other
/// process merges it away.
public final class Journal: @unchecked Sendable {
  public let path: String
  public let run: Run
  private var descriptor: Int32
  private let mutex = NSLock()

  init(path: String, run: Run) throws(DatabaseError) {
    self.path = path
    self.run = run
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Files.failure("open", path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw Files.failure("lock", path) }
    try write(JournalLine(run: run))
    try Files.synchroniseDirectory(Files.directory(of: path))
  }

  deinit { close() }

  /// Ends the journal, so that `Store.mergeJournals` may take it; nothing can be appended after.
  public func close() {
    mutex.lock()
    defer { mutex.unlock() }
    if descriptor >= 0 { Foundation.close(descriptor) }
    descriptor = -1
  }

  /// Adds one candidate; from any thread.
  public func append(_ record: CandidateRecord, to key: ResultKey) throws(DatabaseError) {
    try write(JournalLine(key: key, candidate: record))
  }

  private func write(_ line: JournalLine) throws(DatabaseError) {
    let data: Data
    do {
      data = try JSON.line(line)
    } catch {
      throw .system(operation: "encode a line of", path: path, message: "\(error)")
    }
    mutex.lock()
    defer { mutex.unlock() }
    try Files.write(data, to: descriptor, path: path)
    try Files.synchronise(descriptor, path: path)
  }
}

/// One candidate of a journal and what it belongs to.
public struct JournalEntry: Hashable, Sendable {
  public let key: ResultKey
  public let record: CandidateRecord
}

/// What a journal holds.
public struct JournalContents: Hashable, Sendable {
  public var runs: [Run] = []
  /// In the order they were written.
  public var entries: [JournalEntry] = []
  /// The last line was cut off, as a kill in mid-write leaves it; it is not among the entries.
  public var isTorn = false
  /// Why lines before the last one do not read; they are not among the entries.
  public var damage: [DatabaseError] = []

  /// The journal as a database with everything kept that is of a run told of.
  public var database: Database {
    var database = Database(runs: runs)
    let known = Set(runs.map(\.id))
    database.add(entries.filter { known.contains($0.record.run) }.map { ($0.key, $0.record) })
    return database
  }
}

/// A journal file on the disk.
public struct JournalFile: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The journals in a folder, by name; none where there is no such folder.
  public static func all(in folder: String) throws(DatabaseError) -> [JournalFile] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return names.filter { $0.hasSuffix(suffix) }.sorted().map { JournalFile(folder + "/" + $0) }
    } catch {
      throw .system(operation: "list", path: folder, message: error.localizedDescription)
    }
  }

  /// Reads all lines; a torn last line, and any other that does not read, is left out and told of.
  /// - Throws: `DatabaseError` where the file cannot be read.
  public func read() throws(DatabaseError) -> JournalContents {
    guard let data = try Files.contents(path) else {
      throw .system(operation: "open", path: path, message: "no such file")
    }
    var contents = JournalContents()
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last newline was not finished; a finished journal has nothing there.
    contents.isTorn = !(lines.last?.isEmpty ?? true)
    for (index, line) in lines.dropLast().enumerated() where !line.isEmpty {
      do {
        let line = try JSONDecoder().decode(JournalLine.self, from: line)
        if let run = line.run { contents.runs.append(run) }
        if let key = line.key, let candidate = line.candidate {
          contents.entries.append(JournalEntry(key: key, record: candidate))
        }
      } catch {
        contents.damage.append(DatabaseError(decoding: error, path: path, line: index + 1))
      }
    }
    return contents
  }

  /// Whether a process still writes it.
  func hasWriter() throws(DatabaseError) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw Files.failure("open", path) }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// Keeps the file under another name, which no merge looks at.
  func setAside() throws(DatabaseError) {
    if rename(path, path + Self.asideSuffix) != 0 { throw Files.failure("rename", path) }
  }

  static let asideSuffix = ".bad"
  static let suffix = ".jsonl"
  static let sweepSuffix = ".sweep.jsonl"

  var isSweep: Bool { path.hasSuffix(Self.sweepSuffix) }

  /// Keeps the file, whose candidates are merged, for replays.
  func keepAsSweep() throws(DatabaseError) {
    if rename(path, path.dropLast(Self.suffix.count) + Self.sweepSuffix) != 0 { throw Files.failure("rename", path) }
  }

  func remove() throws(DatabaseError) {
    if unlink(path) != 0 && errno != ENOENT { throw Files.failure("remove", path) }
  }
}

/// One line: a run, or a candidate with what it belongs to.
private struct JournalLine: Codable {
  var run: Run?
  var key: ResultKey?
  var candidate: CandidateRecord?

  private enum Keys: String, CodingKey {
    case run, candidate
  }

  init(run: Run? = nil, key: ResultKey? = nil, candidate: CandidateRecord? = nil) {
    self.run = run
    self.key = key
    self.candidate = candidate
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    run = try container.decodeIfPresent(Run.self, forKey: .run)
    candidate = try container.decodeIfPresent(CandidateRecord.self, forKey: .candidate)
    if candidate != nil { key = try ResultKey(from: decoder) }
  }

  func encode(to encoder: any Encoder) throws {
    try key?.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encodeIfPresent(run, forKey: .run)
    try container.encodeIfPresent(candidate, forKey: .candidate)
  }
}
