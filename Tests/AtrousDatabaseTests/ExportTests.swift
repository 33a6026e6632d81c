import Atrous
import AtrousCore
import AtrousDatabase
import Foundation
import Testing

@Suite struct ExportTests {
  func database() -> Database {
    var database = Database(runs: [Fake.run("r1")])
    for channels in [16, 32] {
      for threads in [1, 2] {
        database.add([
          (Fake.key(channels, threads: threads), Fake.record("direct-nhwc", 4, median: 2000)),
          (Fake.key(channels, threads: threads), Fake.record("direct-scalar", 2, median: 1000)),
        ])
      }
    }
    return database
  }

  @Test func winnersBecomeATable() throws {
    let export = database().table()
    #expect(export.tooLong.isEmpty)
    let lines = export.text(.table).split(separator: "\n")
    #expect(lines.count == 2 + 4)
    #expect(lines[0] == "atrous-table 1\tatrous 1.0 abc")
    #expect(lines.contains { $0.contains("\t0\t2\tdirect-scalar avx2 ") })
    #expect(lines.allSatisfy { $0.utf8.count <= 200 })
    let table = try Table(text: export.text(.table))
    #expect(table.entries == export.table.entries)
    #expect(table.machines[0].key == Fake.machine.key)
    #expect(table.machines[0].kinds[0].l3?.sharingCores == 8)
  }

  @Test func warmThenFastestPlacementShips() {
    var database = Database(runs: [Fake.run("r1")])
    var key = Fake.key()
    for (placement, cache, median, tile) in [
      ("compact", CacheState.cold, 100.0, Int32(1)), ("compact", .warm, 300, 2), ("spread", .warm, 200, 3),
    ] {
      (key.placement, key.cache) = (placement, cache)
      database.add(Fake.record("direct-scalar", tile, median: median), to: key)
    }
    #expect(database.table().table.entries.map { $0.candidate.configuration["tw"] } == [3])
  }

  /// The file the library embeds has this form.
  @Test func theSwiftFormHoldsTheText() throws {
    let file = database().table().text(.swift)
    let body = try #require(file.split(separator: "\"\"\"\n").dropFirst().first)
    let text = body.split(separator: "\n").map { $0.dropFirst(2).replacing("\\t", with: "\t") + "\n" }.joined()
    #expect(text.dropLast() == database().table().text(.table))
  }

  /// Compiled and read back: what the compiler makes of the literals is the text.
  @Test func theCFormHoldsTheText() throws {
    var database = database()
    var run = Fake.run("r2")
    run = Run(id: "r2", generator: Generator(name: "a\"b\\c??/", version: "1", compiler: ""), machine: run.machine)
    database.add(run)
    let export = database.table()
    try withTemporaryFolder { folder in
      try export.text(.c).write(toFile: folder + "/table.c", atomically: true, encoding: .utf8)
      let program = """
        #include <stdio.h>
        extern const char atrous_embedded_table[];
        extern const size_t atrous_embedded_table_bytes;
        int main(void) { return fwrite(atrous_embedded_table, atrous_embedded_table_bytes, 1, stdout) == 1 ? 0 : 1; }

        """
      try program.write(toFile: folder + "/main.c", atomically: true, encoding: .utf8)
      let flags = "-std=c11 -trigraphs -Wall -Wextra -Wmissing-variable-declarations -Werror"
      let script = "cd '\(folder)' && clang \(flags) main.c table.c -o program && ./program >text"
      let shell = Process()
      shell.executableURL = URL(fileURLWithPath: "/bin/sh")
      shell.arguments = ["-c", script]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0)
      #expect(try String(contentsOfFile: folder + "/text", encoding: .utf8) == export.text(.table))
    }
  }
}

/// The package in `Tests/Fixtures/Consumer` builds with a table as the export writes it.
@Suite struct ConsumerTableTests {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/Consumer/Sources/Consumer/EmbeddedTable.swift")

  @Test func theConsumersTableIsAnExport() throws {
    var database = Database(runs: [Fake.run("r1")])
    let times = (-3...3).map { 1000 + 3 * Double($0) }
    database.add(
      CandidateRecord(
        run: "r1", candidate: Candidate(variant: "direct-scalar", isa: .baseline, configuration: Configuration()),
        revision: 1, times: times, maxError: 1e-7, verification: .full, timestamp: "2026-11-24T07:40:00Z"),
      to: Fake.key())
    let text = database.table().text(.swift)
    #expect(try String(contentsOf: Self.path, encoding: .utf8) == text)
  }
}
