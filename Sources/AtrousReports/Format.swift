import AtrousDatabase
import Foundation

/// Numbers and table cells as reports and the command write them.
package enum Format {
  package static func fixed(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

  /// Three significant digits or more and a unit: `1.23 ms`.
  package static func time(_ nanoseconds: Double) -> String {
    let (scale, unit) = unit(of: nanoseconds)
    return "\(digits(nanoseconds / scale)) \(unit)"
  }

  /// A time with the 95 % interval of its median, all in one unit: `1.23 ms [1.21, 1.26]`.
  package static func time(_ nanoseconds: Double, _ interval: ClosedRange<Double>) -> String {
    let (scale, _) = unit(of: nanoseconds)
    return "\(time(nanoseconds)) [\(digits(interval.lowerBound / scale)), \(digits(interval.upperBound / scale))]"
  }

  /// A median with its interval, or with the number of samples where there are too few for one: `1.23 ms (3 samples)`.
  package static func time(_ median: Double, _ interval: ClosedRange<Double>?, samples: Int) -> String {
    interval.map { time(median, $0) } ?? "\(time(median)) (\(count(samples, "sample")))"
  }

  /// The median of a record as above.
  package static func time(_ record: CandidateRecord) -> String {
    record.median.map { time($0, record.interval, samples: record.times.count) } ?? "–"
  }

  /// A number with its interval, where there is one: `98.7 [98.1, 99.0]`.
  package static func digits(_ value: Double, _ interval: [Double]?) -> String {
    digits(value) + (interval.map { " [\($0.map { digits($0) }.joined(separator: ", "))]" } ?? "")
  }

  package static func ratio(_ value: Double) -> String { fixed(value, 2) + "×" }

  package static func ratio(_ value: Double, _ interval: ClosedRange<Double>) -> String {
    "\(ratio(value)) [\(fixed(interval.lowerBound, 2)), \(fixed(interval.upperBound, 2))]"
  }

  /// A ratio with its interval, or with the number of samples where there are too few for one.
  package static func ratio(_ value: Double, _ interval: ClosedRange<Double>, samples: Int) -> String {
    samples < Statistics.leastSamples ? "\(ratio(value)) (\(count(samples, "sample")))" : ratio(value, interval)
  }

  /// Operations in nanoseconds are giga-operations in seconds.
  package static func gigaflops(_ flops: Int, _ nanoseconds: Double) -> String { digits(Double(flops) / nanoseconds) }

  package static func percent(_ part: Double, of whole: Double?) -> String {
    whole.map { fixed(100 * part / $0, 0) + " %" } ?? "–"
  }

  /// A share in percent: `3.1 %`.
  package static func share(_ value: Double) -> String { "\(fixed(100 * value, 1)) %" }

  package static func error(_ value: Double?) -> String { value.map { String(format: "%.1e", $0) } ?? "–" }

  package static func bytes(_ bytes: Int) -> String {
    let value = Double(bytes)
    if bytes >= 1 << 30 { return "\(digits(value / 0x1p30)) GiB" }
    if bytes >= 1 << 20 { return "\(digits(value / 0x1p20)) MiB" }
    return bytes >= 1 << 10 ? "\(digits(value / 0x1p10)) KiB" : "\(bytes) B"
  }

  /// `1 problem`, `2 problems`
  package static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

  /// Text that is safe in a cell of a Markdown table.
  package static func cell(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("|", with: "\\|")
  }

  package static func digits(_ value: Double) -> String {
    fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3)
  }

  private static func unit(of nanoseconds: Double) -> (scale: Double, name: String) {
    nanoseconds >= 1e9 ? (1e9, "s") : nanoseconds >= 1e6 ? (1e6, "ms") : nanoseconds >= 1e3 ? (1e3, "µs") : (1, "ns")
  }
}
