import AtrousCore

/// Outputs worth a look of their own: corners, edges and the seams of likely tiles first, then anywhere.
struct SamplePoints {
  static let least = 4096

  struct Point: Hashable {
    let image: Int
    let filter: Int
    let position: Int
  }

  let points: [Point]

  /// At least `least` points, or all outputs where there are fewer.
  init(_ problem: Problem, seed: UInt64) {
    let total = problem.batch * problem.filters * problem.outputPositions
    var draw = SplitMix64(seed: seed)
    var points: [Point] = []
    var seen: Set<Point> = []
    func take(_ point: Point) {
      if seen.insert(point).inserted { points.append(point) }
    }
    for position in Self.notable(problem) {
      for filter in [0, problem.filters - 1, draw.below(problem.filters)] {
        take(Point(image: draw.below(problem.batch), filter: filter, position: position))
      }
      if points.count >= 3 * Self.least / 4 { break }
    }
    while points.count < min(Self.least, total) {
      take(
        Point(
          image: draw.below(problem.batch), filter: draw.below(problem.filters),
          position: draw.below(problem.outputPositions)))
    }
    self.points = points
  }

  /// Positions on edges or seams in every axis, corners before the rest.
  private static func notable(_ problem: Problem) -> [Int] {
    let axes = [problem.depth, problem.height, problem.width]
    let ends = axes.map { Array(Set([0, $0.output - 1])).sorted() }
    let seams = axes.map(seams)
    let corners = products(ends, problem)
    let isCorner = Set(corners)
    let rest = products(seams, problem).filter { !isCorner.contains($0) }
    let step = max(rest.count / (least / 4), 1)
    return corners + rest.enumerated().filter { $0.offset % step == 0 }.map(\.element)
  }

  private static func products(_ places: [[Int]], _ problem: Problem) -> [Int] {
    places[0].flatMap { z in
      places[1].flatMap { p in
        places[2].map { q in (z * problem.height.output + p) * problem.width.output + q }
      }
    }
  }

  /// Ends of the axis, and both sides of the borders of tiles of 2…6 pixels of a phase and of 6 and 16 pixels.
  private static func seams(_ axis: Axis) -> [Int] {
    let last = axis.output - 1
    var seams: Set<Int> = [0, last]
    for tile in [2, 3, 4, 5, 6].map({ $0 * axis.dilation }) + [6, 16] {
      for border in [tile, last / tile * tile] where border <= last && border > 0 {
        seams.formUnion([border - 1, border])
      }
    }
    return seams.sorted()
  }
}

extension SplitMix64 {
  /// A number below the bound, for choices that only have to be repeatable.
  mutating func below(_ bound: Int) -> Int { Int(next() >> 1) % bound }
}
