import AtrousCore
import AtrousDatabase
import AtrousKernels

/// A candidate in a race: what is known of it so far.
final class Entrant {
  let proposal: Proposal
  var verification: Verification?
  /// nil before the candidate is verified, and after it is out.
  var ready: ReadyPlan?
  /// Nanoseconds of one execution, in the order measured; the first is the probe.
  var samples: [Double] = []
  var repeats = 1
  var invalidity = Invalidity.correct
  /// Why it failed.
  var reason: String?
  var workspaceBytes: Int
  var packedWeightsBytes: Int

  init(_ proposal: Proposal) {
    self.proposal = proposal
    workspaceBytes = proposal.cost.workspaceBytes
    packedWeightsBytes = proposal.cost.packedWeightsBytes
  }

  var median: Double { samples.isEmpty ? .infinity : Statistics.median(samples) }
  var isRunning: Bool { ready != nil && invalidity == .correct }
  var variant: VariantID { proposal.candidate.variant }

  func record(run: String) -> CandidateRecord {
    CandidateRecord(
      run: run, candidate: proposal.candidate, revision: proposal.variant.revision, times: samples,
      maxError: verification?.maxError,
      verification: verification.map { $0.method == .full ? .full : .sampled }, workspaceBytes: workspaceBytes,
      packedWeightsBytes: packedWeightsBytes, invalidity: invalidity)
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
