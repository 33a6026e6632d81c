import ArgumentParser
import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTopology
import AtrousTuner

struct TopologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology", abstract: "The machine as hwloc tells it, and its key.")

  @Option(parsing: .unconditional, help: ArgumentHelp("A machine written down as hwloc's XML.", valueName: "FILE"))
  var xml: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A made-up machine, such as \"package:2 l3:1 core:4 pu:2\".", valueName: "TEXT"))
  var synthetic: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What a machine that is not this one runs: baseline, avx2 or avx512.", valueName: "I"),
    transform: Arguments.instructionSet)
  var isa: InstructionSet?

  @Flag(help: "Measure what the register tiles reach on one thread: the best is the FMA peak.")
  var measure = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
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
    let tiles = try measure ? rates(on: topology) : nil
    if json { return try Output.json(Description(topology, tiles: tiles)) }
    topology.lines().forEach { print($0) }
    guard let tiles else { return }
    print("")
    let peaks = Dictionary(tiles.map { ($0.isa, $0.median) }, uniquingKeysWith: max)
    Output.table(
      [.left("register tile"), .left("ISA"), .right("GFLOP/s"), .right("of the best")],
      tiles.map {
        [$0.name, $0.isa ?? "–", Format.digits($0.median, $0.ci95), Format.percent($0.median, of: peaks[$0.isa])]
      })
  }

  /// Of every instruction set this machine runs.
  private func rates(on topology: Topology) throws -> [Measurement] {
    try InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet }.flatMap {
      try TileRates.measure(isa: $0, machine: HostMachine.current, processor: topology.allowedProcessors.first)
    }
  }

  private var source: Topology.Source {
    xml.map { .xml(path: $0) } ?? synthetic.map { .synthetic($0) } ?? .system
  }
}

private struct Description: Encodable {
  struct Level: Encodable {
    var level: Int
    var bytes: Int
    var ways: Int
    var cores: [Int]
  }
  struct Core: Encodable {
    var processors: [Int]
    var allowed: [Int]
    var kind: Int
  }
  struct Node: Encodable {
    var number: Int
    var bytes: Int
    var processors: [Int]
  }

  var key: String
  var architecture: String
  var vendor: String
  var model: String
  var level: Int
  var brand: String?
  var hypervisor: String?
  var kernel: String?
  var governor: String?
  var microcode: String?
  var hwloc: String?
  var quotaCPUs: Double?
  var usableThreads: Int
  var isThisSystem: Bool
  var packages: Int
  var cores: [Core]
  var caches: [Level]
  var numaNodes: [Node]
  var online: [Int]
  var allowed: [Int]
  var registerTiles: [Measurement]?

  init(_ topology: Topology, tiles: [Measurement]?) {
    registerTiles = tiles
    let machine = topology.machine
    key = "\(machine.key)"
    architecture = machine.architecture
    vendor = machine.vendor
    model = machine.model
    level = machine.level
    brand = machine.facts.brand
    hypervisor = machine.facts.hypervisor
    kernel = machine.facts.kernel
    governor = machine.facts.governor
    microcode = machine.facts.microcode
    hwloc = machine.facts.hwloc
    quotaCPUs = machine.facts.quotaCPUs
    usableThreads = machine.facts.usableThreads
    isThisSystem = topology.isThisSystem
    packages = topology.packages
    cores = topology.cores.map { Core(processors: $0.processors, allowed: $0.allowed, kind: $0.kind) }
    caches = topology.caches.map { Level(level: $0.level, bytes: $0.bytes, ways: $0.ways, cores: $0.cores) }
    numaNodes = topology.numaNodes.map { Node(number: $0.number, bytes: $0.bytes, processors: $0.processors) }
    online = topology.onlineProcessors
    allowed = topology.allowedProcessors
  }
}
