import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTopology
import AtrousTuner

/// The problems a command works on.
struct ProblemOptions: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue, help: ArgumentHelp("A problem text; may be repeated.", valueName: "P"),
    transform: Arguments.problem)
  var problem: [Problem] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The problems of a suite (see `atrous suites`), or of all; may be repeated.", valueName: "S"),
    completion: .suitesOrAll)
  var suite: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The problems of a file: a line a problem, `text[TAB count[TAB name]]`.", valueName: "FILE"),
    completion: .file())
  var problems: String?

  func validate() throws {
    let given = [!problem.isEmpty, !suite.isEmpty, problems != nil].count { $0 }
    if given > 1 { throw InputError("allowed: one of --problem, --suite and --problems") }
  }

  var isGiven: Bool { !problem.isEmpty || !suite.isEmpty || problems != nil }

  /// The problems asked for, each once; those of `suite` where none was asked for.
  func selected(orSuite fallback: String) throws -> [Problem] {
    try selectedLines(orSuite: fallback).map(\.problem)
  }

  /// As `selected`, each with the sum of its counts and its first name.
  func selectedLines(orSuite fallback: String) throws -> [ProblemLine] {
    var lines: [ProblemLine] = []
    var places: [Problem: Int] = [:]
    for line in try allLines(orSuite: fallback) {
      if let place = places[line.problem] {
        lines[place].count += line.count
      } else {
        places[line.problem] = lines.count
        lines.append(line)
      }
    }
    return lines
  }

  private func allLines(orSuite fallback: String) throws -> [ProblemLine] {
    if !problem.isEmpty { return problem.map { ProblemLine(problem: $0) } }
    guard let path = problems else {
      let suites = suite.isEmpty ? [fallback] : suite
      return try suites.flatMap { try Suites.suites($0) }.flatMap(\.lines)
    }
    let lines: [ProblemLine]
    do {
      lines = try Problem.parseFile(try TextFiles.read(path))
    } catch let error as ProblemFileError {
      throw InputError("\(path): \(error)")
    }
    if lines.isEmpty { throw InputError("\(path): holds no problem") }
    return lines
  }
}

/// How a command measures.
struct MeasuringOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "warm or cold: whether caches hold the data when timing starts (default: warm).", valueName: "C"),
    completion: .names(of: CacheState.self),
    transform: Arguments.cache)
  var cache: CacheState = .warm

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Seed of the data (default: 1).", valueName: "N"),
    transform: Arguments.seed)
  var seed: UInt64 = 1

  /// Only the caller's caches are emptied before a sample.
  func check(threads: [Int]) throws {
    if cache == .cold, let many = threads.first(where: { $0 > 1 }) {
      throw InputError("--cache cold with \(many) threads; allowed: 1 thread, whose caches alone can be emptied")
    }
  }
}

/// The machine a command speaks of: this one, or one written down.
struct MachineOptions: ParsableArguments {
  @Option(
    parsing: .unconditional, help: ArgumentHelp("Another machine, as hwloc's XML.", valueName: "FILE"),
    completion: .file())
  var topology: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The instruction set: baseline, avx2 or avx512.", valueName: "I"),
    completion: .names(of: InstructionSet.self),
    transform: Arguments.instructionSet)
  var isa: InstructionSet?

  /// The target with `threads` threads; by default the best instruction set the machine runs (here: within ATROUS_ISA).
  func target(threads: Int = 1) throws -> Target {
    guard let topology else {
      let host = HostMachine.current
      return Target(machine: host, isa: try isa ?? HostMachine.cappedInstructionSet(), threads: threads)
    }
    let machine = try Topology(.xml(path: topology), isa: isa).machine
    return Target(machine: machine, isa: isa ?? machine.bestInstructionSet, threads: threads)
  }
}

extension Registry {
  /// The ids of `--variant`, each checked.
  func ids(_ names: [String]) throws(InputError) -> [VariantID]? {
    for name in names where self[VariantID(name)] == nil {
      throw InputError("unknown variant \"\(name)\"; \(Spelling.hint(name, known: variants.map(\.id.name)))")
    }
    return names.isEmpty ? nil : names.map { VariantID($0) }
  }
}
