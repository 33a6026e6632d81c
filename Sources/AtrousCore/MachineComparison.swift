extension Machine {
  /// The name that results of this machine are kept under.
  public var key: MachineKey { MachineKey(self) }

  /// What keeps a result of a machine of equal key from holding here in full: nil, or one clause that names the field.
  ///
  /// - Parameters:
  ///   - recorded: the machine that was measured.
  ///   - threads: those the result was measured with.
  public func difference(from recorded: Machine, threads: Int) -> String? {
    for (mine, theirs) in zip(kinds, recorded.kinds) {
      guard let here = mine.l3?.bytesPerCore, let there = theirs.l3?.bytesPerCore else { continue }
      if max(here, there) >= 2 * min(here, there) {
        return "l3 over the cores sharing it is \(byteText(here)) here, \(byteText(there)) where it was measured"
      }
    }
    if let quota = facts.quotaCPUs, quota < Double(threads) {
      return "quota is \(quota) CPUs here, below the \(threads) threads measured"
    }
    return nil
  }
}
