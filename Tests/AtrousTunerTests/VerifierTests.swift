import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTestSupport
import AtrousTuner
import Foundation
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
    "g24 c24 h13 w17 k24 r3 s3 d2 psame nhwc bias", "c19 h13 w17 k24 r3 s3 d2 psame nchw16c bias",
  ].map { try Problem(text: $0) }

  @Test(arguments: problems) func realVariantsPass(problem: Problem) throws {
    let report = try driver(Registry.standard).run([problem])
    #expect(report.verified >= 3)
    #expect(report.failures.isEmpty, "\(report.failures.map { "\($0.candidate): \($0.verification)" })")
  }

  @Test(arguments: Fault.allCases.filter { $0 != .threads }, problems)
  func mutantsFail(fault: Fault, problem: Problem) throws {
    let mutants = Registry.standard.map { mutant(of: $0, fault) }
    let report = try driver(Registry.standard + mutants, only: mutants.map(\.id)).run([problem])
    #expect(report.verified >= 2)
    #expect(report.failures.count == report.verified, "\(fault)")
    for failure in report.failures { #expect(isExpected(failure.verification.failure!, of: fault), "\(failure)") }
  }

  private func isExpected(_ failure: VerificationFailure, of fault: Fault) -> Bool {
    switch (fault, failure) {
    case (.tap, .error), (.bias, .error), (.phase, .error), (.edge, .notWritten), (.nan, .notFinite): true
    case (.overrun, .guardOverwritten(buffer: "output", _)): true
    case (.workspace, .guardOverwritten(buffer: "workspace", _)): true
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

  @Test func ofLargeProblemsOneCandidateATileIsVerified() throws {
    var driver = driver(Registry.standard)
    driver.options.maxCandidates = nil
    driver.options.maxGFLOP = 0.0001
    driver.options.large = .tiles
    let problem = try Problem(text: "c19 h13 w17 k24 r3 s3 d2 psame nhwc")
    let target = Target(machine: machine, isa: isa)
    let proposals = Registry.shared.proposals(for: problem, on: target, from: Registry.standard)
    let favourite = try #require(proposals.last { $0.candidate.variant == "winograd" && !$0.isInitial }).candidate
    driver.options.favourites = [problem: [favourite]]
    let report = try driver.run([problem])
    #expect(report.reduced == 1 && report.passed)
    let verified = Set(report.candidates.list.map(\.candidate))
    #expect(verified.count < proposals.count && verified.contains(favourite))
    #expect(proposals.filter(\.isInitial).allSatisfy { verified.contains($0.candidate) })
    let tiles = proposals.map { "\($0.candidate.variant) \($0.candidate.configuration.tile)" }
    #expect(Set(verified.map { "\($0.variant) \($0.configuration.tile)" }) == Set(tiles))
  }

  /// What a run found right is not verified again, what it found wrong is, and a torn last line is no harm.
  @Test func aJournalIsGoneOnWith() throws {
    let path = FileManager.default.temporaryDirectory.path + "/verify-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let problem = try Problem(text: "c4 h6 w6 k8 r3 s3 psame nhwc")
    let right = Registry.shared["direct-nhwc"]!
    let both = driver([right, mutant(of: right, .edge)])
    let first = try both.run([problem], journal: try VerifyJournal(path: path, build: "a"))
    #expect(first.resumed == 0 && !first.passed)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"build\":\"a\",".utf8))
    let again = try both.run([problem], journal: try VerifyJournal(path: path, build: "a"))
    #expect(again.verified == first.verified && again.failures.count == first.failures.count)
    #expect(again.resumed == first.verified - first.failures.count)
    let journal = try VerifyJournal(path: path, build: "b")
    #expect(try driver([right]).run([problem], journal: journal).resumed == 0)
    #expect(journal.ignored == first.verified + first.failures.count)
    #expect(throws: DatabaseError.self) { try VerifyJournal(path: path, build: "b") }
  }
}
