import AtrousCore
import AtrousKernels

/// How much of the output was compared.
public enum VerificationMethod: String, Hashable, Sendable {
  /// Every output.
  case full
  /// Problems over `Verifier.fullGFLOP`: whole outputs at edges, corners and tile seams, and for every position sums of
  /// 64 output channels with random signs.
  case sampled
}

/// What verifying a candidate found.
public struct Verification: Hashable, Sendable {
  public var method: VerificationMethod
  /// max|y − ref| / max|ref| against Float64, the largest over the epilogues tried. The divisor is taken before the
  /// activation, so that a clamp does not change what is asked.
  public var maxError: Double
  /// The error allowed: what the variant declares, never over `Verifier.errorLimit`.
  public var bound: Double
  /// nil where the candidate is right.
  public var failure: VerificationFailure?

  public var passed: Bool { failure == nil }
}

/// The first thing found wrong with a candidate.
public enum VerificationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The output at which the error is largest.
  case error(at: OutputIndex, got: Float, expected: Double, error: Double, bound: Double, epilogue: Epilogue)
  /// The signed sum of 64 output channels from `at` on.
  case sum(at: OutputIndex, got: Double, expected: Double, error: Double, bound: Double, epilogue: Epilogue)
  case notFinite(at: OutputIndex, got: Float, expected: Double?, epilogue: Epilogue)
  /// The output still held what was there before.
  case notWritten(at: OutputIndex, expected: Double?, epilogue: Epilogue)
  /// A lane past the last filter of a blocked output that is not zero.
  case padding(at: OutputIndex, got: Float, epilogue: Epilogue)
  case guardOverwritten(buffer: String, byteOffset: Int)
  case changed(buffer: String)
  case bitsDiffer(threads: Int, at: OutputIndex, got: Float, expected: Float)
  case noPlan(PlanError)

  public var description: String {
    switch self {
    case .error(let at, let got, let expected, let error, let bound, let epilogue):
      "at \(at) got \(got), expected \(expected): error \(error) over \(bound) (\(Self.text(epilogue)))"
    case .sum(let at, let got, let expected, let error, let bound, let epilogue):
      "signed sum of 64 filters from \(at) is \(got), expected \(expected): error \(error) over \(bound) "
        + "(\(Self.text(epilogue)))"
    case .notFinite(let at, let got, let expected, let epilogue):
      "at \(at) got \(got)\(Self.text(expected)) (\(Self.text(epilogue)))"
    case .notWritten(let at, let expected, let epilogue):
      "at \(at) nothing was written\(Self.text(expected)) (\(Self.text(epilogue)))"
    case .padding(let at, let got, let epilogue):
      "at \(at), past the last filter, got \(got), expected 0 (\(Self.text(epilogue)))"
    case .guardOverwritten(let buffer, let offset): "wrote outside the \(buffer), at byte \(offset)"
    case .changed(let buffer): "changed the \(buffer)"
    case .bitsDiffer(let threads, let at, let got, let expected):
      "at \(at) got \(got) with \(threads) threads, \(expected) with one"
    case .noPlan(let error): "\(error)"
    }
  }

  private static func text(_ expected: Double?) -> String { expected.map { ", expected \($0)" } ?? "" }

  private static func text(_ epilogue: Epilogue) -> String {
    var words: [String] = []
    if epilogue.bias { words.append("bias") }
    if epilogue.add { words.append("add") }
    if epilogue.activation != .none { words.append("\(epilogue.activation)") }
    return words.isEmpty ? "no epilogue" : words.joined(separator: " ")
  }
}
