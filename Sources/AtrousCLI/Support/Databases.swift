import ArgumentParser
import Atrous
import AtrousDatabase
import Foundation

/// The database a command reads or writes.
struct DatabaseOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The database (default: ATROUS_DATABASE, else atrous.json here).", valueName: "FILE"),
    completion: .file())
  var database: String?

  var path: String { database ?? Databases.defaultPath }

  /// The database's winners, then the tables that the library finds. A database that was not asked for may be missing.
  func tables() throws -> TableStack {
    let isThere = try Store(path).readIfPresent() != nil
    if database == nil && !isThere { return .shared }
    let layer = TableStack.Layer(origin: path, table: try Databases.read(path).table().table)
    return TableStack([layer] + TableStack.shared.layers)
  }
}

enum Databases {
  static var defaultPath: String {
    let named = ProcessInfo.processInfo.environment["ATROUS_DATABASE"] ?? ""
    return named.isEmpty ? "atrous.json" : named
  }

  /// All that sweeps recorded: of a journal, of a folder of journals, or of a database's journals.
  /// - Throws: `InputError` where there is none, `DatabaseError` where one does not read.
  static func sweeps(_ path: String) throws -> Database {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      if try !Store(path).journals().isEmpty { return try Store(path).readWithJournals(sweeps: true, warn: complain) }
      throw InputError("\(path): no such journal or database")
    }
    let isJournal = path.hasSuffix(".jsonl")
    if !isFolder.boolValue && !isJournal {
      return try Store(path).readWithJournals(sweeps: true, warn: complain)
    }
    var database = Database()
    for journal in isFolder.boolValue ? try JournalFile.all(in: path) : [JournalFile(path)] {
      let contents = try journal.read()
      contents.damage.forEach { complain("\($0)") }
      database.merge(contents.database)
    }
    return database
  }

  /// The database of a file and of its journals that are not merged yet.
  /// - Throws: `InputError` where neither is there, `DatabaseError` where one does not read.
  static func read(_ path: String) throws -> Database {
    let store = Store(path)
    guard try store.readIfPresent() != nil || !store.journals().isEmpty else {
      throw InputError("\(path): no such database; `atrous tune` makes one")
    }
    return try store.readWithJournals(warn: complain)
  }
}
