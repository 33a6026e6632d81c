/// The keys of the problem text that speak of one axis.
struct AxisKeys {
  let input: String
  let kernel: String
  let before: String
  let after: String

  static let depth = AxisKeys(input: "z", kernel: "t", before: "pf", after: "pa")
  static let height = AxisKeys(input: "h", kernel: "r", before: "pt", after: "pb")
  static let width = AxisKeys(input: "w", kernel: "s", before: "pl", after: "pr")

  var stride: String { "st" + input }
  var dilation: String { "d" + input }
  /// Both sides at once.
  var pad: String { "p" + input }
}
