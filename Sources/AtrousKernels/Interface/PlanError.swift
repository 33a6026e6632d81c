import AtrousCore

/// Why no plan could be made.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  case rejected(VariantID, Rejection)
  case unknownVariant(VariantID, known: [VariantID])
  /// A weights or bias buffer is not as large as the problem says.
  case wrongSize(tensor: String, bytes: Int, expected: Int)
  case missingBias
  case unexpectedBias
  case outOfMemory(bytes: Int)

  public var description: String {
    switch self {
    case .rejected(let variant, let rejection): "\(variant): \(rejection)"
    case .unknownVariant(let variant, let known):
      "unknown variant \"\(variant)\"; known: \(known.map(\.name).joined(separator: ", "))"
    case .wrongSize(let tensor, let bytes, let expected): "\(tensor) has \(bytes) bytes; the problem needs \(expected)"
    case .missingBias: "the problem has a bias, but none was given"
    case .unexpectedBias: "a bias was given, but the problem has none"
    case .outOfMemory(let bytes): "no memory for \(bytes) bytes"
    }
  }

  static func check(_ weights: RawSpan, _ bias: RawSpan?, _ problem: Problem) throws(PlanError) {
    let expected = problem.weightElements * problem.type.bytes
    if weights.byteCount != expected {
      throw .wrongSize(tensor: "weights", bytes: weights.byteCount, expected: expected)
    }
    guard let bias else {
      if problem.epilogue.bias { throw .missingBias }
      return
    }
    if !problem.epilogue.bias { throw .unexpectedBias }
    if bias.byteCount != problem.filters * 4 {
      throw .wrongSize(tensor: "bias", bytes: bias.byteCount, expected: problem.filters * 4)
    }
  }
}
