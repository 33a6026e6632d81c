import AtrousDatabase
import Foundation
import Testing

/// Python with jsonschema, where the machine has it.
private let validatesSchemas = run("import jsonschema") == 0

private func run(_ program: String, _ arguments: [String] = []) -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-W", "ignore", "-c", program] + arguments
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return -1 }
  process.waitUntilExit()
  return process.terminationStatus
}

@Suite struct SchemaTests {
  static let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/AtrousDatabase/atrous-database.schema.json").path
  static let program = """
    import json, jsonschema, sys
    schema, document = (json.load(open(path)) for path in sys.argv[1:])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    """

  @Test(.enabled(if: validatesSchemas), arguments: [1, 2, 3])
  func writtenFilesFollowTheSchema(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      let store = Store(folder + "/atrous.json")
      try store.merge(Fake.database(seed: seed))
      #expect(run(Self.program, [Self.schema, store.path]) == 0)
    }
  }

  @Test(.enabled(if: validatesSchemas), arguments: ["times_ns", "machine_facts", "placement", "median_ns"])
  func missingKeysBreakIt(key: String) throws {
    try withTemporaryFolder { folder in
      let text = String(decoding: try Store.data(of: Fake.database(seed: 1)), as: UTF8.self)
      #expect(text.contains("\"\(key)\""))
      try text.replacingOccurrences(of: "\"\(key)\"", with: "\"other\"")
        .write(toFile: folder + "/x.json", atomically: false, encoding: .utf8)
      #expect(run(Self.program, [Self.schema, folder + "/x.json"]) != 0)
    }
  }
}
