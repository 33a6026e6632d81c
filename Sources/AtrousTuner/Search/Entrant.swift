import AtrousCore
import AtrousDatabase
import AtrousKernels

/// A candidate in a search: what is known of it so far.
package final class Entrant {
  package let proposal: Proposal
  var verification: Verification?
  /// nil before the candidate is verified, and after it is out; always nil in a replay.
  var ready: ReadyPlan?
  /// Nanoseconds of one execution, in the order measured; the first is the probe.
  package var samples: [Double] = [] { didSet { level = Self.level(of: samples) } }
  /// The lower quartile of the samples, of up to four the least; infinite without any. Who stays in a race is decided by
  /// it, since what disturbs a sample makes it longer, and never shorter; who wins, by the median; both with the handicap.
  package private(set) var level = Double.infinity
  /// Executions of one sample.
  package var repeats = 1
  package var invalidity = Invalidity.correct
  /// Samples that were taken while something got in the way, by what it was.
  var disturbed: [String: Int] = [:]
  /// Why it failed.
  var reason: String?
  var workspaceBytes: Int
  var packedWeightsBytes: Int
  /// max|y − ref| / max|ref|; nil before the candidate is verified.
  var maxError: Double?

  package init(_ proposal: Proposal) {
    self.proposal = proposal
    workspaceBytes = proposal.cost.workspaceBytes
    packedWeightsBytes = proposal.cost.packedWeightsBytes
  }

  /// What its times are multiplied by before they are held against others': what is large or inexact must be so much faster.
  var handicap: Double {
    proposal.rules.handicap(extraBytes: workspaceBytes + packedWeightsBytes, error: maxError)
  }
  /// What decides who stays in a race, and who wins.
  var standing: Double { handicap * level }
  var score: Double { handicap * median }

  private static func level(of samples: [Double]) -> Double {
    samples.isEmpty ? .infinity : samples.sorted()[(samples.count - 1) / 4]
  }

  package var median: Double { samples.isEmpty ? .infinity : Statistics.median(samples) }
  /// Right, and timed at least once.
  var isTimed: Bool { invalidity == .correct && !samples.isEmpty }
  var isRunning: Bool { ready != nil && invalidity == .correct }
  var variant: VariantID { proposal.candidate.variant }

  /// Seconds of so many more samples, in which the executions that are timed follow one that is not.
  func seconds(of count: Int) -> Double { Double(max(count, 0)) * median * Double(repeats + 1) * 1e-9 }

  /// - Parameter reference: GFLOP/s of the yardstick beside its samples.
  func record(run: String, reference: Double?) -> CandidateRecord {
    CandidateRecord(
      run: run, candidate: proposal.candidate, revision: proposal.variant.revision, times: samples,
      maxError: maxError,
      verification: verification.map { $0.method == .full ? .full : .sampled }, workspaceBytes: workspaceBytes,
      packedWeightsBytes: packedWeightsBytes, invalidity: invalidity,
      reference: reference, disturbed: disturbed)
  }
}

/// A plan with its workspace.
final class ReadyPlan {
  let plan: Plan
  var workspace: Workspace

  init(_ plan: Plan) throws(PlanError) {
    self.plan = plan
    workspace = try plan.makeWorkspace()
  }

  var bytes: Int { workspace.bytes + plan.packedWeightsBytes }
}
