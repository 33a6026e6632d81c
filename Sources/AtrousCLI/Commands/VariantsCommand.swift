import ArgumentParser
import AtrousCore
import AtrousKernels

struct VariantsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "variants",
    abstract: "The kernel variants and what they tune; for a problem, who applies, who refuses and why.")

  @Option(
    parsing: .unconditional, help: ArgumentHelp("A problem text.", valueName: "P"), transform: Arguments.problem)
  var problem: Problem?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let registry = Registry.shared
    guard let problem else {
      if json { try Output.json(registry.variants.map(Described.init)) } else { describe(registry) }
      return
    }
    let target = try machine.target()
    let answers = registry.variants.map { Answer($0, problem, target) }
    if json { return try Output.json(Answers(problem: "\(problem)", target: target, answers: answers)) }
    print("problem  \(problem)")
    print("target   \(target.isa.rawValue) on \(target.machine.key)")
    print("")
    Output.table(
      [.left("variant"), .right("candidates"), .left("initial configuration, or why not")],
      answers.map { [$0.variant, $0.reason == nil ? "\($0.candidates)" : "refuses", $0.reason ?? $0.initialText] })
  }

  private func describe(_ registry: Registry) {
    for (index, variant) in registry.variants.enumerated() {
      if index > 0 { print("") }
      print("\(variant.id), revision \(variant.revision)\(variant.parameters.isEmpty ? ": nothing to tune" : "")")
      Output.table(
        [.left("  key"), .left("range"), .left("meaning")],
        variant.parameters.map {
          ["  \($0.key)", "\($0.range.lowerBound)…\($0.range.upperBound)", $0.meaning]
        })
    }
  }
}

private struct Described: Encodable {
  struct Parameter: Encodable {
    var key: String
    var least: Int
    var most: Int
    var meaning: String
  }

  var variant: String
  var revision: Int
  var parameters: [Parameter]

  init(_ variant: any KernelVariant) {
    self.variant = variant.id.name
    revision = variant.revision
    parameters = variant.parameters.map {
      Parameter(key: $0.key, least: $0.range.lowerBound, most: $0.range.upperBound, meaning: $0.meaning)
    }
  }
}

private struct Answer: Encodable {
  var variant: String
  var candidates: Int
  var initial: String?
  var reason: String?

  init(_ variant: any KernelVariant, _ problem: Problem, _ target: Target) {
    self.variant = variant.id.name
    reason = variant.rejection(of: problem, on: target)?.reason
    candidates = variant.configurations(for: problem, on: target).count
    if reason == nil { initial = "\(variant.initialConfiguration(for: problem, on: target))" }
  }

  /// The configuration, or words where it is empty.
  var initialText: String { initial.flatMap { $0.isEmpty ? nil : $0 } ?? "nothing to tune" }
}

private struct Answers: Encodable {
  var problem: String
  var machine: String
  var isa: String
  var threads: Int
  var variants: [Answer]

  init(problem: String, target: Target, answers: [Answer]) {
    self.problem = problem
    machine = "\(target.machine.key)"
    isa = target.isa.rawValue
    threads = target.threads
    variants = answers
  }
}
