import AtrousCore
import AtrousDatabase
import AtrousKernels

/// One problem on one team of threads: makes, verifies and times entrants.
final class MeasuredProblem {
  let verifier: Verifier
  let team: Team
  let sampler: Sampler
  let yardstick: Yardstick?
  let limits: Limits
  private let machine: Machine
  private let output: GuardedBuffer

  /// What a candidate may not pass.
  struct Limits {
    /// max|y − ref| / max|ref|
    var error: Double?
    var workspaceBytes: Int?
  }

  init(
    _ verifier: Verifier, machine: Machine, team: Team, sampler: Sampler, yardstick: Yardstick? = nil,
    limits: Limits = Limits()
  ) {
    self.verifier = verifier
    self.machine = machine
    self.team = team
    self.sampler = sampler
    self.yardstick = yardstick
    self.limits = limits
    output = GuardedBuffer("output", count: verifier.problem.outputElements)
  }

  var clock: any NanosecondClock { sampler.clock }

  /// Makes the plan, verifies it, and takes the first sample: the probe. What fails is out.
  func probe(_ entrant: Entrant) {
    if let most = limits.workspaceBytes, entrant.proposal.cost.workspaceBytes > most {
      entrant.invalidity = .constraints
      return
    }
    let variant = entrant.proposal.variant
    let candidate = entrant.proposal.candidate
    let target = Target(machine: machine, isa: candidate.isa, threads: team.threads)
    do throws(PlanError) {
      let plan = try verifier.data.makePlan(
        variant, candidate.configuration, epilogue: verifier.problem.epilogue, on: target)
      entrant.workspaceBytes = plan.workspaceBytes
      entrant.packedWeightsBytes = plan.packedWeightsBytes
      if let most = limits.workspaceBytes, plan.workspaceBytes > most {
        entrant.invalidity = .constraints
        return
      }
      let start = clock.nanoseconds
      let verification = try verifier.verify(
        plan, of: variant, epilogues: wantsBoth(entrant) ? .offAndOn : .own, pool: team.pool)
      entrant.verification = verification
      if let failure = verification.failure {
        entrant.invalidity = .correctness
        entrant.reason = failure.description
        return
      }
      if let most = limits.error, verification.maxError > most {
        entrant.invalidity = .constraints
        return
      }
      entrant.ready = try ReadyPlan(plan)
      let first = Double(clock.nanoseconds - start)
      entrant.repeats = sampler.repeats(for: min(first, entrant.proposal.cost.seconds * 1e9))
      sample(entrant)
      entrant.repeats = sampler.repeats(for: entrant.samples[0])
    } catch {
      entrant.invalidity = .runtime
      entrant.reason = error.description
    }
  }

  /// Takes one more sample.
  func sample(_ entrant: Entrant) {
    guard let ready = entrant.ready else { return }
    let nanoseconds = sampler.sample(repeats: entrant.repeats) {
      verifier.data.execute(ready.plan, to: output.raw, workspace: &ready.workspace, pool: team.pool)
    }
    entrant.samples.append(nanoseconds)
  }

  /// A second plan for another epilogue is worth its time for a variant's first configuration, and on small problems; and
  /// where samples are compared, since their sums can only be told without an activation.
  private func wantsBoth(_ entrant: Entrant) -> Bool {
    let needsSums = verifier.method == .sampled && verifier.problem.epilogue.activation != .none
    return needsSums || entrant.proposal.isInitial || verifier.problem.nominalFLOPs <= 1_000_000_000
  }
}
