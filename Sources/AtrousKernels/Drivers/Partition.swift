import AtrousCore

/// How threads share the outputs of one image and group.
struct Sharing: Hashable, Sendable {
  /// 0: output positions, every thread reads all weights; 1: filters, every thread reads all inputs.
  var axis = 0
  /// Parts a thread.
  var parts = 4

  /// What is worth racing: one thread has nothing to share.
  static func all(on target: Target, axes: ClosedRange<Int> = 0...1) -> [Sharing] {
    guard target.threads > 1 else { return [Sharing()] }
    return axes.flatMap { axis in [4, 1].map { Sharing(axis: axis, parts: $0) } }
  }
}

extension Parameter {
  static func sharedAxis(_ path: any WritableKeyPath<Values, Int> & Sendable) -> Parameter {
    Parameter(
      "ps", path, 0...1, "what threads share: 0 output positions, 1 filters, each thread its share of the weights")
  }

  static func sharedParts(_ path: any WritableKeyPath<Values, Int> & Sendable) -> Parameter {
    Parameter(
      "pt", path, 1...64, "parts a thread: 1 is a static share, more even out what parts cost, but cut work finer")
  }
}

/// The parts of one stage: for each image and group, ranges of its output positions or of its filters.
struct SharedOutputs: Sendable {
  private let positions: Int
  private let filters: Int
  private let positionPieces: Int
  private let filterPieces: Int
  let parts: Int

  /// - Parameters:
  ///   - units: images and groups.
  ///   - positions: register tiles, blocks or rows of output positions.
  ///   - filters: panels or register tiles of filters.
  init(_ sharing: Sharing, units: Int, positions: Int, filters: Int, on target: Target) {
    self.positions = positions
    self.filters = filters
    let limit = sharing.axis == 0 ? positions : filters
    let pieces = target.pieces(units: units, limit: limit, perThread: sharing.parts)
    (positionPieces, filterPieces) = sharing.axis == 0 ? (pieces, 1) : (1, pieces)
    parts = units * pieces
  }

  func share(_ part: Int) -> (unit: Int, positions: Range<Int>, filters: Range<Int>) {
    let (unit, index) = part.quotientAndRemainder(dividingBy: positionPieces * filterPieces)
    return (
      unit, piece(index % positionPieces, of: positionPieces, count: positions),
      piece(index / positionPieces, of: filterPieces, count: filters)
    )
  }
}

extension Target {
  /// Pieces to cut a unit of work into, so that `units · pieces` parts keep the threads busy: four parts a thread, to
  /// even out what the parts cost; one piece where there is one thread. At most `limit`.
  func pieces(units: Int, limit: Int, perThread: Int = 4) -> Int {
    guard threads > 1 else { return 1 }
    return max(1, min(limit, (perThread * threads + units - 1) / units))
  }
}

/// The `index`-th of `pieces` nearly equal pieces of `0 ..< count`.
func piece(_ index: Int, of pieces: Int, count: Int) -> Range<Int> {
  (count * index / pieces)..<(count * (index + 1) / pieces)
}
