extension Problem: CustomStringConvertible {
  /// The one spelling of the problem in logs, files and flags: `c512 h65 w65 k512 r3 s3 d4 p4 nhwc bias relu`.
  ///
  /// In the order n g c z h w k t r s, st, d, p, type, layout, direction, epilogue; what has its default (n1 g1 st1 d1 p0
  /// f32 fwd) and axes of one position and one tap are left out. `Problem(text:)` reads it back as an equal problem.
  public var description: String {
    let axes = writtenAxes
    var tokens: [String] = []
    if batch != 1 { tokens.append("n\(batch)") }
    if groups != 1 { tokens.append("g\(groups)") }
    tokens.append("c\(channels)")
    tokens += axes.map { "\($0.keys.input)\($0.axis.input)" }
    tokens.append("k\(filters)")
    tokens += axes.map { "\($0.keys.kernel)\($0.axis.kernel)" }
    tokens += Self.steps("st", axes.map { ($0.keys.stride, $0.axis.stride) })
    tokens += Self.steps("d", axes.map { ($0.keys.dilation, $0.axis.dilation) })
    tokens += Self.pads(axes)
    if type != .f32 { tokens.append(type.rawValue) }
    let sameLayout = inputLayout == outputLayout
    tokens.append(sameLayout ? inputLayout.rawValue : "\(inputLayout.rawValue):\(outputLayout.rawValue)")
    if direction != .forward { tokens.append(direction.rawValue) }
    return (tokens + epilogue.tokens).joined(separator: " ")
  }

  private typealias WrittenAxis = (axis: Axis, keys: AxisKeys)

  /// The width, and the depth and height unless absent.
  private var writtenAxes: [WrittenAxis] {
    let outer: [WrittenAxis] = [(depth, .depth), (height, .height)]
    return outer.filter { $0.axis != .absent } + [(width, .width)]
  }

  /// The general key where all axes agree, else the axes that differ from 1.
  private static func steps(_ general: String, _ steps: [(key: String, value: Int)]) -> [String] {
    let first = steps[0].value
    let written = steps.allSatisfy { $0.value == first } ? [(key: general, value: first)] : steps
    return written.filter { $0.value != 1 }.map { "\($0.key)\($0.value)" }
  }

  /// `p` where all sides of all axes agree, else a pad per axis where both sides of each agree, else a pad per side.
  private static func pads(_ axes: [WrittenAxis]) -> [String] {
    var pads: [(key: String, value: Int)]
    if !axes.allSatisfy({ $0.axis.before == $0.axis.after }) {
      pads = axes.flatMap { [($0.keys.before, $0.axis.before), ($0.keys.after, $0.axis.after)] }
    } else {
      pads = axes.map { ($0.keys.pad, $0.axis.before) }
      if let first = pads.first, pads.allSatisfy({ $0.value == first.value }) { pads = [("p", first.value)] }
    }
    return pads.filter { $0.value != 0 }.map { "\($0.key)\($0.value)" }
  }
}

extension Epilogue {
  /// The tokens of the problem text, in the order in which the epilogue is applied.
  var tokens: [String] {
    (bias ? ["bias"] : []) + (add ? ["add"] : []) + (activation.token.map { [$0] } ?? [])
  }
}

extension Activation {
  /// nil for none.
  var token: String? {
    switch self {
    case .none: nil
    case .relu: "relu"
    case .relu6: "relu6"
    case .leaky(let slope): "leaky:\(slope.plainDecimal)"
    case .clamp(let low, let high): "clamp:\(low.plainDecimal):\(high.plainDecimal)"
    }
  }
}
