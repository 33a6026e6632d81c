import Foundation

/// A database file with its lock (`FILE.lock`) and journals (`FILE.journal/`).
///
/// Many processes may use one file: a writer locks, reads, changes, writes a temporary file, synchronises and renames,
/// so a kill at any instant leaves a valid database.
public struct Store: Hashable, Sendable {
  /// The database file.
  public let path: String

  public init(_ path: String) { self.path = path }

  /// The file that writers lock; it stays, empty.
  public var lockPath: String { path + ".lock" }
  /// The folder of the journals, one a run.
  public var journalPath: String { path + ".journal" }

  /// The file's database, without what only journals hold; nil where there is no file.
  /// - Throws: `DatabaseError` for a newer schema, or a corrupt file with its position.
  public func readIfPresent() throws(DatabaseError) -> Database? {
    guard let data = try Files.contents(path) else { return nil }
    return try Self.database(of: data, path: path)
  }

  /// As `readIfPresent()`, but a missing file is an error.
  public func read() throws(DatabaseError) -> Database {
    if let database = try readIfPresent() { return database }
    throw .system(operation: "open", path: path, message: "no such file")
  }

  /// Merges into the file, keeping the kept set, and returns what the file holds then.
  @discardableResult
  public func merge(_ database: Database) throws(DatabaseError) -> Database {
    let lock = try FileLock(waitingFor: lockPath)
    defer { withExtendedLifetime(lock) {} }
    return try mergeLocked(database)
  }

  /// The file and all journals together, nothing left out: what a resumed run has behind it.
  ///
  /// - Parameters:
  ///   - sweeps: also what sweeps measured, of which the file keeps only the better ones.
  ///   - warn: told of journals and of lines in them that do not read.
  public func readWithJournals(
    sweeps: Bool = false, warn: (String) -> Void = { _ in }
  ) throws(DatabaseError) -> Database {
    let manager = FileManager.default
    guard manager.fileExists(atPath: path) || manager.fileExists(atPath: journalPath) else { return Database() }
    // Or a merge could take a journal away between the two readings. Where no lock can be made nobody merges either.
    let lock = try? FileLock(waitingFor: lockPath)
    defer { withExtendedLifetime(lock) {} }
    var database = try readIfPresent() ?? Database()
    for journal in try journals() + (sweeps ? self.sweeps() : []) {
      guard let contents = Self.contents(of: journal, warn) else { continue }
      database.merge(contents.database)
    }
    return database
  }

  /// Merges every journal whose writer is gone into the file, then removes those journals; those of sweeps
  /// stay, under a name that is not merged again. A journal with lines that do
  /// not read is merged as far as it reads, and set aside under its name with `.bad` instead of being removed.
  /// - Parameter warn: told of what does not read.
  @discardableResult
  public func mergeJournals(warn: (String) -> Void = { _ in }) throws(DatabaseError) -> Database {
    let lock = try FileLock(waitingFor: lockPath)
    defer { withExtendedLifetime(lock) {} }
    var database = Database()
    var closed: [(journal: JournalFile, contents: JournalContents)] = []
    for journal in try journals() where (try? journal.hasWriter()) != true {
      guard let contents = Self.contents(of: journal, warn) else { continue }
      database.merge(contents.database)
      closed.append((journal, contents))
    }
    let merged = try mergeLocked(database)
    for (journal, contents) in closed {
      if contents.damage.isEmpty && contents.runs.contains(where: \.isSweep) {
        try journal.keepAsSweep()
      } else if contents.damage.isEmpty {
        try journal.remove()
      } else {
        try journal.setAside()
        warn("\(journal.path): set aside as \(journal.path)\(JournalFile.asideSuffix); the lines that read are merged")
      }
    }
    return merged
  }

  private static func contents(of journal: JournalFile, _ warn: (String) -> Void) -> JournalContents? {
    do throws(DatabaseError) {
      let contents = try journal.read()
      contents.damage.forEach { warn("\($0)") }
      return contents
    } catch {
      warn("\(error)")
      return nil
    }
  }

  /// The journal files that are not merged yet, by name.
  public func journals() throws(DatabaseError) -> [JournalFile] {
    try JournalFile.all(in: journalPath).filter { !$0.isSweep }
  }

  /// The journals of sweeps that are merged, by name.
  public func sweeps() throws(DatabaseError) -> [JournalFile] {
    try JournalFile.all(in: journalPath).filter(\.isSweep)
  }

  /// Starts the journal of a run.
  public func openJournal(for run: Run) throws(DatabaseError) -> Journal {
    // Or another process could find the new file before its writer has locked it, and merge it away.
    let lock = try FileLock(waitingFor: lockPath)
    defer { withExtendedLifetime(lock) {} }
    if mkdir(journalPath, 0o755) != 0 && errno != EEXIST { throw Files.failure("make", journalPath) }
    return try Journal(path: journalPath + "/" + run.id + JournalFile.suffix, run: run)
  }

  private func mergeLocked(_ database: Database) throws(DatabaseError) -> Database {
    let present = try readIfPresent()
    let merged = (present ?? Database()).merged(with: database).kept()
    if merged != present { try Files.replace(path, with: Self.data(of: merged, path: path)) }
    return merged
  }

  /// The text of a database file.
  public static func data(of database: Database, path: String = "database") throws(DatabaseError) -> Data {
    do {
      return try JSON.readable(database)
    } catch {
      throw .system(operation: "encode", path: path, message: "\(error)")
    }
  }

  /// Reads the text of a database file; `path` is for messages.
  public static func database(of data: Data, path: String) throws(DatabaseError) -> Database {
    do {
      return try JSONDecoder().decode(Database.self, from: data)
    } catch {
      throw DatabaseError(decoding: error, path: path)
    }
  }
}
