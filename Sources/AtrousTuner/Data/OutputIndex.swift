import AtrousCore

/// One output value by its logical place.
public struct OutputIndex: Hashable, Sendable, CustomStringConvertible {
  public let image: Int
  public let filter: Int
  public let depth: Int
  public let row: Int
  public let column: Int

  init(image: Int, filter: Int, position: Int, of problem: Problem) {
    self.image = image
    self.filter = filter
    column = position % problem.width.output
    row = position / problem.width.output % problem.height.output
    depth = position / problem.width.output / problem.height.output
  }

  public var description: String { "n\(image) k\(filter) z\(depth) p\(row) q\(column)" }
}
