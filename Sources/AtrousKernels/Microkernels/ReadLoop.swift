import AtrousCore
import CAtrousMicrokernel

/// Reads memory as fast as one core can with an instruction set's vectors: a yardstick of bandwidths.
package struct ReadLoop: Sendable {
  /// Floats are read in blocks of so many bytes.
  package static let blockBytes = 512

  private let kernel: MicrokernelFunction

  /// - Throws: `PlanError` where the machine lacks the set.
  package init(isa: InstructionSet) throws(PlanError) {
    if let rejection = isa.executionRejection { throw .rejected("read", rejection) }
    kernel = MicrokernelSet.of(isa).function(ATROUS_KIND_READ)
  }

  /// Reads whole blocks of the first `bytes` bytes, `passes` times.
  package func run(_ base: UnsafeRawPointer, bytes: Int, passes: Int) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.blockBytes / 4) { sums in
      var arguments = atrous_read_args()
      arguments.data = base.assumingMemoryBound(to: Float.self)
      arguments.floats = bytes / Self.blockBytes * Self.blockBytes / 4
      arguments.passes = passes
      arguments.sum = sums.baseAddress!
      call(kernel, &arguments)
    }
  }
}
