import Foundation

/// Numbers as the command prints them.
enum Decimals {
  static func fixed(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

  /// Two digits and an exponent: `3.1e-06`.
  static func error(_ value: Double) -> String { String(format: "%.1e", value) }
}
