// c[mr × nv·lanes] += Σ_k a[mr][k] · b[k][nv·lanes], the tile that many variants tune. Register budget: see Tile.swift.

import AtrousCore

/// The configuration of a variant that tunes its register tile and how threads share the outputs.
struct TileValues: Tunables {
  var mr = 6
  var vectors = 2
  var sharing = Sharing()

  static var parameters: [Parameter<TileValues>] {
    [
      .tileRows(\.mr, "output positions"),
      .tileVectors(\.vectors, "output channels"),
      .sharedAxis(\.sharing.axis), .sharedParts(\.sharing.parts),
    ]
  }

  func tile(on isa: InstructionSet) -> TileShape? {
    MicrokernelSet.tiles(of: isa).first { $0.mr == mr && $0.vectors == vectors }
  }

  func rejection(on target: Target) -> Rejection? {
    tile(on: target.isa) != nil
      ? nil : Rejection(.configuration, "no register tile mr\(mr) nv\(vectors) on \(target.isa.rawValue)")
  }

  static func all(on target: Target) -> [TileValues] {
    MicrokernelSet.tiles(of: target.isa).filter { $0.mr > 1 }.flatMap { tile in
      Sharing.all(on: target).map { TileValues(mr: tile.mr, vectors: tile.vectors, sharing: $0) }
    }
  }

  /// The tile that idles the fewest lanes on the filters of a group, weighted by its loads; the first among equals.
  static func fitting(_ problem: Problem, _ target: Target) -> TileValues {
    fitting(problem, target, among: all(on: target))
  }

  /// The same among some tiles, of which there must be one.
  static func fitting(_ problem: Problem, _ target: Target, among tiles: [TileValues]) -> TileValues {
    func lanesUsed(_ values: TileValues) -> Double {
      let tile = values.tile(on: target.isa)!
      return Double(WeightPanels.count(problem, width: tile.nr) * tile.nr) * max(1, 1.5 * values.loads)
    }
    return tiles.min { lanesUsed($0) < lanesUsed($1) }!
  }

  /// Loads an FMA: each step of depth loads `vectors` vectors and broadcasts `mr` values.
  var loads: Double { Double(mr + vectors) / Double(mr * vectors) }

  /// FLOPs with the lanes that idle, and with what a part of a line costs: a group of few channels reads it all for them
  /// (128 channels 56×56 3×3 on a Zen 3 core, ms by channels a group: 4 2.9, 8 1.5, 16 1.4).
  func flops(_ problem: Problem, _ target: Target) -> Double {
    let tile = tile(on: target.isa)!
    let filters = WeightPanels.count(problem, width: tile.nr) * tile.nr
    let partOfLine = problem.groups > 1 ? max(1, 16 / Double(problem.channelsPerGroup)) : 1
    return Double(problem.usefulFLOPs) * Double(filters) / Double(problem.filtersPerGroup) * partOfLine
  }

  /// Of the peak, where two loads are issued a cycle like two FMAs.
  func efficiency(on target: Target) -> Double { 0.9 / max(1, loads) }
}

extension KernelVariant where Values == TileValues {
  func rejection(of values: TileValues, for problem: Problem, on target: Target) -> Rejection? {
    values.rejection(on: target)
  }
  func initial(for problem: Problem, on target: Target) -> TileValues { .fitting(problem, target) }
  func space(for problem: Problem, on target: Target) -> [TileValues] { TileValues.all(on: target) }
}

extension Problem {
  /// The rejection of variants whose register tiles have filters for columns, channels last.
  var panelRejection: Rejection? {
    if let rejection = typeRejection ?? layoutRejection(.nhwc) { return rejection }
    if groups > 1 && filtersPerGroup == 1 {
      return Rejection(.unsupported, "one filter a group would leave all lanes but one idle")
    }
    return nil
  }
}

/// The keys that several variants share: `mr` and `nv` of the register tile, and `cb` of those with transforms.
extension Parameter {
  static func spanChannels(_ path: any WritableKeyPath<Values, Int> & Sendable) -> Parameter {
    Parameter(
      "cb", path, 0...1_048_576,
      "channels transformed at a time; fewer keep them in cache, but sums are read again for every step; 0 is all")
  }

  /// - Parameters:
  ///   - what: what the rows are.
  ///   - reused: what more rows reuse more often.
  static func tileRows(
    _ path: any WritableKeyPath<Values, Int> & Sendable, _ what: String, reusing reused: String = "weight"
  ) -> Parameter {
    Parameter("mr", path, 1...64, "rows of the register tile: \(what); more reuse each \(reused) more often")
  }

  /// As above, of the vectors a row.
  static func tileVectors(
    _ path: any WritableKeyPath<Values, Int> & Sendable, _ what: String, reusing reused: String = "input"
  ) -> Parameter {
    Parameter("nv", path, 1...16, "vectors of the register tile: \(what); more reuse each \(reused) more often")
  }
}
