import AtrousCore

/// The numbers every verification and measurement runs on: a hash of seed, tensor and logical index, so that another
/// program can repeat them.
///
/// All arithmetic is modulo 2⁶⁴; `mix` is the finaliser of splitmix64:
/// ```
/// mix(z):  z ^= z >> 30;  z *= 0xBF58476D1CE4E5B9;  z ^= z >> 27;  z *= 0x94D049BB133111EB;  z ^= z >> 31
/// h     =  mix(mix(seed ^ tensor · 0xD1342543DE82EF95) + index · 0x9E3779B97F4A7C15)
/// value =  (h >> 40) · 2⁻²³ − 1,  exact in f32, in [−1, 1)
/// ```
/// The index is row-major over the logical order, whatever the layout: input N, C, (Z,) H, W; weights K, C/g, (T,) R, S;
/// bias K; residual N, K, (Z,) P, Q.
public struct DataGenerator: Hashable, Sendable {
  /// Raw values are part of the hash.
  public enum Tensor: UInt64, Sendable, CaseIterable {
    case input = 1
    case weights, bias, residual
  }

  public let seed: UInt64

  public init(seed: UInt64 = 1) { self.seed = seed }

  /// The value at a logical index of a tensor.
  public func value(_ tensor: Tensor, _ index: Int) -> Float { Self.value(key(tensor), index) }

  /// Fills `count` elements in logical order: weights and bias, which have no layout.
  public func fill(_ buffer: UnsafeMutablePointer<Float>, count: Int, with tensor: Tensor) {
    let key = key(tensor)
    for index in 0..<count { buffer[index] = Self.value(key, index) }
  }

  /// Fills an activation tensor in its own layout; the channels a blocked layout adds are `padding`.
  public func fill(
    _ buffer: UnsafeMutablePointer<Float>, of order: ActivationOrder, with tensor: Tensor, padding: Float = 0
  ) {
    let key = key(tensor)
    if order.paddedChannels != order.channels { buffer.update(repeating: padding, count: order.elements) }
    for image in 0..<order.batch {
      for channel in 0..<order.channels {
        let first = (image * order.channels + channel) * order.positions
        let base = order.offset(image: image, channel: channel, position: 0)
        for position in 0..<order.positions {
          buffer[base + position * order.block] = Self.value(key, first + position)
        }
      }
    }
  }

  private func key(_ tensor: Tensor) -> UInt64 { Self.mix(seed ^ (tensor.rawValue &* 0xD134_2543_DE82_EF95)) }

  @inline(__always) private static func value(_ key: UInt64, _ index: Int) -> Float {
    let hash = mix(key &+ UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15)
    return Float(Int64(hash >> 40)) * 0x1p-23 - 1
  }

  @inline(__always) static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
