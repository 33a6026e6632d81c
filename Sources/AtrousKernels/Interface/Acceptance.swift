import AtrousCore

extension Problem {
  /// The rejection every variant of today shares: f32, forward, and of a size whose arithmetic fits `Int`.
  var typeRejection: Rejection? {
    if type != .f32 { return Rejection(.unsupported, "\(type.rawValue) is not supported yet; f32 is") }
    if direction != .forward { return Rejection(.unsupported, "\(direction.rawValue) is not supported yet; fwd is") }
    return sizeRejection
  }

  /// Far past any memory, and far below what a variant's counts of bytes and products could overflow with.
  private static let mostBytes = 0x1p44
  private static let mostPositions = 1 << 27

  /// Rejects what no plan could hold: an image's positions, tensors, and weights as the largest packing expands them,
  /// 3×3 filters to Winograd's 8×8 in Float64 with every group padded to a panel of 64.
  private var sizeRejection: Rejection? {
    let positions = max(inputPositions, outputPositions)
    if positions > Self.mostPositions {
      return Rejection(.memory, "an image of \(positions) positions passes the limit, \(Self.mostPositions)")
    }
    let tensors = 4 * Double(batch) * (Double(channels) + Double(filters)) * Double(positions)
    let packed = 8 * 8 * (Double(filters) + 63 * Double(groups)) * Double(channelsPerGroup) * Double(taps)
    return Self.memoryRejection("the tensors", tensors) ?? Self.memoryRejection("the packed weights", packed)
  }

  /// Rejects what would take more bytes than any machine has.
  static func memoryRejection(_ what: String, _ bytes: Double) -> Rejection? {
    bytes <= mostBytes
      ? nil : Rejection(.memory, "\(what) would take more than \(Int(mostBytes)) bytes")
  }

  /// Rejects layouts other than `layout` in and out.
  func layoutRejection(_ layout: Layout) -> Rejection? {
    inputLayout == layout && outputLayout == layout
      ? nil : Rejection(.unsupported, "takes \(layout.rawValue) in and out, not \(layoutText)")
  }

  /// Rejects blocked layouts.
  var plainLayoutRejection: Rejection? {
    inputLayout.block == 1 && outputLayout.block == 1
      ? nil : Rejection(.unsupported, "takes nchw and nhwc, not \(layoutText)")
  }

  var layoutText: String {
    inputLayout == outputLayout ? inputLayout.rawValue : "\(inputLayout.rawValue):\(outputLayout.rawValue)"
  }
}

extension InstructionSet {
  /// Why no code of the set runs on this machine; nil where it does.
  var executionRejection: Rejection? {
    let best = HostMachine.current.bestInstructionSet
    return self <= best
      ? nil : Rejection(.machine, "this machine runs \(best.rawValue) at best, not \(rawValue)")
  }
}

extension Target {
  /// Why no plan for the target can be made on this machine: another machine's candidates may be ranked, not run.
  var executionRejection: Rejection? {
    if let rejection = isa.executionRejection { return rejection }
    if threads < 1 { return Rejection(.machine, "threads \(threads) is out of range, 1 or more") }
    return nil
  }
}
