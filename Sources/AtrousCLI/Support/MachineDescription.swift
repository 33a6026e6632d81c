import AtrousCore
import AtrousDatabase
import AtrousTopology

/// A machine as `topology --json` prints it.
struct Description: Encodable {
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
  /// With --measure.
  var measurements: [Measurement]?
  var registerTiles: [Measurement]?
  var memory: [MeasuredMachine.Row]?
  var latencies: [MeasuredMachine.Latency]?
  var roundTrips: [MeasuredMachine.Trip]?

  init(_ topology: Topology, _ measured: MeasuredMachine?) {
    measurements = measured?.measurements
    registerTiles = measured?.tiles
    memory = measured?.rows
    latencies = measured?.latencies
    roundTrips = measured?.roundTrips
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
