import AtrousCore

extension Axis {
  /// Phases that hold an output, and output positions of the first, which no other exceeds. (`phases` counts inputs.)
  var outputPhases: Int { min(dilation, output) }
  var longestPhase: Int { phaseExtent(0) }

  /// Output positions of a phase of an axis of stride 1.
  func phaseExtent(_ phase: Int) -> Int { (output - phase + dilation - 1) / dilation }

  /// Input positions of the first phase, which no other exceeds.
  var phaseInput: Int { (input - 1) / dilation + 1 }

  /// Phase after phase in the fewest nearly equal segments of at most `most` outputs, 0 for all: the first output of each,
  /// and how many follow it a dilation apart (17 = 6 + 6 + 5).
  func phaseSegments(most: Int) -> [(first: Int, count: Int)] {
    (0..<outputPhases).flatMap { phase in
      let extent = phaseExtent(phase)
      let count = most == 0 ? 1 : (extent + most - 1) / most
      return (0..<count).map { index in
        let range = piece(index, of: count, count: extent)
        return (phase + range.lowerBound * dilation, range.count)
      }
    }
  }
}
