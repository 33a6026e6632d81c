// e^(2πi·j/N) and which frequencies are kept: those of which no other is the conjugate. Register budget: no loop here,
// see FourierPass.swift.

import AtrousCore
import CAtrousMicrokernel

/// The transforms of one tile size: roots of unity, and the frequencies that are kept, those whose conjugates the others are.
struct FourierGrid: Sendable {
  let rows: Int
  let columns: Int
  let frequencies: Int
  /// e^(2πi·j/N), in Float64 for the weights.
  let rowRoots: ConstantTable<Double>
  let columnRoots: ConstantTable<Double>
  /// The two frequencies of each, and where it and its conjugate stand.
  let waves: ConstantTable<Int32>
  let isReal: [Bool]
  let grid: ConstantTable<atrous_fourier_grid>
  private let places: ConstantTable<Int32>
  private let rowTwiddles: ConstantTable<Float>
  private let columnTwiddles: ConstantTable<Float>

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    rowRoots = ConstantTable(Self.roots(rows))
    columnRoots = ConstantTable(Self.roots(columns))
    rowTwiddles = ConstantTable(Self.twiddles(rowRoots, rows))
    columnTwiddles = ConstantTable(Self.twiddles(columnRoots, columns))
    var waves: [Int32] = []
    var places: [Int32] = []
    var isReal: [Bool] = []
    for u in 0..<rows {
      for v in 0..<columns {
        let place = Self.reversed(u, rows) * columns + Self.reversed(v, columns)
        let mirrored =
          Self.reversed((rows - u) % rows, rows) * columns + Self.reversed((columns - v) % columns, columns)
        if place > mirrored { continue }
        waves += [Int32(u), Int32(v)]
        places += [Int32(place), Int32(mirrored)]
        isReal.append(place == mirrored)
      }
    }
    frequencies = isReal.count
    self.isReal = isReal
    self.waves = ConstantTable(waves)
    self.places = ConstantTable(places)
    grid = ConstantTable([
      atrous_fourier_grid(
        rows: rows, columns: columns, row_twiddles: rowTwiddles.pointer, column_twiddles: columnTwiddles.pointer,
        places: self.places.pointer, frequencies: isReal.count)
    ])
  }

  /// Frequencies of a grid, constant time: half of the points, and half of the self-conjugate ones.
  static func frequencies(rows: Int, columns: Int) -> Int {
    (rows * columns + min(rows, 2) * min(columns, 2)) / 2
  }

  /// The index with its bits in reverse order, of log₂ `count` bits.
  private static func reversed(_ index: Int, _ count: Int) -> Int {
    var (rest, result, bit) = (index, 0, 1)
    while bit < count {
      result = 2 * result + rest % 2
      rest /= 2
      bit *= 2
    }
    return result
  }

  /// e^(2πi·j/N), j < N, real and imaginary by turns: halved angles from a half turn on, products between.
  private static func roots(_ count: Int) -> [Double] {
    var roots: [(real: Double, imaginary: Double)] = [(1, 0)]
    var step = (real: -1.0, imaginary: 0.0)
    while roots.count < count {
      // roots holds the turn in `roots.count` steps; `step` is half of one.
      var finer: [(real: Double, imaginary: Double)] = []
      for root in roots {
        finer.append(root)
        finer.append(
          (
            root.real * step.real - root.imaginary * step.imaginary,
            root.real * step.imaginary + root.imaginary * step.real
          ))
      }
      roots = finer
      step = ((0.5 + 0.5 * step.real).squareRoot(), (0.5 - 0.5 * step.real).squareRoot())
    }
    return roots.flatMap { [$0.real, $0.imaginary] }
  }

  private static func twiddles(_ roots: ConstantTable<Double>, _ count: Int) -> [Float] {
    (0..<max(1, count / 2)).flatMap { [Float(roots.pointer[2 * $0]), -Float(roots.pointer[2 * $0 + 1])] }
  }
}
