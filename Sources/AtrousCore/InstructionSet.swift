/// The instruction sets the microkernels are compiled for, least first. Raw values are stable: they stand in candidates,
/// files and `ATROUS_ISA`.
public enum InstructionSet: String, Hashable, Sendable, CaseIterable, Comparable {
  /// x86-64-v2, or NEON on arm64.
  case baseline
  /// x86-64-v3.
  case avx2
  /// x86-64-v4.
  case avx512

  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .baseline: 0
    case .avx2: 1
    case .avx512: 2
    }
  }

  /// Float lanes of a vector.
  public var lanes: Int { 4 << rank }
}
