import AtrousCore
import AtrousDatabase
import Foundation
import Testing

@Suite struct StoreTests {
  @Test func aFileReadsAsWritten() throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      #expect(try store.readIfPresent() == nil)
      let written = try store.merge(Fake.database(seed: 1))
      #expect(try store.read() == written)
      let text = try String(contentsOfFile: store.path, encoding: .utf8)
      #expect(text.contains("\"schema_version\" : 2"))
      #expect(text.split(separator: "\n").contains { $0.contains("\"times_ns\" : [") && $0.contains("]") })
      let again = try Store.data(of: store.read())
      #expect(String(decoding: again, as: UTF8.self) == text)
    }
  }

  @Test func journalsAreMergedAndRemovedOnceTheirWriterIsGone() throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      let journal = try store.openJournal(for: Fake.run("r1"))
      try journal.append(Fake.record("direct", 1), to: Fake.key())
      try journal.append(Fake.record("direct", 2, median: 9000), to: Fake.key())
      #expect(try store.mergeJournals().results.isEmpty)
      #expect(try store.readWithJournals().results[0].candidates.count == 2)
      journal.close()
      let merged = try store.mergeJournals()
      #expect(merged.results[0].candidates.count == 1)
      #expect(merged.results[0].omitted == [.correct: 1])
      #expect(try store.journals().isEmpty)
      #expect(try store.mergeJournals() == merged)
    }
  }

  /// A kill may cut the journal anywhere: every finished line is still read.
  @Test func tornJournals() throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      let journal = try store.openJournal(for: Fake.run("r1"))
      for tile in 1...5 { try journal.append(Fake.record("direct", Int32(tile)), to: Fake.key()) }
      journal.close()
      let whole = try Data(contentsOf: URL(fileURLWithPath: journal.path))
      let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
      for length in stride(from: 0, through: whole.count, by: 13) {
        try whole[..<length].write(to: URL(fileURLWithPath: journal.path))
        let contents = try JournalFile(journal.path).read()
        let lines = ends.count { $0 < length }
        #expect(contents.runs.count + contents.entries.count == lines)
        #expect(contents.isTorn == (length > 0 && whole[length - 1] != UInt8(ascii: "\n")))
      }
    }
  }

  @Test func aBrokenLineInsideAJournalBlocksNothing() throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      let journal = try store.openJournal(for: Fake.run("r1"))
      try journal.append(Fake.record("direct"), to: Fake.key())
      journal.close()
      var text = try String(contentsOfFile: journal.path, encoding: .utf8)
      text.insert(contentsOf: "{\"candidate\":{\n", at: text.startIndex)
      try "{}\nno journal\n".write(toFile: journal.path + "l.jsonl", atomically: false, encoding: .utf8)
      try text.write(toFile: journal.path, atomically: false, encoding: .utf8)
      var warnings: [String] = []
      let read = try store.readWithJournals { warnings.append($0) }
      #expect(read.results[0].candidates.count == 1 && warnings.count == 2)
      warnings = []
      #expect(try store.mergeJournals { warnings.append($0) } == read.kept())
      #expect(warnings.contains { $0.contains("line 1") } && warnings.contains { $0.contains("line 2") })
      #expect(try store.journals().isEmpty)
      #expect(try String(contentsOfFile: journal.path + ".bad", encoding: .utf8) == text)
    }
  }

  @Test func whatAnInterruptedWriterLeavesDoesNoHarm() throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      let first = try store.merge(Fake.database(seed: 2))
      try "{\"schema_version\": 1, \"runs\": [".write(
        toFile: store.path + ".tmp", atomically: false, encoding: .utf8)
      #expect(try store.read() == first)
      let second = try store.merge(Fake.database(seed: 3))
      #expect(try store.read() == second)
      #expect(!FileManager.default.fileExists(atPath: store.path + ".tmp"))
    }
  }

  @Test func concurrentWritersLoseNothing() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/atrous-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = Store(folder + "/atrous.json")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for step in 0..<10 {
            var database = Database(runs: [Fake.run("w\(writer)")])
            database.add(Fake.record("direct", Int32(step), run: "w\(writer)"), to: Fake.key(16 + step))
            try store.merge(database)
          }
        }
      }
      try await group.waitForAll()
    }
    let database = try store.read()
    #expect(database.runs.count == 4)
    #expect(database.results.count == 10)
    #expect(database.results.allSatisfy { $0.candidates.count == 4 })
  }

  @Test func newerSchemasAreRefused() {
    let text = Data("{\"schema_version\": 3, \"runs\": {}, \"results\": 7}".utf8)
    let error = #expect(throws: DatabaseError.self) { try Store.database(of: text, path: "new.json") }
    #expect("\(error!)" == "new.json has schema version 3; this build reads 1 to 2")
  }

  @Test(arguments: [
    ("", "at the top"), ("{", "at the top"), ("[]", "at the top"), ("{}", "schema_version"),
    ("{\"schema_version\": 1}", "runs"),
    ("{\"schema_version\": 1, \"runs\": [], \"results\": [{\"candidates\": [], \"problem\": \"c0\"}]}", "results[0]"),
    ("{\"schema_version\": 1, \"runs\": [{\"id\": 3}], \"results\": []}", "runs[0]"),
  ])
  func corruptFilesAreNamedAndKept(text: String, position: String) throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      try text.write(toFile: store.path, atomically: false, encoding: .utf8)
      let error = #expect(throws: DatabaseError.self) { try store.merge(Fake.database(seed: 1)) }
      let message = "\(error!)"
      #expect(message.contains(store.path) && message.contains(position) && !message.contains("\n"))
      #expect(try String(contentsOfFile: store.path, encoding: .utf8) == text)
    }
  }

  @Test func unknownKeysAreTolerated() throws {
    let text = String(decoding: try Store.data(of: Fake.database(seed: 1)), as: UTF8.self)
      .replacingOccurrences(of: "\"runs\" :", with: "\"later\" : {\"a\": [1]},\n\"runs\" :")
      .replacingOccurrences(of: "\"revision\" :", with: "\"mood\" : \"good\",\n\"revision\" :")
    #expect(try Store.database(of: Data(text.utf8), path: "x") == Fake.database(seed: 1))
  }

  @Test func machinesComeBackWhole() throws {
    var machine = Fake.machine
    machine.facts.quotaCPUs = 2
    machine.facts.brand = "A \"quoted\" brand ["
    let run = Run(id: "r", generator: Generator(version: "1", compiler: "6.3"), machine: machine)
    let database = Database(runs: [run])
    let read = try Store.database(of: Store.data(of: database), path: "x")
    #expect(read.runs[0].machine == machine)
    #expect(read == database)
  }
}
