import AtrousCore
import CAtrousMicrokernel

/// Weights as rows[k][tap][c], over all groups.
func packFilters(_ weights: RawSpan, _ problem: Problem, _ set: MicrokernelSet) throws(PlanError) -> PackedBuffer {
  let packed = try PackedBuffer(Float.self, count: problem.weightElements)
  weights.withUnsafeBytes {
    var arguments = atrous_pack_filters_args(
      w: $0.baseAddress!.assumingMemoryBound(to: Float.self), filters: problem.filters,
      channels: problem.channelsPerGroup, taps: problem.taps, rows: packed.floats)
    call(set.function(ATROUS_KIND_PACK_FILTERS), &arguments)
  }
  return packed
}

/// Weights as panels[group][p][tap][c][width], columns past a group's last filter zero; in blocks of channels
/// panels[group][p][c / block][tap][c mod block][width].
struct WeightPanels: Sendable {
  let width: Int
  /// Floats of one panel, and of a group's panels.
  let panelElements: Int
  let groupElements: Int
  let buffer: PackedBuffer

  /// Panels a group of filters makes.
  static func count(_ problem: Problem, width: Int) -> Int { (problem.filtersPerGroup + width - 1) / width }

  static func elements(_ problem: Problem, width: Int) -> Int {
    problem.groups * count(problem, width: width) * width * problem.channelsPerGroup * problem.taps
  }

  /// - Parameter block: channels of a block; nil is all of a group.
  init(
    _ weights: RawSpan, _ problem: Problem, width: Int, block: Int? = nil, _ set: MicrokernelSet
  ) throws(PlanError) {
    self.width = width
    panelElements = width * problem.channelsPerGroup * problem.taps
    groupElements = panelElements * Self.count(problem, width: width)
    buffer = try PackedBuffer(Float.self, count: groupElements * problem.groups)
    let (buffer, groupElements) = (buffer, groupElements)
    weights.withUnsafeBytes {
      let w = $0.baseAddress!.assumingMemoryBound(to: Float.self)
      for group in 0..<problem.groups {
        var arguments = atrous_pack_panels_args(
          w: w + group * problem.filtersPerGroup * problem.channelsPerGroup * problem.taps,
          filters: problem.filtersPerGroup, channels: problem.channelsPerGroup, taps: problem.taps, width: width,
          block: block ?? problem.channelsPerGroup, panels: buffer.base + group * groupElements * 4)
        call(set.function(ATROUS_KIND_PACK_PANELS), &arguments)
      }
    }
  }
}
