// y[n,k,o] = epilogue( Σ_t Σ_c x[n, c, o·stride + t·dilation − before] · w[k,c,t] ), one product at a time.
// Positions are grouped by their live taps, so padding costs nothing. Register budget: one accumulator.

import AtrousCore
import CAtrousMicrokernel

/// Plain loops: any plain layout, rank, stride and grouping. The floor that every other variant is measured from.
struct DirectScalarVariant: KernelVariant {
  let id: VariantID = "direct-scalar"
  let revision = 2

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.typeRejection ?? problem.plainLayoutRejection
  }

  func rejection(of values: NoTunables, for problem: Problem, on target: Target) -> Rejection? { nil }
  func initial(for problem: Problem, on target: Target) -> NoTunables { NoTunables() }
  func space(for problem: Problem, on target: Target) -> [NoTunables] { [NoTunables()] }

  func cost(of values: NoTunables, for problem: Problem, on target: Target) -> Cost {
    // One FMA a latency of four cycles, where the peak is two vectors a cycle.
    Cost.roofline(
      flops: Double(problem.usefulFLOPs), efficiency: 0.125 / Double(target.isa.lanes),
      bytes: Double(problem.minimumBytes), workspaceBytes: 0, packedWeightsBytes: 4 * problem.weightElements, on: target
    )
  }

  func plan(
    _ values: NoTunables, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    try Body(problem, MicrokernelSet.of(target.isa), weights, bias)
  }

  private struct Body: PlanBody {
    let problem: Problem
    let input: Strides
    let output: Strides
    let groups: LiveGroups
    let weights: PackedBuffer
    let bias: PackedBuffer?
    let kernel: MicrokernelFunction
    let stages: [Int]
    let sharedBytes = 0
    let workerBytes = 0
    var packedWeightsBytes: Int { weights.bytes }

    init(_ problem: Problem, _ set: MicrokernelSet, _ weights: RawSpan, _ bias: RawSpan?) throws(PlanError) {
      self.problem = problem
      input = Strides(inputOf: problem)
      output = Strides(outputOf: problem)
      groups = LiveGroups(problem, tapPitch: problem.channelsPerGroup, slack: 0)
      self.weights = try packFilters(weights, problem, set)
      self.bias = try packBias(bias, filters: problem.filters, slack: 0)
      kernel = set.function(ATROUS_KIND_SCALAR)
      stages = [problem.batch * problem.filters]
    }

    /// A part is one output channel of one image.
    func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
      let (image, filter) = part.quotientAndRemainder(dividingBy: problem.filters)
      let group = filter / problem.filtersPerGroup
      let offset = image * output.image + filter * output.channel
      var epilogue = problem.epilogue.arguments
      epilogue.bias = bias.map { UnsafePointer($0.floats + filter) }
      epilogue.residual = tensors.residual.map { $0.assumingMemoryBound(to: Float.self) + offset }
      var arguments = atrous_scalar_args()
      arguments.x =
        tensors.input.assumingMemoryBound(to: Float.self) + image * input.image
        + group * problem.channelsPerGroup * input.channel
      arguments.x_stride = input.channel
      arguments.w = UnsafePointer(weights.floats + filter * problem.taps * problem.channelsPerGroup)
      arguments.w_stride = 1
      arguments.k = problem.channelsPerGroup
      arguments.y = tensors.output.assumingMemoryBound(to: Float.self) + offset
      withUnsafePointer(to: epilogue) {
        arguments.epilogue = $0
        for live in groups.groups {
          arguments.taps = groups.taps.pointer + live.firstTap
          arguments.tap_count = live.tapCount
          arguments.x_offsets = groups.inputOffsets.pointer + live.first
          arguments.y_offsets = groups.outputOffsets.pointer + live.first
          arguments.count = live.count
          call(kernel, &arguments)
        }
      }
    }
  }
}
