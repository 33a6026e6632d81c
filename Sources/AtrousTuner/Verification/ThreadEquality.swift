import AtrousCore
import AtrousKernels

extension Verifier {
  /// Whether plans for other thread counts, on pools of as many threads, give the bits of one thread.
  ///
  /// - Returns: the first difference, or what kept a plan from running; nil where all bits are equal.
  /// - Throws: `WorkerPoolError` where a pool cannot be made.
  public func threadDifference(
    _ variant: any KernelVariant, _ configuration: Configuration, machine: Machine, isa: InstructionSet,
    threads: [Int] = [1, 2, 3, 7]
  ) throws(WorkerPoolError) -> VerificationFailure? {
    var alone: GuardedBuffer?
    for count in [1] + threads.filter({ $0 != 1 }) {
      let target = Target(machine: machine, isa: isa, threads: count)
      let pool = count == 1 ? nil : try WorkerPool(threads: count)
      let output = GuardedBuffer("output", count: problem.outputElements, shift: data.shift)
      do throws(PlanError) {
        let plan = try data.makePlan(variant, configuration, epilogue: problem.epilogue, on: target)
        if let damage = try run(plan, output: output, pool: pool) { return damage }
      } catch {
        return .noPlan(error)
      }
      guard let first = alone else {
        alone = output
        continue
      }
      if let difference = firstDifference(output, first, threads: count) { return difference }
    }
    return nil
  }

  private func firstDifference(
    _ output: GuardedBuffer, _ first: GuardedBuffer, threads: Int
  ) -> VerificationFailure? {
    let (got, expected) = (output.floats, first.floats)
    guard let offset = (0..<output.count).first(where: { got[$0].bitPattern != expected[$0].bitPattern }) else {
      return nil
    }
    let place = ActivationOrder.output(of: problem).place(ofElement: offset)
    let at = OutputIndex(image: place.image, filter: place.channel, position: place.position, of: problem)
    return .bitsDiffer(threads: threads, at: at, got: got[offset], expected: expected[offset])
  }
}
