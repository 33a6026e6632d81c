import AtrousCore
import AtrousKernels
import AtrousTuner
import Testing

/// Every shape people run has a choice of kernels, and every refusal a reason.
@Suite struct CoverageTests {
  /// What races with vectors.
  private static let vectorVariants = Registry.shared.racing.filter { $0.id != "direct-scalar" }

  /// Depthwise, grouped and 1×1 problems leave less to choose from.
  private static func least(_ problem: Problem) -> Int { problem.groups > 1 || problem.taps == 1 ? 2 : 3 }

  @Test(arguments: Suites.all.map(\.name), InstructionSet.allCases)
  func everySuiteShapeHasVectorVariants(_ suite: String, _ isa: InstructionSet) throws {
    let target = Target(machine: HostMachine.current, isa: isa)
    for problem in try Suites.named(suite).problems {
      let takers = Self.vectorVariants.filter { $0.rejection(of: problem, on: target) == nil }
      #expect(takers.count >= Self.least(problem), "\(problem) on \(isa.rawValue): \(takers.map(\.id))")
    }
  }

  /// One clause that fits a line: no stop, no line break, and it is not the name of a kind of refusal.
  @Test(arguments: Suites.all.map(\.name)) func everyRefusalHasOneClearReason(_ suite: String) throws {
    let target = Target(machine: HostMachine.current, isa: HostMachine.instructionSet)
    for problem in try Suites.named(suite).problems {
      for variant in Registry.shared.variants {
        guard let reason = variant.rejection(of: problem, on: target)?.reason else { continue }
        #expect((10...110).contains(reason.count), "\(variant.id): \(reason)")
        #expect(!reason.contains("\n") && !reason.hasSuffix("."), "\(variant.id): \(reason)")
      }
    }
  }
}
