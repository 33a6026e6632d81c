import AtrousCore
import AtrousDatabase
import Foundation
import Testing

@Suite struct ValidationTests {
  @Test func soundDatabasesHaveNoFindings() {
    #expect(Fake.database(seed: 4).validate().isEmpty)
  }

  @Test(arguments: [
    ("\"median_ns\" : 1000", "\"median_ns\" : 900", "median_ns is 900.0"),
    ("\"threads\" : 1\n", "\"threads\" : 0\n", "threads is 0"),
    ("\"id\" : \"r1\"", "\"id\" : \"r9\"", "run \"r1\" is not among the runs"),
    ("\"revision\" : 1", "\"revision\" : 0", "revision is 0"),
    ("\"max_error\"", "\"other_error\"", "no max_error"),
  ])
  func brokenOnesAreTold(old: String, new: String, message: String) throws {
    var database = Database(runs: [Fake.run("r1")])
    database.add(Fake.record("direct"), to: Fake.key())
    let text = String(decoding: try Store.data(of: database), as: UTF8.self)
    #expect(text.contains(old))
    let broken = text.replacingOccurrences(of: old, with: new)
    let findings = try Store.database(of: Data(broken.utf8), path: "x").validate()
    #expect(findings.contains { $0.severity == .error && $0.message.contains(message) })
  }
}
