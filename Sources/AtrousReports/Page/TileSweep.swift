import AtrousCore
import AtrousDatabase

/// The candidates of one variant on one problem by two of its settings.
struct TileSweep {
  private struct Place: Hashable {
    let row: Int32
    let column: Int32
  }

  /// The settings' keys.
  let row: String
  let column: String
  let rows: [Int32]
  let columns: [Int32]
  /// The least median of all, in nanoseconds.
  let best: Double
  private let tried: Set<Place>
  private let records: [Place: CandidateRecord]

  /// More values than this on an axis are no map any more.
  private static let mostValues = 9

  /// By the first two settings whose combinations fill most of the map; nil where no two do.
  ///
  /// - Parameter order: the variant's settings, the most telling first.
  init?(_ assessment: Assessment, _ variant: VariantID, order: [String]) {
    let attempts = assessment.tried(variant)
    let kept = assessment.allowed.filter { $0.variant == variant }
    guard let least = kept.compactMap(\.median).min(), let pair = Self.pair(attempts, order) else { return nil }
    (row, column) = pair
    best = least
    let places = attempts.compactMap { Self.place($0, pair) }
    tried = Set(places)
    rows = Set(places.map(\.row)).sorted()
    columns = Set(places.map(\.column)).sorted()
    let keyed = kept.compactMap { record in Self.place(record.configuration, pair).map { ($0, record) } }
    records = Dictionary(keyed) { ($0.median ?? .infinity) <= ($1.median ?? .infinity) ? $0 : $1 }
  }

  func wasTried(_ row: Int32, _ column: Int32) -> Bool { tried.contains(Place(row: row, column: column)) }

  /// The fastest kept; nil where all were too slow.
  func record(_ row: Int32, _ column: Int32) -> CandidateRecord? { records[Place(row: row, column: column)] }

  private static func place(_ configuration: Configuration, _ pair: (String, String)) -> Place? {
    guard let row = configuration[pair.0], let column = configuration[pair.1] else { return nil }
    return Place(row: row, column: column)
  }

  private static func pair(_ attempts: [Configuration], _ order: [String]) -> (String, String)? {
    let values = { (key: String) in Set(attempts.compactMap { $0[key] }).count }
    let keys = order.filter { (2...mostValues).contains(values($0)) }
    for (index, row) in keys.enumerated() {
      for column in keys.dropFirst(index + 1) {
        let count = Set(attempts.compactMap { place($0, (row, column)) }).count
        if count > 3 && 10 * count >= 6 * values(row) * values(column) { return (row, column) }
      }
    }
    return nil
  }
}

extension Assessment {
  /// The configurations of a variant that were tried, kept or not.
  func tried(_ variant: VariantID) -> [Configuration] {
    let texts = Set(result.tried.values.flatMap(\.keys)).filter { $0.hasPrefix(variant.name + " ") }
    let tried = texts.compactMap { try? Candidate(text: $0) }.filter { $0.variant == variant }.map(\.configuration)
    return tried + result.candidates.filter { $0.variant == variant }.map(\.configuration)
  }
}
