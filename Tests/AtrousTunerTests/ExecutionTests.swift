import AtrousCore
import AtrousKernels
import AtrousTestSupport
import AtrousTuner
import CAtrousAllocations
import Testing

private let machine = HostMachine.current
private let isa = HostMachine.current.bestInstructionSet

/// Problems small enough to run with every variant: edges, phases, groups, strides, odd channels.
private let problems: [Problem] = try! [
  "c21 h17 w19 k21 r3 s3 d4 psame nhwc bias relu", "c21 h17 w19 k21 r3 s3 d4 psame nchw bias relu",
  "n2 c16 h12 w12 k32 r3 s3 d2 psame nhwc add", "c13 w101 k40 s2 d8 pcausal nhwc bias",
  "g24 c24 h15 w15 k24 r3 s3 d2 psame nhwc bias relu6", "g2 c16 h14 w14 k24 r3 s3 st2 d2 p2 nchw leaky:0.1",
  "c70 h9 w9 k33 r3 s3 d3 psame nhwc", "g16 c16 h3 w200 k16 r3 s3 nchw16c",
].map { try Problem(text: $0) }

@Suite struct ExecutionTests {
  @Test(arguments: problems) func bitsDoNotDependOnThreads(problem: Problem) throws {
    let verifier = try Verifier(problem, isa: isa)
    let target = Target(machine: machine, isa: isa)
    for proposal in Registry.shared.proposals(for: problem, on: target, from: Registry.shared.variants, limit: 3) {
      let difference = try verifier.threadDifference(
        proposal.variant, proposal.candidate.configuration, machine: machine, isa: isa)
      #expect(difference == nil, "\(proposal.candidate) on \(problem)")
    }
  }

  @Test func aPlanWhoseBitsDependOnThreadsIsFound() throws {
    let verifier = try Verifier(problems[0], isa: isa)
    let mutant = mutant(of: Registry.shared["direct-nhwc"]!, .threads)
    let initial = mutant.initialConfiguration(for: problems[0], on: Target(machine: machine, isa: isa))
    let difference = try verifier.threadDifference(mutant, initial, machine: machine, isa: isa)
    guard case .bitsDiffer(threads: 2, _, _, _) = difference else {
      Issue.record("\(String(describing: difference))")
      return
    }
  }

  @Test(.enabled(if: atrous_allocations_counted() == 1), arguments: problems)
  func executingDoesNotAllocate(problem: Problem) throws {
    for threads in [1, 2] {
      let target = Target(machine: machine, isa: isa, threads: threads)
      let pool = threads == 1 ? nil : try WorkerPool(threads: threads)
      for proposal in Registry.shared.proposals(for: problem, on: target, from: Registry.shared.variants, limit: 3) {
        let allocations = try allocationsOfExecuting(proposal, problem, target, pool)
        #expect(allocations == 0, "\(proposal.candidate) on \(problem), \(threads) threads")
      }
    }
  }

  /// Allocations on the calling thread, which takes part in the work.
  private func allocationsOfExecuting(
    _ proposal: Proposal, _ problem: Problem, _ target: Target, _ pool: WorkerPool?
  ) throws -> UInt64 {
    let weights = [Float](repeating: 0.5, count: problem.weightElements)
    let bias = [Float](repeating: 0.25, count: problem.filters)
    let plan = try proposal.variant.makePlan(
      proposal.candidate.configuration, for: problem, on: target, weights: weights.span.bytes,
      bias: problem.epilogue.bias ? bias.span.bytes : nil)
    var workspace = try plan.makeWorkspace()
    let input = [Float](repeating: 1, count: problem.inputElements)
    let residual = [Float](repeating: 1, count: problem.outputElements)
    var output = [Float](repeating: 0, count: problem.outputElements)
    return input.withUnsafeBytes { input in
      residual.withUnsafeBytes { residual in
        output.withUnsafeMutableBytes { output in
          let residual = problem.epilogue.add ? residual.baseAddress : nil
          // The first execution in a process may let the Swift runtime fill a cache.
          plan.execute(
            input: input.baseAddress!, residual: residual, output: output.baseAddress!, workspace: &workspace,
            pool: pool)
          let before = atrous_allocations()
          for _ in 0..<3 {
            plan.execute(
              input: input.baseAddress!, residual: residual, output: output.baseAddress!, workspace: &workspace,
              pool: pool)
          }
          return atrous_allocations() - before
        }
      }
    }
  }

  @Test func allocationsAreCounted() {
    guard atrous_allocations_counted() == 1 else { return }
    let before = atrous_allocations()
    let array = [Int](unsafeUninitializedCapacity: 1000) { $1 = 0 }
    withExtendedLifetime(array) {}
    #expect(atrous_allocations() > before)
  }
}
