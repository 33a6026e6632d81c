import Foundation
import Testing

/// The built command, run as a process of its own in a folder of its own.
struct Command {
  let folder: String

  struct Ended {
    let status: Int32
    /// Ended by a signal: a trap, if nobody sent one.
    let isSignalled: Bool
    let output: String
    let errors: String
  }

  /// Runs the body in a new folder, which is removed afterwards.
  static func inFolder(_ body: (Command) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/atrous-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(Command(folder: folder))
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path(name))) }

  func callAsFunction(_ arguments: String..., environment: [String: String] = [:]) throws -> Ended {
    try run(arguments, environment: environment)
  }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Ended {
    try start(arguments, environment: environment).end()
  }

  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
    try Running(arguments, in: folder, environment: environment)
  }

  final class Running {
    private let process = Process()
    private let files: [String]

    fileprivate init(_ arguments: [String], in folder: String, environment: [String: String]) throws {
      // Beside the test bundle, which is this process.
      let build = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      process.executableURL = build.appendingPathComponent("atrous")
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ATROUS_") && $0.key != "XDG_DATA_HOME" }
      process.environment = own.merging(["HOME": folder]) { $1 }.merging(environment) { $1 }
      // Files take any amount of text; a pipe that nobody reads would block the command.
      files = ["output", "errors"].map { "\(folder)/.\($0)-\(UUID().uuidString)" }
      for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
      process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: files[0]))
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: files[1]))
      try process.run()
    }

    var isRunning: Bool { process.isRunning }
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func end() throws -> Ended {
      process.waitUntilExit()
      let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
      return Ended(
        status: process.terminationStatus, isSignalled: process.terminationReason == .uncaughtSignal,
        output: texts[0], errors: texts[1])
    }
  }
}

extension Command.Ended {
  /// Expects status 0 and returns what was printed.
  func success(_ location: SourceLocation = #_sourceLocation) -> String {
    #expect(status == 0 && !isSignalled, "\(errors)", sourceLocation: location)
    return output
  }
}
