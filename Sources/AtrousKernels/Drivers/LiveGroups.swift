import AtrousCore
import CAtrousMicrokernel

extension Axis {
  /// Consecutive output positions that have the same live taps.
  struct Run {
    let positions: Range<Int>
    let taps: Range<Int>
  }

  /// Output positions from one to the next that may share inputs: they lie a dilation apart in the input.
  package var phaseStep: Int { dilation / commonDivisor }

  var runs: [Run] {
    var runs: [Run] = []
    var start = 0
    while start < output {
      let taps = liveTaps(at: start)
      var end = start + 1
      while end < output && liveTaps(at: end) == taps { end += 1 }
      runs.append(Run(positions: start..<end, taps: taps))
      start = end
    }
    return runs
  }
}

/// Distances in elements between neighbours of one image.
struct Strides: Sendable {
  let depth: Int
  let height: Int
  let width: Int
  /// Between channels; in a blocked layout only those of one block.
  let channel: Int
  let image: Int

  private init(_ order: ActivationOrder, height: Int, width: Int) {
    self.width = order.block
    self.height = order.block * width
    depth = order.block * width * height
    channel = order.block == 1 ? order.positions : 1
    image = order.paddedChannels * order.positions
  }

  init(inputOf problem: Problem) {
    self.init(.input(of: problem), height: problem.height.input, width: problem.width.input)
  }

  /// Those of a channels-last copy of the input with other channels.
  init(inputOf problem: Problem, channels: Int) {
    width = channels
    height = channels * problem.width.input
    depth = channels * problem.width.input * problem.height.input
    channel = 1
    image = channels * problem.inputPositions
  }

  init(outputOf problem: Problem) {
    self.init(.output(of: problem), height: problem.height.output, width: problem.width.output)
  }
}

/// The output positions of an image, grouped by their live taps: within a group every tap meets the input at every
/// position, so padding costs nothing and needs no test in an inner loop.
///
/// Position tables hold offsets from an image's first element; `slack` repeats of each group's last position follow it,
/// so that a register tile may read a whole tile of rows at the group's end.
struct LiveGroups: Sendable {
  struct Group: Sendable {
    /// Index of the group's first tap in `taps`, and its taps; none where only the epilogue writes.
    let firstTap: Int
    let tapCount: Int
    /// Neighbouring taps of a row that each of these stands for.
    let columns: Int
    /// Index of the group's first position in the tables, and its positions.
    let first: Int
    let count: Int
  }

  /// At most `size` positions of one group, in table order: the rows of a register tile.
  struct Tile: Sendable {
    let group: Int
    let first: Int
    let count: Int
  }

  let groups: [Group]
  /// `a`: offset in the input. `b`: offset in the packed weights.
  let taps: ConstantTable<atrous_tap>
  let inputOffsets: ConstantTable<Int>
  let outputOffsets: ConstantTable<Int>

  /// - Parameters:
  ///   - tapPitch: elements from one tap to the next in the packed weights.
  ///   - slack: repeats of every group's last position.
  ///   - byPhase: orders the columns of a row by phase, so that neighbours in the table share inputs.
  ///   - input: distances in the input, where that is a copy of other width than the problem's.
  ///   - joinsColumns: one entry for all taps of a row, whose inputs must lie side by side like their weights.
  init(
    _ problem: Problem, tapPitch: Int, slack: Int, byPhase: Bool = false, input: Strides? = nil,
    joinsColumns: Bool = false
  ) {
    var builder = LiveGroupsBuilder(
      problem, input ?? Strides(inputOf: problem), tapPitch: tapPitch, slack: slack, byPhase: byPhase,
      joinsColumns: joinsColumns)
    for z in problem.depth.runs {
      for h in problem.height.runs {
        for w in problem.width.runs { builder.append([z, h, w]) }
      }
    }
    self.init(builder.tables)
  }

  /// Groups whose taps and positions are known, each with its live taps and the offsets of its positions.
  init(_ tables: LiveTables) {
    groups = tables.groups
    taps = ConstantTable(tables.taps)
    inputOffsets = ConstantTable(tables.inputOffsets)
    outputOffsets = ConstantTable(tables.outputOffsets)
  }

  /// Points a register tile at the positions of `tile` and their live taps.
  func point(_ arguments: inout atrous_tile_args, at tile: Tile) {
    let live = groups[tile.group]
    arguments.taps = taps.pointer + live.firstTap
    arguments.tap_count = live.tapCount
    arguments.a_rows = inputOffsets.pointer + tile.first
    arguments.c_rows = outputOffsets.pointer + tile.first
    arguments.m = tile.count
  }

  func tiles(of size: Int) -> [Tile] {
    groups.indices.flatMap { index in
      let group = groups[index]
      return stride(from: 0, to: group.count, by: size).map {
        Tile(group: index, first: group.first + $0, count: min(size, group.count - $0))
      }
    }
  }
}

/// What `LiveGroups` are made of, group by group.
struct LiveTables {
  private let slack: Int
  private(set) var groups: [LiveGroups.Group] = []
  private(set) var taps: [atrous_tap] = []
  private(set) var inputOffsets: [Int] = []
  private(set) var outputOffsets: [Int] = []

  init(slack: Int) { self.slack = slack }

  /// At least one position.
  mutating func append(taps: [atrous_tap], columns: Int = 1, inputs: [Int], outputs: [Int]) {
    groups.append(
      LiveGroups.Group(
        firstTap: self.taps.count, tapCount: taps.count, columns: columns, first: inputOffsets.count,
        count: inputs.count))
    self.taps += taps
    inputOffsets += inputs + repeatElement(inputs.last!, count: slack)
    outputOffsets += outputs + repeatElement(outputs.last!, count: slack)
  }
}

private struct LiveGroupsBuilder {
  let axes: [Axis]
  let inputStrides: [Int]
  let outputStrides: [Int]
  let tapPitch: Int
  /// Output columns from one to the next of the same phase; 1 keeps columns in order.
  let phaseStep: Int
  let joinsColumns: Bool
  var tables: LiveTables

  init(_ problem: Problem, _ input: Strides, tapPitch: Int, slack: Int, byPhase: Bool, joinsColumns: Bool) {
    self.joinsColumns = joinsColumns
    phaseStep = byPhase ? problem.width.phaseStep : 1
    axes = [problem.depth, problem.height, problem.width]
    let output = Strides(outputOf: problem)
    inputStrides = [input.depth, input.height, input.width]
    outputStrides = [output.depth, output.height, output.width]
    self.tapPitch = tapPitch
    tables = LiveTables(slack: slack)
  }

  mutating func append(_ runs: [Axis.Run]) {
    var (taps, inputs, outputs): ([atrous_tap], [Int], [Int]) = ([], [], [])
    let across = joinsColumns ? Array(runs[2].taps.prefix(1)) : Array(runs[2].taps)
    forEach([Array(runs[0].taps), Array(runs[1].taps), across]) { index in
      let number = (index[0] * axes[1].kernel + index[1]) * axes[2].kernel + index[2]
      let offset = (0..<3).reduce(0) { $0 + index[$1] * axes[$1].dilation * inputStrides[$1] }
      taps.append(atrous_tap(a: offset, b: number * tapPitch))
    }
    let columns = runs[2].positions
    let ordered = (0..<phaseStep).flatMap {
      Array(stride(from: columns.lowerBound + $0, to: columns.upperBound, by: phaseStep))
    }
    forEach([Array(runs[0].positions), Array(runs[1].positions), ordered]) { index in
      let origin = (0..<3).map { index[$0] * axes[$0].stride - axes[$0].before }
      inputs.append((0..<3).reduce(0) { $0 + origin[$1] * inputStrides[$1] })
      outputs.append((0..<3).reduce(0) { $0 + index[$1] * outputStrides[$1] })
    }
    tables.append(taps: taps, columns: joinsColumns ? runs[2].taps.count : 1, inputs: inputs, outputs: outputs)
  }

  private func forEach(_ ranges: [[Int]], _ body: ([Int]) -> Void) {
    for z in ranges[0] {
      for h in ranges[1] {
        for w in ranges[2] { body([z, h, w]) }
      }
    }
  }
}
