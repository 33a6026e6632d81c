import AtrousCore

extension Target {
  /// Pieces to cut a unit of work into, so that `units · pieces` parts keep the threads busy: four parts a thread, to
  /// even out what the parts cost; one piece where there is one thread. At most `limit`.
  func pieces(units: Int, limit: Int) -> Int {
    guard threads > 1 else { return 1 }
    return max(1, min(limit, (4 * threads + units - 1) / units))
  }
}

/// The `index`-th of `pieces` nearly equal pieces of `0 ..< count`.
func piece(_ index: Int, of pieces: Int, count: Int) -> Range<Int> {
  (count * index / pieces)..<(count * (index + 1) / pieces)
}
