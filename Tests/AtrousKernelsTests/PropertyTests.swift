import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

/// What holds for every candidate, on random problems around tile edges and past every other edge.
@Suite struct PropertyTests {
  /// ATROUS_PROPERTY_PROBLEMS, else what every run of the tests affords.
  static let problems = ProcessInfo.processInfo.environment["ATROUS_PROPERTY_PROBLEMS"].flatMap { Int($0) } ?? 600

  @Test func everyCandidateHolds() {
    let workers = 2
    let notes = CrashNotes(workers: workers)
    let tally = Mutex((problems: 0, candidates: 0, checks: 0, broken: [Counterexample]()))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for seed in stride(from: worker, to: Self.problems, by: workers) {
        // A fault of a variant shows on many problems; a few are enough to see it.
        if tally.withLock({ $0.broken.count > 8 }) { break }
        let sweep = PropertySweep(seed: UInt64(seed)) { notes.set($0, worker: worker) }
        tally.withLock {
          $0.problems += 1
          $0.candidates += sweep.candidates
          $0.checks += sweep.checks
          $0.broken += sweep.broken
        }
      }
      notes.set("", worker: worker)
    }
    let found = tally.withLock { $0 }
    print(
      "properties: \(found.problems) problems, \(found.candidates) candidates, \(found.checks) checks, "
        + "\(found.broken.count) broken")
    for broken in found.broken { Issue.record("\(broken)") }
  }

  /// The harness finds a wrong candidate, and shrinks the problem to a handful of numbers. (Seeds that are multiples of 3
  /// run without fences, which an overrun would crash on.)
  @Test(arguments: Fault.allCases.filter { $0 != .threads })
  func wrongCandidatesAreFoundAndShrunk(_ fault: Fault) throws {
    let wrong = Registry(Registry.standard.map { mutant(of: $0, fault) })
    let first: Counterexample? = stride(from: UInt64(0), to: 300, by: 3).lazy.compactMap { seed in
      PropertySweep(seed: seed, registry: wrong, others: 0).broken.first { $0.property == Property.definition.name }
    }.first
    let found = try #require(first, "\(fault) was not found")
    #expect(found.trial.problem.nominalFLOPs <= 200, "\(found)")
    #expect("\(found)".contains("candidate mutant-\(fault.rawValue)-"))
    #expect(Property.definition.check(found.trial) != nil)
  }

  @Test func writesPastPackedWeightsAreSeen() throws {
    MemoryGuards.turnOn()
    let buffer = try PackedBuffer(Float.self, count: 16)
    buffer.floats[31] = 1
    #expect(buffer.isIntact)
    let behind = buffer.floats[32]
    buffer.floats[32] = 1
    #expect(!buffer.isIntact)
    // Else it would count as broken when it is freed, which other tests watch.
    buffer.floats[32] = behind
    #expect(buffer.isIntact)
  }

  @Test func shrinkingStopsAtTheSmallestThatFails() throws {
    let problem = try Problem(text: "n2 g2 c12 h9 w11 k10 r3 s3 st2 d2 p2 nhwc:nchw bias relu")
    let smallest = problem.shrunk { $0.width.dilation >= 2 && $0.channelsPerGroup >= 3 }
    #expect("\(smallest)" == "c3 w1 k1 s2 d2 pr2 nhwc")
    #expect(problem.shrunk { _ in false } == problem)
  }
}
