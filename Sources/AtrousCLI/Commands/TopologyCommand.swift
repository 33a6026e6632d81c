import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousTopology

struct TopologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology", abstract: "The machine as hwloc tells it, and its key.")

  @Option(
    parsing: .unconditional, help: ArgumentHelp("A machine written down as hwloc's XML.", valueName: "FILE"),
    completion: .file())
  var xml: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A made-up machine, such as \"package:2 l3:1 core:4 pu:2\".", valueName: "TEXT"))
  var synthetic: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What a machine that is not this one runs: baseline, avx2 or avx512.", valueName: "I"),
    completion: .names(of: InstructionSet.self),
    transform: Arguments.instructionSet)
  var isa: InstructionSet?

  @Flag(
    help: """
      Measure on one thread: latencies and read bandwidths of every cache level and the memory, beside the sizes the \
      machine claims, and what the register tiles reach (the best is the FMA peak); and with a second one how long a cache \
      line takes to other processors and back. Takes some seconds.
      """)
  var measure = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --measure: keep what was measured beside what is claimed; `atrous tune` sizes candidates by caches that are "
        + "half of their claim or less.", valueName: "FILE"), completion: .file())
  var database: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if database != nil && !measure { throw InputError("--database keeps what --measure finds; allowed with --measure") }
    if measure && (xml != nil || synthetic != nil) {
      throw InputError("--measure measures this machine; allowed without --xml and --synthetic")
    }
    if xml != nil && synthetic != nil { throw InputError("allowed: one of --xml and --synthetic") }
    if isa != nil && xml == nil && synthetic == nil {
      throw InputError("--isa says what another machine runs; allowed with --xml and --synthetic")
    }
  }

  func run() throws {
    let topology = try Topology(source, isa: isa)
    let measured = try measure ? MeasuredMachine(topology) : nil
    if let database, let measured {
      let run = Run(generator: Build.generator, machine: topology.machine, measurements: measured.measurements)
      try Store(database).merge(Database(runs: [run]))
    }
    if json { return try Output.json(Description(topology, measured)) }
    topology.lines().forEach { print($0) }
    measured?.show()
  }

  private var source: Topology.Source {
    xml.map { .xml(path: $0) } ?? synthetic.map { .synthetic($0) } ?? .system
  }
}
