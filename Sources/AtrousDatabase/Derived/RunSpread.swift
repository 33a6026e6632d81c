import AtrousCore
import Foundation

/// How far the medians of one candidate lie apart in different runs of one build on one machine, as databases have it on
/// record: what samples of single runs cannot tell.
package struct RunSpread: Hashable, Sendable {
  /// The standard deviation between runs of the logarithm of a median, normalised by the reference loops where known.
  package let deviation: Double
  /// Degrees of freedom: the records it is of, less one a candidate.
  package let freedom: Int

  /// nil where no candidate of the databases has records of two runs that are undisturbed and have samples enough.
  ///
  /// The databases are not held against each other: what separates them is not noise until it was compared.
  package init?(_ databases: [Database]) {
    var groups: [Place: [Double]] = [:]
    for database in databases {
      groups.merge(Self.medians(database)) { $0.count >= $1.count ? $0 : $1 }
    }
    let repeated = groups.values.filter { $0.count > 1 }
    freedom = repeated.reduce(0) { $0 + $1.count - 1 }
    guard freedom > 0 else { return nil }
    // In the order of size, so that a hash table's order never shows in the last digit.
    let squares = repeated.map(Self.squares).sorted().reduce(0, +)
    deviation = (squares / Double(freedom)).squareRoot()
  }

  /// Half of the 95 % interval of the logarithm of a ratio of means over so many runs, by this spread alone (Student's t).
  package func halfWidth(base: Int, new: Int) -> Double {
    Self.quantile(freedom) * deviation * (1 / Double(base) + 1 / Double(new)).squareRoot()
  }

  /// The 97.5 % point of Student's distribution; from ten degrees on by its first correction to the normal one.
  private static func quantile(_ freedom: Int) -> Double {
    let few = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
    return freedom <= few.count ? few[freedom - 1] : 1.96 + 2.7 / Double(freedom)
  }

  private static func squares(_ logarithms: [Double]) -> Double {
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    return logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// Records of equal places differ in their runs alone.
  private struct Place: Hashable {
    let key: ResultKey
    let candidate: Candidate
    let revision: Int
    let generator: Generator
  }

  private static func medians(_ database: Database) -> [Place: [Double]] {
    let runs = database.runsByID
    var medians: [Place: [Double]] = [:]
    for result in database.results {
      let records = result.candidates.filter {
        $0.invalidity == .correct && !$0.isNoisy && $0.times.count >= Statistics.leastSamples
      }
      let pace = Pace(records, of: result.key, runs: runs)
      for record in records {
        guard let run = runs[record.run] else { continue }
        let place = Place(
          key: result.key, candidate: record.candidate, revision: record.revision, generator: run.generator)
        medians[place, default: []].append(log(pace.median(record)))
      }
    }
    return medians
  }
}
