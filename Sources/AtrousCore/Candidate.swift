/// The stable name of a kernel variant, as it stands in files: lower-case words joined by `-`.
public struct VariantID: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  public let name: String
  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.init(name) }
  public var description: String { name }
}

/// One tile size or switch of a configuration.
public struct Setting: Hashable, Sendable {
  /// Lower-case letters, stable.
  public var key: String
  public var value: Int32

  public init(key: String, value: Int32) {
    self.key = key
    self.value = value
  }
}

/// The tile sizes and switches of a variant, flat and in the variant's own order: the only form that stands in files.
public struct Configuration: Hashable, Sendable {
  public var settings: [Setting]
  public init(_ settings: [Setting] = []) { self.settings = settings }

  public subscript(key: String) -> Int32? { settings.first { $0.key == key }?.value }
}

/// A variant, its configuration and an instruction set; its text reads `winograd avx2 th4 tw4`.
public struct Candidate: Hashable, Sendable {
  public var variant: VariantID
  public var isa: InstructionSet
  public var configuration: Configuration

  public init(variant: VariantID, isa: InstructionSet, configuration: Configuration) {
    self.variant = variant
    self.isa = isa
    self.configuration = configuration
  }
}

/// Why something does not apply.
public struct Rejection: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable {
    /// The variant never handles such a problem.
    case unsupported
    /// The machine or instruction set lacks something.
    case machine
    /// A configuration value is out of its legal range, or does not fit the problem.
    case configuration
    /// It would need more memory than allowed or addressable.
    case memory
  }

  public var kind: Kind
  /// One clause, naming the value and what would be accepted.
  public var reason: String

  public init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }

  public var description: String { reason }
}

/// What a cost model expects of a candidate.
public struct Cost: Hashable, Sendable {
  /// Floating-point operations the candidate executes, transforms included.
  public var flops: Double
  /// Bytes moved from (or to) each level.
  public var l2Bytes: Double
  public var l3Bytes: Double
  public var memoryBytes: Double
  public var workspaceBytes: Int
  public var packedWeightsBytes: Int
  /// Predicted seconds of one execution.
  public var seconds: Double

  public init(
    flops: Double, l2Bytes: Double = 0, l3Bytes: Double = 0, memoryBytes: Double = 0, workspaceBytes: Int = 0,
    packedWeightsBytes: Int = 0, seconds: Double = 0
  ) {
    self.flops = flops
    self.l2Bytes = l2Bytes
    self.l3Bytes = l3Bytes
    self.memoryBytes = memoryBytes
    self.workspaceBytes = workspaceBytes
    self.packedWeightsBytes = packedWeightsBytes
    self.seconds = seconds
  }

  /// Memory beside the tensors: workspace and packed weights.
  public var extraBytes: Int { workspaceBytes + packedWeightsBytes }
}
