import AtrousCore
import AtrousMicrokernels
import CAtrousMicrokernel

#if arch(x86_64)
  import AtrousMicrokernelsAVX2
  import AtrousMicrokernelsAVX512
#endif

/// The shape of a register tile on an instruction set, known without running that set's code.
struct TileShape: Hashable, Sendable {
  /// Rows.
  let mr: Int
  /// Vectors a row.
  let vectors: Int
  /// Columns: `vectors` times the lanes.
  let nr: Int
}

/// A microkernel's entry point. The argument struct is the one its kind owns.
typealias MicrokernelFunction = @convention(c) (UnsafeRawPointer?) -> Void

/// One row of an instruction set's list.
package struct Microkernel: Sendable {
  package let id: String
  package let kind: Int
  package let rows: Int
  package let columns: Int
  let function: MicrokernelFunction?
}

/// The microkernels of one instruction set. Making one runs that set's code: only after the machine is known to have it.
package struct MicrokernelSet: Sendable {
  package let isa: InstructionSet
  package let list: [Microkernel]

  /// The sets of this machine; `isa` must be one it can run.
  package static func of(_ isa: InstructionSet) -> MicrokernelSet {
    switch isa {
    case .baseline: baseline
    case .avx2: avx2
    case .avx512: avx512
    }
  }

  private static let baseline = MicrokernelSet(.baseline, AtrousMicrokernels.listMicrokernels)
  #if arch(x86_64)
    private static let avx2 = MicrokernelSet(.avx2, AtrousMicrokernelsAVX2.listMicrokernels)
    private static let avx512 = MicrokernelSet(.avx512, AtrousMicrokernelsAVX512.listMicrokernels)
  #else
    private static let avx2 = baseline
    private static let avx512 = baseline
  #endif

  private typealias Add = @convention(c) (UnsafeMutableRawPointer?, atrous_microkernel) -> Void

  private init(_ isa: InstructionSet, _ enumerate: (UnsafeMutableRawPointer, Add) -> Void) {
    var list: [Microkernel] = []
    withUnsafeMutablePointer(to: &list) {
      enumerate($0) { list, row in
        list!.assumingMemoryBound(to: [Microkernel].self).pointee.append(
          Microkernel(
            id: String(cString: row.id), kind: Int(row.kind), rows: Int(row.rows), columns: Int(row.columns),
            function: row.function))
      }
    }
    self.isa = isa
    self.list = list
  }

  /// The register tiles that fit an instruction set's registers: accumulators, one row of vectors and a broadcast;
  /// on the baseline a product too, which is not fused with its addition there.
  static func tiles(of isa: InstructionSet) -> [TileShape] {
    let registers = isa == .avx512 ? 32 : isa == .avx2 ? 16 : 15
    return baseline.list.filter {
      $0.kind == ATROUS_KIND_TILE && $0.rows * $0.columns + $0.columns + 1 <= registers
    }.map { TileShape(mr: $0.rows, vectors: $0.columns, nr: $0.columns * isa.lanes) }
  }

  func tile(_ shape: TileShape) -> MicrokernelFunction {
    function(ATROUS_KIND_TILE, rows: shape.mr, columns: shape.vectors)
  }

  /// The only microkernel of a kind, or the one of a kind and a size. The lists hold every kind for every set, and every
  /// tile `tiles(of:)` names.
  func function(_ kind: Int, rows: Int = 0, columns: Int = 0) -> MicrokernelFunction {
    list.first { $0.kind == kind && $0.rows == rows && $0.columns == columns }!.function!
  }
}

/// Calls a microkernel with its arguments.
@inline(__always) func call<Arguments>(_ function: MicrokernelFunction, _ arguments: inout Arguments) {
  withUnsafePointer(to: &arguments) { function(UnsafeRawPointer($0)) }
}
