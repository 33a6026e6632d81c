import AtrousCore
import AtrousKernels
import AtrousTuner
import Testing

private let machine = HostMachine.current
private let isa = HostMachine.current.bestInstructionSet

private func driver(_ variants: [any KernelVariant], only: [VariantID]? = nil) -> VerifyDriver {
  var options = VerifyOptions()
  options.variants = only
  options.maxCandidates = 4
  return VerifyDriver(registry: Registry(variants), machine: machine, isa: isa, options: options)
}

@Suite struct VerifierTests {
  private static let problems: [Problem] = try! [
    "c19 h13 w17 k24 r3 s3 d2 psame nhwc bias", "c19 h13 w17 k24 r3 s3 d2 psame nchw bias",
    "g24 c24 h13 w17 k24 r3 s3 d2 psame nhwc bias",
  ].map { try Problem(text: $0) }

  @Test(arguments: problems) func realVariantsPass(problem: Problem) throws {
    let report = try driver(Registry.standard).run([problem])
    #expect(report.candidates >= 3)
    #expect(report.failures.isEmpty, "\(report.failures.map { "\($0.candidate): \($0.verification)" })")
  }

  @Test(arguments: Fault.allCases.filter { $0 != .threads }, problems)
  func mutantsFail(fault: Fault, problem: Problem) throws {
    let mutants = Registry.standard.map { mutant(of: $0, fault) }
    let report = try driver(Registry.standard + mutants, only: mutants.map(\.id)).run([problem])
    #expect(report.candidates >= 2)
    #expect(report.rows.allSatisfy { $0.failed == $0.verified }, "\(fault)")
    for failure in report.failures { #expect(isExpected(failure.verification.failure!, of: fault), "\(failure)") }
  }

  private func isExpected(_ failure: VerificationFailure, of fault: Fault) -> Bool {
    switch (fault, failure) {
    case (.tap, .error), (.bias, .error), (.phase, .error), (.edge, .notWritten), (.nan, .notFinite): true
    case (.overrun, .guardOverwritten(buffer: "output", _)): true
    default: false
    }
  }

  @Test(arguments: [Fault.tap, .edge, .bias, .phase]) func sampledVerificationFindsMutants(fault: Fault) throws {
    let problem = try Problem(text: "c16 h40 w40 k130 r3 s3 d2 psame nhwc bias relu")
    let target = Target(machine: machine, isa: isa)
    let verifier = try Verifier(problem, isa: isa, method: .sampled)
    let variant = Registry.shared["direct-nhwc"]!
    let initial = variant.initialConfiguration(for: problem, on: target)
    let right = verifier.verify(variant, initial, on: target, epilogues: .offAndOn)
    #expect(right.passed, "\(right)")
    #expect(right.method == .sampled)
    let wrong = verifier.verify(mutant(of: variant, fault), initial, on: target, epilogues: .offAndOn)
    #expect(!wrong.passed)
  }

  @Test func aFailureSaysWhere() throws {
    let problem = try Problem(text: "c4 h6 w6 k8 r3 s3 psame nhwc")
    let report = try driver([mutant(of: Registry.shared["direct-nhwc"]!, .edge)]).run([problem])
    let failure = try #require(report.failures.first?.verification.failure)
    #expect("\(failure)".hasPrefix("at n0 k7 z0 p3 q3 nothing was written"))
  }

  @Test func largeProblemsAreLeftOutOnRequest() throws {
    var driver = driver(Registry.standard)
    driver.options.maxGFLOP = 0.001
    let problems = try ["c8 h8 w8 k8 r3 s3 psame nhwc", "c64 h64 w64 k64 r3 s3 psame nhwc"].map {
      try Problem(text: $0)
    }
    let report = try driver.run(problems)
    #expect(report.problems == 1 && report.skipped == 1)
  }
}
