import AtrousCore

extension Cost {
  /// What the cost model assumes of a core until the machine is measured (one Zen 3 core at 3 GHz: 99 GFLOP/s of FMA with
  /// AVX2, 22 GB/s from memory): only the order of candidates comes from it, never a figure that is reported.
  private static let laneFLOPsPerSecond = 12e9
  private static let bytesPerSecond = 20e9
  /// Bytes read and written by a transposing copy.
  static let copyBytesPerSecond = 8e9

  /// Adds a copy in the workspace, of another layout or of a part of the input, shared by the threads.
  mutating func addCopies(bytes: Int, on target: Target) {
    workspaceBytes += bytes
    memoryBytes += Double(2 * bytes)
    seconds += Double(2 * bytes) / Self.copyBytesPerSecond / Double(target.threads)
  }

  /// The longer of the arithmetic, at `efficiency` of the peak, and of the memory traffic, on `target.threads` threads.
  static func roofline(
    flops: Double, efficiency: Double, bytes: Double, workspaceBytes: Int, packedWeightsBytes: Int, on target: Target
  ) -> Cost {
    let peak = laneFLOPsPerSecond * Double(target.isa.lanes) * Double(target.threads)
    return Cost(
      flops: flops, memoryBytes: bytes, workspaceBytes: workspaceBytes, packedWeightsBytes: packedWeightsBytes,
      seconds: max(flops / (peak * efficiency), bytes / bytesPerSecond))
  }
}
