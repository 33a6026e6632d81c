import AtrousCore

/// A part of a list of problems: the same on every machine, and about as much work as the others.
public struct Shard: Hashable, Sendable {
  /// From 1.
  public let index: Int
  public let count: Int

  public static let whole = Shard(index: 1, count: 1)

  /// - Parameters:
  ///   - index: 1 to `count`.
  public init(index: Int, count: Int) {
    precondition((1...count).contains(index), "a shard is one of \(count)")
    self.index = index
    self.count = count
  }

  /// The problems of this part, in the order given: by falling FLOPs they go to the parts there and back, so that none
  /// gets all the large ones.
  public func part(of problems: [Problem]) -> [Problem] {
    let order = problems.indices.sorted { left, right in
      let (mine, theirs) = (problems[left].nominalFLOPs, problems[right].nominalFLOPs)
      return mine != theirs ? mine > theirs : left < right
    }
    let own = order.enumerated().filter { place, _ in
      let (turn, step) = place.quotientAndRemainder(dividingBy: count)
      return (turn.isMultiple(of: 2) ? step : count - 1 - step) == index - 1
    }
    return own.map(\.element).sorted().map { problems[$0] }
  }
}
