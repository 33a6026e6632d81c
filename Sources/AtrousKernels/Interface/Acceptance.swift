import AtrousCore

extension Problem {
  /// The rejection every variant of today shares: f32, forward.
  var typeRejection: Rejection? {
    if type != .f32 { return Rejection(.unsupported, "\(type.rawValue) is not supported yet; f32 is") }
    if direction != .forward { return Rejection(.unsupported, "\(direction.rawValue) is not supported yet; fwd is") }
    return nil
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

  private var layoutText: String {
    inputLayout == outputLayout ? inputLayout.rawValue : "\(inputLayout.rawValue):\(outputLayout.rawValue)"
  }
}

extension Target {
  /// Why no plan for the target can be made on this machine: another machine's candidates may be ranked, not run.
  var executionRejection: Rejection? {
    let best = HostMachine.current.bestInstructionSet
    if isa > best { return Rejection(.machine, "this machine runs \(best.rawValue) at best, not \(isa.rawValue)") }
    if threads < 1 { return Rejection(.machine, "threads \(threads) is out of range, 1 or more") }
    return nil
  }
}
