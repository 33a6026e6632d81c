/// What is applied to every sum before it is stored, in this order: bias, residual add, one activation.
public struct Epilogue: Hashable, Sendable {
  public var bias: Bool
  /// Adds a residual tensor of the output's shape and layout.
  public var add: Bool
  public var activation: Activation

  public init(bias: Bool = false, add: Bool = false, activation: Activation = .none) {
    self.bias = bias
    self.add = add
    self.activation = activation
  }

  public static let none = Epilogue()
}

/// The activation at the end of an epilogue.
public enum Activation: Hashable, Sendable {
  case none
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
  /// x where x ≥ 0, else slope · x
  case leaky(slope: Float)
  /// min(max(x, low), high)
  case clamp(low: Float, high: Float)
}
