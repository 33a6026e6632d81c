import Atrous
import AtrousCore
import AtrousDatabase
import AtrousTestSupport
import Foundation
import Testing

@Suite struct ValidationTests {
  @Test func soundDatabasesHaveNoFindings() {
    #expect(Fake.database(seed: 4).validate().isEmpty)
  }

  @Test(arguments: [
    ("\"median_ns\" : 1000", "\"median_ns\" : 900", "median_ns is 900.0"),
    ("\"id\" : \"r1\"", "\"id\" : \"r9\"", "run \"r1\" is not among the runs"),
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

  /// What neither reads back from a table nor can be computed with is refused where it stands.
  @Test(arguments: [
    ("\"threads\" : 1,", "\"threads\" : 0,", "0; allowed: 1 to 65536"),
    ("\"revision\" : 1", "\"revision\" : 0", "0; allowed: 1 to"),
    ("\"variant\" : \"direct\"", "\"variant\" : \"di\\trect\"", "is no variant"),
    ("\"tw\" :", "\"t w\" :", "is no setting"), ("\"tw\" :", "\"t1\" :", "lower-case letters alone"),
    ("\"median_ns\" : 1000", "\"median_ns\" : 0.01", "0.01 ns; allowed"),
    ("\"bytes\" : 524288", "\"bytes\" : 4611686018427387904", "over 1 TiB"),
    (" amd ", " a\\td ", "printable ASCII"),
  ])
  func valuesOutOfRangeAreRefused(old: String, new: String, message: String) throws {
    var database = Database(runs: [Fake.run("r1")])
    database.add(Fake.record("direct"), to: Fake.key())
    let text = String(decoding: try Store.data(of: database), as: UTF8.self)
    #expect(text.contains(old), "\(text)")
    let broken = text.replacingOccurrences(of: old, with: new)
    let error = #expect(throws: DatabaseError.self) { try Store.database(of: Data(broken.utf8), path: "x") }
    #expect("\(error!)".contains(message), "\(error!)")
  }

  /// Below six samples there is no interval of 95 %.
  @Test func fewSamplesHaveNoInterval() throws {
    var database = Database(runs: [Fake.run("r1")])
    database.add(Fake.record("direct", samples: 5), to: Fake.key())
    #expect(database.results[0].candidates[0].interval == nil)
    let text = String(decoding: try Store.data(of: database), as: UTF8.self)
    #expect(!text.contains("ci95_ns") && text.contains("median_ns"))
    #expect(try Store.database(of: Data(text.utf8), path: "x") == database)
    #expect(database.validate().allSatisfy { $0.severity == .warning })
    #expect(Fake.record("direct", samples: 6).interval != nil)
  }

  /// Whatever is done to a file, it reads or throws, and never traps; nor does what is derived from it.
  @Test(arguments: 0..<20)
  func damagedFilesNeverTrap(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let whole = Array(try Store.data(of: Fake.database(seed: 6)))
    let digits = whole.indices.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(whole[$0]) }
    for _ in 0..<30 {
      var bytes = whole
      let position = digits.randomElement(using: &random)!
      switch Int.random(in: 0...3, using: &random) {
      case 0: bytes.remove(at: position)
      case 1: bytes.insert(UInt8(ascii: "-"), at: position)
      case 2: bytes.insert(contentsOf: Array("9223372036854775807".utf8), at: position)
      default: bytes[position] = UInt8.random(in: 32...126, using: &random)
      }
      guard let database = try? Store.database(of: Data(bytes), path: "x") else { continue }
      _ = database.validate()
      _ = database.kept().table().text(.swift)
      #expect(throws: Never.self) { try Table(text: database.table().text(.table)) }
      #expect(try Store.database(of: Store.data(of: database), path: "x") == database)
    }
  }
}
