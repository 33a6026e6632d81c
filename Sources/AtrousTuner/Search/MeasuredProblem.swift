import AtrousCore
import AtrousDatabase
import AtrousKernels

/// One problem on one team of threads: makes, verifies and times entrants.
final class MeasuredProblem: SampleSource {
  let verifier: Verifier
  let team: Team
  let sampler: Sampler
  let yardstick: Yardstick?
  let limits: Limits
  private let watch: any InterferenceWatch
  private let machine: Machine
  /// Samples of the yardstick before this problem.
  private let firstReference: Int
  private var lastReference = 0.0
  private var rounds = 0
  private var roundsAgain = 0
  private let output: GuardedBuffer

  /// What a candidate may not pass.
  struct Limits {
    /// max|y − ref| / max|ref|
    var error: Double?
    var workspaceBytes: Int?
  }

  init(
    _ verifier: Verifier, machine: Machine, team: Team, sampler: Sampler, yardstick: Yardstick? = nil,
    watch: any InterferenceWatch, limits: Limits = Limits()
  ) {
    self.verifier = verifier
    self.machine = machine
    self.team = team
    self.sampler = sampler
    self.yardstick = yardstick
    self.limits = limits
    self.watch = watch
    firstReference = yardstick?.samples.count ?? 0
    output = GuardedBuffer("output", count: verifier.problem.outputElements)
  }

  var clock: any NanosecondClock { sampler.clock }
  var seconds: Double { clock.seconds }
  /// GFLOP/s of the yardstick beside this problem's samples.
  var reference: Double? { yardstick?.rate(from: firstReference) }

  /// Makes the plan, verifies it, and takes the first sample: the probe. What fails is out.
  func probe(_ entrant: Entrant, cutoff: Double) {
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
      entrant.maxError = verification.maxError
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
      if clock.seconds - lastReference > Self.referenceSeconds { sampleReference() }
      sampleUndisturbed(entrant, cutoff: cutoff)
      entrant.repeats = sampler.repeats(for: entrant.samples[0])
    } catch {
      entrant.invalidity = .runtime
      entrant.reason = error.description
    }
  }

  /// The yardstick is sampled in every round, and between probes after so many seconds.
  private static let referenceSeconds = 0.02
  private static let probeAttempts = 3

  /// Samples the yardstick, then each; what was disturbed is taken once again, as long as such rounds are few; else the
  /// samples are marked.
  func round(_ entrants: [Entrant], stops: () -> Bool) -> Bool {
    guard !entrants.isEmpty else { return true }
    while true {
      rounds += 1
      yardstick?.sampleRoundTrip()
      let before = watch.reading()
      let isDrift = sampleReference()
      var taken: [Entrant] = []
      for entrant in entrants where !stops() {
        sample(entrant)
        taken.append(entrant)
      }
      let seen = Interference.between(before, watch.reading()).union(isDrift ? [.drift] : [])
      let isWhole = taken.count == entrants.count
      if !seen.isEmpty && isWhole && 4 * roundsAgain <= rounds && !stops() {
        roundsAgain += 1
        taken.forEach { $0.samples.removeLast() }
        continue
      }
      for entrant in taken {
        for cause in seen { entrant.disturbed[cause.rawValue, default: 0] += 1 }
      }
      return isWhole
    }
  }

  /// One sample decides whether an entrant stays, so one that was disturbed is taken again.
  private func sampleUndisturbed(_ entrant: Entrant, cutoff: Double) {
    for attempt in 1...Self.probeAttempts {
      let before = watch.reading()
      sample(entrant, cutoff: cutoff)
      let seen = Interference.between(before, watch.reading())
      if seen.isEmpty { return }
      if attempt < Self.probeAttempts {
        entrant.samples.removeLast()
      } else {
        for cause in seen { entrant.disturbed[cause.rawValue, default: 0] += 1 }
      }
    }
  }

  @discardableResult
  private func sampleReference() -> Bool {
    let isDrift = yardstick?.sample() ?? false
    lastReference = clock.seconds
    return isDrift
  }

  /// Takes one more sample.
  func sample(_ entrant: Entrant) { sample(entrant, cutoff: .infinity) }

  private func sample(_ entrant: Entrant, cutoff: Double) {
    guard let ready = entrant.ready else { return }
    let nanoseconds = sampler.sample(repeats: entrant.repeats, cutoff: cutoff) {
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
