import AtrousCore
import Foundation

/// What produced the numbers of a run.
public struct Generator: Codable, Hashable, Sendable {
  public var name: String
  public var version: String
  /// Of its source; empty where unknown.
  public var commit: String
  /// A hash of the executable; empty where unknown.
  public var build: String
  public var compiler: String
  public var flags: String

  public init(
    name: String = "atrous", version: String, commit: String = "", build: String = "", compiler: String,
    flags: String = ""
  ) {
    self.name = name
    self.version = version
    self.commit = commit
    self.build = build
    self.compiler = compiler
    self.flags = flags
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    version = try container.decode(String.self, forKey: .version)
    commit = try container.decode(String.self, forKey: .commit)
    build = try container.decodeIfPresent(String.self, forKey: .build) ?? ""
    compiler = try container.decode(String.self, forKey: .compiler)
    flags = try container.decode(String.self, forKey: .flags)
  }

  /// Name, version and what tells builds apart, as far as it is known.
  public var title: String { [name, version, commit, build].filter { !$0.isEmpty }.joined(separator: " ") }
}

/// Something measured of the machine itself, such as the FMA peak.
public struct Measurement: Codable, Hashable, Sendable {
  /// `fma_peak`, `l2_bandwidth`, …
  public var name: String
  /// nil where it does not depend on it.
  public var isa: String?
  public var threads: Int
  public var unit: String
  public var median: Double
  /// The 95 % interval of the median, low and high; nil below `Statistics.leastSamples` samples.
  public var ci95: [Double]?

  public init(name: String, isa: InstructionSet? = nil, threads: Int = 1, unit: String, samples: [Double]) {
    self.name = name
    self.isa = isa?.rawValue
    self.threads = threads
    self.unit = unit
    median = Statistics.median(samples)
    ci95 = Statistics.interval(samples).map { [$0.lowerBound, $0.upperBound] }
  }
}

/// One look at the machine before a run: is it fit to be measured on?
public struct PreflightCheck: Codable, Hashable, Sendable {
  public var name: String
  public var passed: Bool
  /// What was seen.
  public var detail: String

  public init(name: String, passed: Bool, detail: String) {
    self.name = name
    self.passed = passed
    self.detail = detail
  }
}

/// One process that measured.
public struct Run: Hashable, Sendable {
  /// Unique among all databases: see `makeID()`.
  public let id: String
  public let generator: Generator
  /// With its facts; read back from a file, it holds what the file tells.
  public let machine: Machine
  /// What was measured of the machine in this run.
  public let measurements: [Measurement]
  /// Whether the machine was fit to be measured on when the run began.
  public let preflight: [PreflightCheck]
  /// How candidates were chosen for measuring, such as `racing`; nil where unknown.
  public let strategy: String?

  public init(
    id: String = Run.makeID(), generator: Generator, machine: Machine, measurements: [Measurement] = [],
    preflight: [PreflightCheck] = [], strategy: String? = nil
  ) {
    self.id = id
    self.generator = generator
    self.machine = machine
    self.measurements = measurements
    self.preflight = preflight
    self.strategy = strategy
  }

  /// The strategy that measures all there is: its journal stays, for replays.
  public static let sweepStrategy = "exhaustive"
  public var isSweep: Bool { strategy == Self.sweepStrategy }

  /// The strategy that measures what the lookup would choose for a problem that was not tuned: the database keeps it all.
  public static let leaveOneOutStrategy = "leave-one-out"
  public var isLeaveOneOut: Bool { strategy == Self.leaveOneOutStrategy }

  /// A new id: the time, the process and 32 random bits. It names no host.
  public static func makeID() -> String {
    let time = Timestamp.now().filter { $0 != "-" && $0 != ":" }
    let random = String(UInt32.random(in: .min ... .max), radix: 16)
    return "\(time)-\(ProcessInfo.processInfo.processIdentifier)-\(random)"
  }

  /// Which of two copies of a run stays: the one that knows more, then a fixed order.
  static func preferred(_ left: Run, _ right: Run) -> Run {
    let (mine, theirs) = (left.knowledge, right.knowledge)
    if mine != theirs { return mine > theirs ? left : right }
    return String(reflecting: left) >= String(reflecting: right) ? left : right
  }

  private var knowledge: Int { measurements.count + preflight.count }
}
