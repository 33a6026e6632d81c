import ArgumentParser
import Atrous
import AtrousDatabase
import AtrousReports
import AtrousTopology
import AtrousTuner

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Runs a chain of layers in order through dispatch: tuned, untuned, reference.",
    discussion: """
      The layers get the identity initialisation, so the output must equal the input to rounding. Each is timed three \
      ways: by what the database and the tables say, by the cost model alone, and as the Float64 reference.
      """)

  @Argument(
    help: ArgumentHelp("A suite that is a chain, such as context-module.", valueName: "NAME"), completion: .suites)
  var name: String

  @OptionGroup var database: DatabaseOptions

  @Option(
    help: ArgumentHelp(
      "Layout between the layers: nhwc, nchw, nchw8c or nchw16c; the network's ends stay nhwc where it is blocked.",
      valueName: "LAYOUT"), completion: .names(of: Layout.self),
    transform: Arguments.layout)
  var layout = Layout.nhwc

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Threads (default: ATROUS_THREADS, else 1).", valueName: "N"),
    transform: Arguments.whole(Arguments.threadRange))
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  /// What the output of a network with identity weights may be off its input: max|y − x| / max|x|.
  private static let allowedError = 1e-4

  func run() throws {
    let network = try Network(try Suites.suite(name), layout: layout)
    let topology = try Topology(.system)
    let resolver = Resolver(
      tables: try database.tables(), machine: topology.machine, isa: try HostMachine.cappedInstructionSet())
    let report = try network.run(
      resolver: resolver, threads: threads ?? Convolution.defaultThreads, processors: topology.pinningOrder,
      cancellation: Interrupt.listen())
    if json { try Output.json(NetworkTimes(report, resolver)) } else { show(report, resolver) }
    if report.isCancelled { throw ExitCode.interrupted }
    if !(report.identityError <= Self.allowedError) { throw ExitCode.checkFailed }
  }

  private func show(_ report: NetworkReport, _ resolver: Resolver) {
    let rows = report.layers.map { layer in
      [
        layer.layer.name, "\(layer.layer.problem)", Self.field(layer.layer), Self.time(layer.tunedTimes),
        Self.time(layer.untunedTimes), Self.time(layer.referenceTimes), "\(layer.tuned.candidate)",
        "\(layer.tuned.rung.rawValue)",
      ]
    }
    let total = [
      "total", "", "", Format.time(report.tunedNanoseconds), Format.time(report.untunedNanoseconds),
      Format.time(report.referenceNanoseconds), "", "",
    ]
    Output.table(
      [
        .left("layer"), .left("problem"), .right("field"), .left("tuned"), .left("untuned"), .left("reference"),
        .left("runs"), .right("rung"),
      ], rows + [total])
    print(
      "\(report.layout.rawValue) between the layers, \(Format.count(report.threads, "thread")), "
        + "placement \(report.placement), warm caches, on \(resolver.machine.key); medians with 95 % intervals")
    if report.isCancelled {
      print("interrupted after \(Format.count(report.layers.count, "layer"))")
      return
    }
    if report.layers.allSatisfy({ $0.tuned.rung == .costModel }) {
      let way = report.layout.block == 1 ? "--suite \(name)" : "--problem …"
      print("nothing of it has been tuned: `atrous tune \(way)` would")
    }
    let verdict = report.identityError <= Self.allowedError ? "passes its input on" : "does not pass its input on"
    print("identity: the network \(verdict), max error \(Format.error(report.identityError))")
  }

  private static func field(_ layer: Network.Layer) -> String {
    let (height, width) = (layer.field.height.size, layer.field.width.size)
    return height == width || layer.problem.rank == 1 ? "\(width)" : "\(height)×\(width)"
  }

  private static func time(_ samples: [Double]) -> String {
    Format.time(Statistics.median(samples), Statistics.interval(samples), samples: samples.count)
  }
}

private struct NetworkTimes: Encodable {
  struct Timing: Encodable {
    var medianNs: Double
    var ci95Ns: [Double]?
    var samples: Int

    init(_ samples: [Double]) {
      medianNs = Statistics.median(samples)
      ci95Ns = Statistics.interval(samples).map { [$0.lowerBound, $0.upperBound] }
      self.samples = samples.count
    }
  }
  struct Layer: Encodable {
    var name: String
    var problem: String
    var receptiveField: [Int]
    var candidate: String
    var rung: Int
    var untunedCandidate: String
    var tuned: Timing
    var untuned: Timing
    var reference: Timing
  }

  var network: String
  var layout: String
  var machine: String
  var threads: Int
  var placement: String
  var cache = "warm"
  /// Absent where the output is no number, or has another size than the input.
  var identityError: Double?
  var layers: [Layer]

  init(_ report: NetworkReport, _ resolver: Resolver) {
    network = report.name
    layout = report.layout.rawValue
    machine = "\(resolver.machine.key)"
    threads = report.threads
    placement = report.placement
    identityError = report.identityError.isFinite ? report.identityError : nil
    layers = report.layers.map {
      Layer(
        name: $0.layer.name, problem: "\($0.layer.problem)",
        receptiveField: [$0.layer.field.depth.size, $0.layer.field.height.size, $0.layer.field.width.size],
        candidate: "\($0.tuned.candidate)", rung: $0.tuned.rung.rawValue,
        untunedCandidate: "\($0.untuned.candidate)", tuned: Timing($0.tunedTimes), untuned: Timing($0.untunedTimes),
        reference: Timing($0.referenceTimes))
    }
  }
}
