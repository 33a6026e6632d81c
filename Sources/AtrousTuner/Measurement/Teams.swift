import AtrousCore
import AtrousDatabase
import AtrousKernels

/// A team and a yardstick for every number of threads that is asked.
final class Teams {
  private struct Member {
    let team: Team
    let yardstick: Yardstick
    let sampler: Sampler
  }

  private let machine: Machine
  private let isa: InstructionSet
  private let limits: MeasuredProblem.Limits
  private let watch: any InterferenceWatch
  private let counts: [Int]
  private var members: [Int: Member] = [:]

  /// Measures the peak of every team.
  init(_ tuner: Tuner, processors: [Int]) throws(TunerError) {
    machine = tuner.machine
    isa = tuner.isa
    limits = MeasuredProblem.Limits(error: tuner.options.maxError, workspaceBytes: tuner.options.maxWorkspace)
    counts = tuner.options.threads
    watch = tuner.watch ?? SystemWatch(machine: tuner.machine)
    for threads in counts where members[threads] == nil {
      let target = Target(machine: machine, isa: isa, threads: threads)
      let team: Team
      do throws(WorkerPoolError) {
        team = try Team(threads: threads, processors: processors)
      } catch {
        throw .threads(error)
      }
      do throws(PlanError) {
        members[threads] = Member(
          team: team, yardstick: try Yardstick(isa: isa, team: team, clock: tuner.clock, target: target),
          sampler: Sampler(clock: tuner.clock, cache: tuner.options.cache, target: target))
      } catch {
        throw .measurement(error)
      }
    }
  }

  func placement(threads: Int) -> String { members[threads]!.team.placement }

  func measured(_ verifier: Verifier, _ item: TuneItem) -> MeasuredProblem {
    let member = members[item.threads]!
    return MeasuredProblem(
      verifier, machine: machine, team: member.team, sampler: member.sampler, yardstick: member.yardstick,
      watch: watch, limits: limits)
  }

  /// FMA peak of every team, so far.
  var peaks: [Measurement] { ordered.map(\.yardstick.peak) }
  /// What the fixed loops took over all rounds.
  var loops: [Measurement] { ordered.compactMap { $0.yardstick.measurement } }

  private var ordered: [Member] { members.sorted { $0.key < $1.key }.map(\.value) }
}
