/// A 64-bit hash over all fields of a problem, for look-up: equal problems have equal keys, and whoever finds a key
/// compares the problems in full.
///
/// The mixing is fixed for ever, since tables may store the value. The fields fill 14 words of 64 bits, sizes two to a
/// word (the first in the upper half):
///
/// 0 batch, groups · 1 channels, filters · for depth (2–4), height (5–7) and width (8–10): input, kernel; stride,
/// dilation; before, after · 11 the codes, four bits each from the lowest: type, input layout, output layout, direction,
/// bias + 2·add, activation · 12 the bit patterns of the activation's two floats (leaky: slope, 0) · 13 zero
///
/// Word i is exclusive-ored with output i of splitmix64 seeded with 0. Words 2i and 2i + 1 are multiplied to 128 bits,
/// whose halves are exclusive-ored; the seven results are added modulo 2⁶⁴ and finished as splitmix64 finishes its state.
public struct ProblemKey: Hashable, Sendable {
  public let value: UInt64

  public init(_ problem: Problem) {
    var sum = Self.fold(
      Self.pair(problem.batch, problem.groups) ^ 0xe220_a839_7b1d_cdaf,
      Self.pair(problem.channels, problem.filters) ^ 0x6e78_9e6a_a1b9_65f4)
    let (depth, height, width) = (problem.depth, problem.height, problem.width)
    sum &+= Self.fold(
      Self.pair(depth.input, depth.kernel) ^ 0x06c4_5d18_8009_454f,
      Self.pair(depth.stride, depth.dilation) ^ 0xf88b_b8a8_724c_81ec)
    sum &+= Self.fold(
      Self.pair(depth.before, depth.after) ^ 0x1b39_896a_51a8_749b,
      Self.pair(height.input, height.kernel) ^ 0x53cb_9f0c_747e_a2ea)
    sum &+= Self.fold(
      Self.pair(height.stride, height.dilation) ^ 0x2c82_9abe_1f45_32e1,
      Self.pair(height.before, height.after) ^ 0xc584_133a_c916_ab3c)
    sum &+= Self.fold(
      Self.pair(width.input, width.kernel) ^ 0x3ee5_7890_41c9_8ac3,
      Self.pair(width.stride, width.dilation) ^ 0xf3b8_488c_368c_b0a6)
    sum &+= Self.fold(
      Self.pair(width.before, width.after) ^ 0x657e_ecdd_3cb1_3d09, Self.codes(problem) ^ 0xc2d3_26e0_055b_def6)
    sum &+= Self.fold(problem.epilogue.activation.bits ^ 0x8621_a03f_e0bb_db7b, 0x8e1f_7555_983a_a92f)
    value = Self.finish(sum)
  }

  private static func pair(_ upper: Int, _ lower: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: upper) << 32 | UInt64(truncatingIfNeeded: lower)
  }

  private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (high, low) = left.multipliedFullWidth(by: right)
    return high ^ low
  }

  private static func finish(_ sum: UInt64) -> UInt64 {
    var state = sum
    state = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    state = (state ^ state >> 27) &* 0x94d0_49bb_1331_11eb
    return state ^ state >> 31
  }

  private static func codes(_ problem: Problem) -> UInt64 {
    let epilogue: UInt64 = (problem.epilogue.bias ? 1 : 0) + (problem.epilogue.add ? 2 : 0)
    return problem.type.code | problem.inputLayout.code << 4 | problem.outputLayout.code << 8
      | problem.direction.code << 12 | epilogue << 16 | problem.epilogue.activation.code << 20
  }
}

// Stable codes: written out, so that a new case or another order of cases changes none.

extension ElementType {
  fileprivate var code: UInt64 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .bf16: 2
    case .u8s8: 3
    case .s8s8: 4
    }
  }
}

extension Layout {
  fileprivate var code: UInt64 {
    switch self {
    case .nchw: 0
    case .nhwc: 1
    case .nchw8c: 2
    case .nchw16c: 3
    }
  }
}

extension Direction {
  fileprivate var code: UInt64 {
    switch self {
    case .forward: 0
    case .backwardData: 1
    case .backwardWeights: 2
    }
  }
}

extension Activation {
  fileprivate var code: UInt64 {
    switch self {
    case .none: 0
    case .relu: 1
    case .relu6: 2
    case .leaky: 3
    case .clamp: 4
    }
  }

  fileprivate var bits: UInt64 {
    switch self {
    case .none, .relu, .relu6: 0
    case .leaky(let slope): UInt64(slope.bitPattern) << 32
    case .clamp(let low, let high): UInt64(low.bitPattern) << 32 | UInt64(high.bitPattern)
    }
  }
}
