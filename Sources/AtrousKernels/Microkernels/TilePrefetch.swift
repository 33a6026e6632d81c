import CAtrousMicrokernel

extension atrous_tile_args {
  /// Floats of a cache line.
  static let lineFloats = 16

  /// Has a tile fetch into L2 what later calls read: from `next` on, `pace` floats further with each step of its depth, so that
  /// fewer than a line's ask for the same line again. Nothing where `next` is nil.
  mutating func fetch(_ next: UnsafePointer<Float>?, pace: Int) {
    prefetch = next
    prefetch_pace = next == nil ? 0 : pace
  }

  /// The same with a line a step: weights, which few calls use before the next panel's are wanted.
  mutating func fetchWeights(_ next: UnsafePointer<Float>?) { fetch(next, pace: Self.lineFloats) }
}
