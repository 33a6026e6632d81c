import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousReports
import AtrousTopology
import AtrousTuner

/// What `topology --measure` finds of this machine: memory, register tiles, and ways to other processors.
struct MeasuredMachine {
  /// A cache level or the memory, claimed beside measured.
  struct Row: Encodable {
    var level: String
    var claimedBytes: Int?
    var measuredBytes: Int?
    /// How many times the larger is the smaller, where that is at least 2.
    var disagreement: Double?
    var latencyNs: Double
    var bandwidthGbs: Double
    var bandwidthCi95: [Double]?
  }
  /// A point of the walk over growing sizes.
  struct Latency: Encodable {
    var bytes: Int
    var ns: Double
  }

  /// How long a cache line takes from the first processor to another and back.
  struct Trip: Encodable {
    var processor: Int
    var ns: Double
  }

  let memory: MemoryProbe
  /// Of every instruction set this machine runs.
  let tiles: [Measurement]
  let roundTrips: [Trip]

  /// Measures, on the first processor that the tuner would take.
  init(_ topology: Topology) throws {
    let best = HostMachine.current.bestInstructionSet
    let processor = topology.pinningOrder.first
    memory = try MemoryProbe.measure(isa: best, machine: topology.machine, processor: processor)
    tiles = try InstructionSet.allCases.filter { $0 <= best }.flatMap {
      try TileRates.measure(isa: $0, machine: HostMachine.current, processor: processor)
    }
    roundTrips = RoundTrip.all(of: topology.pinningOrder).map { Trip(processor: $0.processor, ns: $0.nanoseconds) }
  }

  /// As a run holds them: the best tile of each instruction set, the memory, then the ways to others.
  var measurements: [Measurement] {
    let peaks = Dictionary(grouping: tiles) { $0.isa ?? "" }.values.compactMap { tiles in
      tiles.max { $0.median < $1.median }
    }
    let named = peaks.sorted { $0.median < $1.median }.map { tile in
      var peak = tile
      peak.name = "fma_peak"
      return peak
    }
    let trips =
      roundTrips.isEmpty
      ? [] : [Measurement(name: "round_trips", threads: 2, unit: "ns", samples: roundTrips.map(\.ns))]
    return named + memory.levels.flatMap(\.measurements) + trips
  }

  var rows: [Row] {
    memory.levels.map { level in
      Row(
        level: level.name, claimedBytes: level.claimed, measuredBytes: level.measured,
        disagreement: level.disagreement, latencyNs: level.latency, bandwidthGbs: level.bandwidth.median,
        bandwidthCi95: level.bandwidth.ci95)
    }
  }

  var latencies: [Latency] { memory.curve.map { Latency(bytes: $0.bytes, ns: $0.nanoseconds) } }

  func show() {
    print("")
    Output.table(
      [
        .left("level"), .right("claimed"), .right("measured"), .right("latency"), .right("read GB/s"), .left(""),
      ],
      rows.map { row in
        [
          row.level, row.claimedBytes.map(Format.bytes) ?? "–", Self.measured(row),
          Format.digits(row.latencyNs) + " ns", Format.digits(row.bandwidthGbs, row.bandwidthCi95), Self.verdict(row),
        ]
      })
    for bytes in memory.unclaimed {
      print("loads take clearly longer above \(Format.bytes(bytes)), where no cache is claimed to end")
    }
    print("")
    let peaks = Dictionary(tiles.map { ($0.isa, $0.median) }, uniquingKeysWith: max)
    Output.table(
      [.left("register tile"), .left("ISA"), .right("GFLOP/s"), .right("of the best")],
      tiles.map {
        [$0.name, $0.isa ?? "–", Format.digits($0.median, $0.ci95), Format.percent($0.median, of: peaks[$0.isa])]
      })
    showRoundTrips()
  }

  private func showRoundTrips() {
    let times = roundTrips.map(\.ns)
    guard let least = times.min(), let most = times.max() else { return }
    let farther = times.count { $0 > 2 * least }
    print("")
    print(
      "a cache line to another processor and back: "
        + (times.count == 1 ? "\(Format.digits(least)) ns" : "\(Format.digits(least)) to \(Format.digits(most)) ns")
        + (farther > 0 ? ", over twice the least to \(farther) of \(times.count)" : ""))
  }

  private static func measured(_ row: Row) -> String {
    row.measuredBytes.map(Format.bytes) ?? (row.claimedBytes == nil ? "–" : "no step")
  }

  /// What the machine says and what it does are told apart where they differ.
  private static func verdict(_ row: Row) -> String {
    guard let claimed = row.claimedBytes else { return "" }
    guard let measured = row.measuredBytes else { return "no step of the latency near the claimed size" }
    guard let factor = row.disagreement else { return "as claimed" }
    return "\(Format.ratio(factor)) \(measured < claimed ? "less" : "more") than claimed"
  }
}
