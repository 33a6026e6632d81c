import AtrousCore
import AtrousDatabase
import Foundation

/// What `Scripts/peers` measured: other libraries and Atrous on the same shapes in alternating rounds.
public struct Peers: Sendable {
  /// One library on one shape.
  struct Entrant: Sendable {
    let name: String
    /// Seconds a call by round.
    let samples: [Int: Double]
    let maxError: Double?
    /// Whether its error is within the limit.
    let counts: Bool
    /// Why it did not run, or not to the end.
    let remark: String?

    var isOurs: Bool { name.hasPrefix("atrous") }
    var median: Double? { samples.isEmpty ? nil : Statistics.median(Array(samples.values)) }
  }

  struct Shape: Sendable {
    let problem: String
    let nominalFLOPs: Double
    /// GFLOP/s of the FMA peak over the rounds.
    let peak: Double?
    let entrants: [Entrant]
    /// The better of ours.
    let ours: Entrant?
    /// The fastest of the others that counts.
    let best: Entrant?

    /// Nominal GFLOP/s.
    func rate(_ entrant: Entrant) -> Double? { entrant.median.map { nominalFLOPs / $0 * 1e-9 } }
  }

  let threads: Int
  let machine: String
  let versions: [(name: String, version: String)]
  let shapes: [Shape]

  /// - Throws: `PeersError` for what is no result of `Scripts/peers`.
  public init(json: String) throws(PeersError) {
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
    } catch {
      throw PeersError("no results of Scripts/peers: \(PeersError.reason(error))")
    }
    guard file.schema == 1 else { throw PeersError("schema \(file.schema) of peers' results; this build reads 1") }
    threads = file.threads
    machine = file.machine["cpu"]?.text ?? "unknown"
    versions = file.versions.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text ?? "unknown") }
    shapes = file.shapes.map(Shape.init)
  }
}

/// Why a file of peers' results does not read.
public struct PeersError: Error, Hashable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }

  fileprivate static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return "\"\(key.stringValue)\" is missing in \"\(place(context))\""
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\"\(place(context))\" has another type than it should"
    default: return "not JSON"
    }
  }
}

extension Peers.Shape {
  /// How many times as long the best other takes as ours, over the rounds that both have.
  var gain: Statistics.Ratio? {
    guard let ours, let best else { return nil }
    let rounds = Set(ours.samples.keys).intersection(best.samples.keys).sorted()
    guard rounds.count > 1 else { return nil }
    return Statistics.ratio(ofPairs: rounds.map { (best.samples[$0]!, ours.samples[$0]!) })
  }

  fileprivate init(_ shape: Peers.File.Shape) {
    problem = shape.problem
    nominalFLOPs = shape.nominal_flops
    peak = shape.peak_gflops.isEmpty ? nil : Statistics.median(shape.peak_gflops)
    entrants = shape.peers.map { name, peer in
      let keyed = zip(peer.rounds ?? [], peer.samples ?? []).filter { $0.1 > 0 }
      return Peers.Entrant(
        name: name, samples: Dictionary(keyed.map { ($0.0, $0.1) }) { first, _ in first }, maxError: peer.max_error,
        counts: peer.counts ?? false, remark: peer.refused ?? peer.stopped)
    }.sorted { $0.name < $1.name }
    let timed = entrants.filter { $0.counts && $0.median != nil }
    ours = timed.filter(\.isOurs).min { $0.median! < $1.median! }
    best = timed.filter { !$0.isOurs }.min { $0.median! < $1.median! }
  }
}

extension Peers {
  /// The geometric mean and the ends of the gains over the best other.
  var gains: (mean: Double, least: Double, most: Double, count: Int)? {
    let values = shapes.compactMap { $0.gain?.value }
    guard let least = values.min(), let most = values.max() else { return nil }
    return (Statistics.geometricMean(values), least, most, values.count)
  }
}

extension Peers {
  /// The file as it is written.
  fileprivate struct File: Decodable {
    struct Shape: Decodable {
      let problem: String
      let nominal_flops: Double
      let peak_gflops: [Double]
      let peers: [String: Peer]
    }

    struct Peer: Decodable {
      let samples: [Double]?
      let rounds: [Int]?
      let counts: Bool?
      let max_error: Double?
      let refused: String?
      let stopped: String?
    }

    /// A value of which only the text is of interest.
    struct Value: Decodable {
      let text: String?
      init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    let schema: Int
    let threads: Int
    let machine: [String: Value]
    let versions: [String: Value]
    let shapes: [Shape]
  }
}
