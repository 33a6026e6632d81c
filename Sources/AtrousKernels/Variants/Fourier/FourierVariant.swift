// y = F⁻¹[ Σ_c F[x] · conj F[w] ] on tiles of the phases of a dilated problem, overlap and save (Mathieu, Henaff, LeCun 2014).
//
// A tile of N×N' pixels makes (N − r + 1)·(N' − s + 1) outputs by 2·N·N' products a channel and filter, half of the spectrum
// being the conjugate of the other: 7×7 taps on phases of 15 pixels take 6.3 products an output instead of 49, where
// Winograd's takes 20; 51 taps along one axis 3.3. Sums over the channels are one complex GEMM a frequency, its rows
// the tiles. See FourierPass.swift, FourierInput.swift, FourierOutput.swift for the transforms.

import AtrousCore

/// Fourier transforms, NHWC, of filters of 5 taps and more on an axis: stride 1 where an axis has several taps, any dilation
/// and padding.
struct FourierVariant: KernelVariant {
  struct Values: Tunables {
    var rows = 16
    var columns = 16
    var blockTiles = 0
    var mr = 6
    var vectors = 2

    static var parameters: [Parameter<Values>] {
      [
        Parameter(
          "fh", \.rows, 1...128,
          "pixels of a transform along the height, a power of two, 1 where it has one tap; larger ones share more, but cover "
            + "more than short phases have"),
        Parameter("fw", \.columns, 1...128, "pixels of a transform along the width"),
        Parameter(
          "tb", \.blockTiles, 0...1_048_576,
          "tiles a block; fewer keep both transforms in cache, but weights are read again for every block; 0 is all"),
        .tileRows(\.mr, "tiles"),
        .tileVectors(\.vectors, "output channels, an even number"),
      ]
    }

    var tileValues: TileValues { TileValues(mr: mr, vectors: vectors) }
  }

  /// A tile's pixels, at most: its complex transform is two vectors a pixel.
  private static let mostPixels = 1024
  private static let lengths = [8, 16, 32, 64, 128]

  let id: VariantID = "fourier"
  let isTransform = true

  /// Transforms take two vectors of filters at a time.
  static func shapes(on isa: InstructionSet) -> [TileShape] {
    MicrokernelSet.tiles(of: isa).filter { $0.mr > 1 && $0.vectors % 2 == 0 }
  }

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    if let rejection = problem.typeRejection ?? problem.layoutRejection(.nhwc) { return rejection }
    if !takesTaps(of: problem) {
      return Rejection(
        .unsupported,
        "takes filters of 5…64 taps on one axis or two, as shorter ones take fewer products elsewhere, not "
          + problem.filterText)
    }
    if let rejection = problem.dividedRejection(on: target) { return rejection }
    if pixels(problem).isEmpty {
      return Rejection(.unsupported, "\(problem.filterText) taps do not fit a tile of \(Self.mostPixels) pixels")
    }
    return nil
  }

  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    if let rejection = values.tileValues.rejection(on: target) { return rejection }
    if values.vectors % 2 != 0 {
      return Rejection(.configuration, "transforms take two vectors of filters at a time, nv is \(values.vectors)")
    }
    let sizes = pixels(problem)
    if !sizes.contains(where: { $0.rows == values.rows && $0.columns == values.columns }) {
      let allowed = sizes.map { "\($0.rows)×\($0.columns)" }.joined(separator: ", ")
      return Rejection(
        .configuration, "\(problem.filterText) taps take fh×fw \(allowed), not \(values.rows)×\(values.columns)")
    }
    return Problem.memoryRejection("the transformed weights", 4 * weightElements(values, problem, target))
  }

  func takesTaps(of problem: Problem) -> Bool {
    let taps = [problem.height.kernel, problem.width.kernel]
    return problem.depth == .absent && taps.contains { $0 >= 5 } && taps.allSatisfy { $0 <= 64 }
  }

  /// The tile sizes that hold the filter.
  func pixels(_ problem: Problem) -> [(rows: Int, columns: Int)] {
    func lengths(_ axis: Axis) -> [Int] { axis.kernel == 1 ? [1] : Self.lengths.filter { $0 > axis.kernel } }
    return lengths(problem.height).flatMap { rows in lengths(problem.width).map { (rows, $0) } }
      .filter { $0.0 * $0.1 <= Self.mostPixels }
  }

  func initial(for problem: Problem, on target: Target) -> Values {
    var values = sized(problem, target).min { seconds($0, problem, target) < seconds($1, problem, target) }!
    values.blockTiles = blocks(values, problem, target).last!
    return values
  }

  /// The four tile sizes of least cost, whole and in blocks.
  func space(for problem: Problem, on target: Target) -> [Values] {
    let sized = sized(problem, target).sorted { seconds($0, problem, target) < seconds($1, problem, target) }
    return sized.prefix(4).flatMap { values in
      blocks(values, problem, target).flatMap { block in
        Self.shapes(on: target.isa).map { shape in
          Values(rows: values.rows, columns: values.columns, blockTiles: block, mr: shape.mr, vectors: shape.vectors)
        }
      }
    }
  }

  /// All tiles; where the weights stay in L3 to be read again, also three register tiles and one, whose transforms are then
  /// nearer. The last is the one to begin with (64→64 64×64 7×7 d2 on a Zen 3 core: all 305, three 346, one 361 GFLOP/s
  /// nominal).
  private func blocks(_ values: Values, _ problem: Problem, _ target: Target) -> [Int] {
    let tiles = tiles(values, problem)
    if 4 * weightElements(values, problem, target) > Double(target.l3Bytes) { return [0] }
    return [0] + [3 * values.mr, values.mr].filter { $0 < tiles }
  }

  private func sized(_ problem: Problem, _ target: Target) -> [Values] {
    let shape = Self.shapes(on: target.isa).first!
    return pixels(problem).map { Values(rows: $0.rows, columns: $0.columns, mr: shape.mr, vectors: shape.vectors) }
  }

  private func tiles(_ values: Values, _ problem: Problem) -> Int {
    tiles(problem, rows: values.rows, columns: values.columns)
  }

  /// Tiles of so many pixels that cover a problem.
  func tiles(_ problem: Problem, rows: Int, columns: Int) -> Int {
    func count(_ axis: Axis, _ length: Int) -> Int {
      let algorithm = AxisAlgorithm.fourier(length, taps: axis.kernel)
      return WinogradTotals(of: axis, tile: algorithm.outputs) { _ in algorithm }.count
    }
    return problem.batch * count(problem.height, rows) * count(problem.width, columns)
  }

  private func weightElements(_ values: Values, _ problem: Problem, _ target: Target) -> Double {
    FourierFilters.elements(
      problem, frequencies: FourierGrid.frequencies(rows: values.rows, columns: values.columns),
      nr: values.tileValues.tile(on: target.isa)!.nr)
  }

  private func arena(_ values: Values, _ problem: Problem, _ target: Target, capacity: Int) -> FourierArena {
    let nr = values.tileValues.tile(on: target.isa)!.nr
    return FourierArena(
      problem, frequencies: FourierGrid.frequencies(rows: values.rows, columns: values.columns), capacity: capacity,
      panels: roundedUp(problem.filtersPerGroup, to: nr) / nr, nr: nr, lanes: target.isa.lanes)
  }

  private func seconds(_ values: Values, _ problem: Problem, _ target: Target) -> Double {
    cost(of: values, for: problem, on: target).seconds
  }

  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    let tiles = tiles(values, problem)
    let capacity = values.blockTiles == 0 ? tiles : min(tiles, values.blockTiles)
    let weightBytes = 4 * weightElements(values, problem, target)
    let points = Double(values.rows * values.columns)
    let units = Double(tiles * problem.groups)
    let filters = Double(roundedUp(problem.filtersPerGroup, to: values.tileValues.tile(on: target.isa)!.nr))
    let products = 4 * points * units * filters * Double(FourierFilters.depth(problem))
    // 5 operations a butterfly and number; along one axis the lines that share a twiddle are one (64→64 64×64 7×7 d2 4.6 ms, of
    // which the products take 3.3; 25→25 w1024 7 taps 166 µs, 50; on a Zen 3 core).
    let levels = Double((values.rows * values.columns).trailingZeroBitCount)
    let transforms =
      (min(values.rows, values.columns) == 1 ? 5 : 2) * 5 * points * levels * units
      * (Double(problem.channelsPerGroup) + filters)
    let blocks = Double((tiles + capacity - 1) / capacity)
    return Cost.roofline(
      flops: products + transforms, efficiency: 0.85,
      bytes: Double(problem.minimumBytes) + weightBytes * blocks,
      workspaceBytes: problem.groups * 4 * arena(values, problem, target, capacity: capacity).elements,
      packedWeightsBytes: Int(min(weightBytes, 0x1p62)), on: target)
  }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let plane = WinogradPlane(problem)
    let (rows, columns) =
      plane.isTransposed ? (values.columns, values.rows) : (values.rows, values.columns)
    func segments(_ axis: Axis, _ length: Int) -> [WinogradSegment] {
      let algorithm = AxisAlgorithm.fourier(length, taps: axis.kernel)
      return WinogradSegment.segments(of: axis, tile: algorithm.outputs) { _ in algorithm }
    }
    let tiles = try WinogradTiles(
      plane, images: problem.batch, rows: segments(plane.rows, rows), columns: segments(plane.columns, columns))
    return try FourierBody(
      FourierGrid(rows: rows, columns: columns), tiles, blockTiles: values.blockTiles,
      values.tileValues.tile(on: target.isa)!,
      problem, target, weights, bias)
  }
}
