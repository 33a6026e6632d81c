import AtrousCore
import AtrousDatabase
import AtrousKernels

/// A team and a yardstick for every number of threads that is asked, in every placement.
final class Teams {
  private struct Kind: Hashable {
    let threads: Int
    let placement: Placement
  }

  private struct Member {
    let team: Team
    let yardstick: Yardstick
    let sampler: Sampler
  }

  private let machine: Machine
  private let isa: InstructionSet
  private let limits: MeasuredProblem.Limits
  private let watch: any InterferenceWatch
  private var members: [Kind: Member] = [:]

  /// Measures the peak of every team.
  init(_ tuner: Tuner, processors: [Int]) throws(TunerError) {
    machine = tuner.machine
    isa = tuner.isa
    limits = MeasuredProblem.Limits(error: tuner.options.maxError, workspaceBytes: tuner.options.maxWorkspace)
    watch = tuner.watch ?? SystemWatch(machine: tuner.machine)
    for threads in Set(tuner.options.threads).sorted() {
      for placement in processors.isEmpty ? [.compact] : tuner.placements(threads) {
        let order = placement == .spread ? tuner.spread : processors
        members[Kind(threads: threads, placement: placement)] = try member(tuner, threads, placement, order)
      }
    }
  }

  private func member(
    _ tuner: Tuner, _ threads: Int, _ placement: Placement, _ processors: [Int]
  ) throws(TunerError) -> Member {
    let target = Target(machine: machine, isa: isa, threads: threads)
    let team: Team
    do throws(WorkerPoolError) {
      team = try Team(threads: threads, processors: processors, placement: placement)
    } catch {
      throw .threads(error)
    }
    do throws(PlanError) {
      return Member(
        team: team, yardstick: try Yardstick(isa: isa, team: team, clock: tuner.clock, target: target),
        sampler: Sampler(clock: tuner.clock, cache: tuner.options.cache, target: target))
    } catch {
      throw .measurement(error)
    }
  }

  /// The item's; all threads are free where the system does not let the caller be pinned.
  private func member(_ item: TuneItem) -> Member {
    members[Kind(threads: item.threads, placement: item.placement)]
      ?? members[Kind(threads: item.threads, placement: .compact)]!
  }

  func placement(_ item: TuneItem) -> String { member(item).team.placement }

  func measured(_ verifier: Verifier, _ item: TuneItem) -> MeasuredProblem {
    let member = member(item)
    return MeasuredProblem(
      verifier, machine: machine, team: member.team, sampler: member.sampler, yardstick: member.yardstick,
      watch: watch, limits: limits)
  }

  /// FMA peak of every team, so far.
  var peaks: [Measurement] { ordered.map(\.yardstick.peak) }
  /// What the rounds tell of the machine: the fixed loop's times, and round trips between cores.
  var rounds: [Measurement] { ordered.flatMap { $0.yardstick.measurements } }

  private var ordered: [Member] {
    members.sorted { ($0.key.threads, $0.key.placement.rawValue) < ($1.key.threads, $1.key.placement.rawValue) }.map(
      \.value)
  }
}
