// y = epilogue( Σ x·w ) in Float64, rounded once: the reference tile and a rounding pass.
// Register budget: see Reference.swift of the microkernels.

import AtrousCore
import CAtrousMicrokernel

/// The Float64 reference behind the variants' interface: it takes everything this build accepts, and is never raced.
struct ReferenceVariant: KernelVariant {
  let id: VariantID = "reference"

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.typeRejection ?? problem.plainLayoutRejection
  }

  func rejection(of values: NoTunables, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> NoTunables { NoTunables() }
  func space(for problem: Problem, on target: Target) -> [NoTunables] { [NoTunables()] }

  func cost(of values: NoTunables, for problem: Problem, on target: Target) -> Cost {
    let columns = Int(ATROUS_REFERENCE_COLUMNS)
    let filters = (problem.filtersPerGroup + columns - 1) / columns * columns
    return Cost.roofline(
      flops: Double(problem.usefulFLOPs) / Double(problem.filtersPerGroup) * Double(filters),
      efficiency: 0.1, bytes: Double(problem.minimumBytes), workspaceBytes: problem.outputElements * 8,
      packedWeightsBytes: 8 * filters * problem.groups * problem.channelsPerGroup * problem.taps, on: target)
  }

  func plan(
    _ values: NoTunables, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let set = MicrokernelSet.of(target.isa)
    return Body(
      reference: try ReferenceConvolution(checked: problem, set, weights, bias),
      round: set.function(ATROUS_KIND_ROUND))
  }

  private struct Body: PlanBody {
    let reference: ReferenceConvolution
    let round: MicrokernelFunction

    var stages: [Int]
    var sharedBytes: Int { reference.problem.outputElements * 8 }
    var workerBytes: Int { 0 }
    var packedWeightsBytes: Int { reference.packedWeightsBytes }

    init(reference: ReferenceConvolution, round: @escaping MicrokernelFunction) {
      self.reference = reference
      self.round = round
      stages = [reference.slices, 1]
    }

    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let sums = scratch.shared.assumingMemoryBound(to: Double.self)
      if stage == 0 {
        reference.compute(
          slice: part, input: tensors.input.assumingMemoryBound(to: Float.self),
          residual: tensors.residual?.assumingMemoryBound(to: Float.self), output: sums)
      } else {
        var arguments = atrous_round_args(
          source: sums, destination: tensors.output.assumingMemoryBound(to: Float.self),
          count: reference.problem.outputElements)
        call(round, &arguments)
      }
    }
  }
}
