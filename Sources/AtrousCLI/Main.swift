import ArgumentParser
import Foundation

extension ExitCode {
  /// A check of the command found something wrong.
  static let checkFailed = ExitCode(1)
  static let badUse = ExitCode(2)
  /// Ctrl-C, after everything finished was kept.
  static let interrupted = ExitCode(130)
}

/// Bad use or input, in one line that names the value and what is allowed.
struct InputError: Error, Hashable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// ArgumentParser's own entry exits 64 on bad use; this one keeps the command's contract.
@main
enum Main {
  static func main() {
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func run(_ arguments: [String]) -> ExitCode {
    do {
      try checkCommand(arguments.first == "help" ? arguments.dropFirst().first : arguments.first)
      var command = try AtrousCommand.parseAsRoot(arguments)
      try command.run()
      return .success
    } catch let code as ExitCode {
      return code
    } catch {
      let message = AtrousCommand.message(for: error)
      if AtrousCommand.exitCode(for: error) == .success {
        print(message)
        return .success
      }
      complain(advised(message, arguments))
      return .badUse
    }
  }

  /// ArgumentParser says what it lacks or does not know, and not where that is written.
  private static func advised(_ message: String, _ arguments: [String]) -> String {
    let isVague = ["Missing ", "Unknown option", "Unexpected "].contains(where: message.hasPrefix)
    if !isVague || message.contains("Did you mean") { return message }
    return message + "; see `atrous help\(arguments.first.map { $0.hasPrefix("-") ? "" : " " + $0 } ?? "")`"
  }

  /// ArgumentParser calls a misspelt command an "unexpected argument".
  private static func checkCommand(_ word: String?) throws {
    guard let word, !word.hasPrefix("-") else { return }
    let known = AtrousCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard known.contains(word) else {
      throw InputError("unknown command \"\(word)\"; \(Spelling.hint(word, known: known))")
    }
  }
}

/// Writes one line to standard error, whatever the message holds.
func complain(_ message: String) {
  let line = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
  FileHandle.standardError.write(Data("atrous: \(line)\n".utf8))
}
