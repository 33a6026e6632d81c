// NCHW → NHWC, the wrapped variant, NHWC → NCHW: transposed copies in the workspace, so their time is part of the variant's.

import AtrousCore
import CAtrousMicrokernel

/// A variant that takes NHWC, made to take NCHW in or out too. It keeps the variant's id, settings and error bound.
struct LayoutConverting<Base: KernelVariant>: KernelVariant {
  let base: Base

  init(_ base: Base) { self.base = base }

  var id: VariantID { base.id }
  var revision: Int { base.revision }

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    problem.plainLayoutRejection ?? base.rejection(of: inner(problem), on: target)
  }

  func rejection(of values: Base.Values, for problem: Problem, on target: Target) -> Rejection? {
    base.rejection(of: values, for: inner(problem), on: target)
  }

  func initial(for problem: Problem, on target: Target) -> Base.Values { base.initial(for: inner(problem), on: target) }
  func space(for problem: Problem, on target: Target) -> [Base.Values] { base.space(for: inner(problem), on: target) }

  func errorBound(of values: Base.Values, for problem: Problem) -> Double {
    base.errorBound(of: values, for: inner(problem))
  }

  func cost(of values: Base.Values, for problem: Problem, on target: Target) -> Cost {
    let copies = LayoutCopies(problem)
    var cost = base.cost(of: values, for: inner(problem), on: target)
    cost.workspaceBytes += copies.bytes
    cost.memoryBytes += Double(2 * copies.bytes)
    cost.seconds += Double(2 * copies.bytes) / Cost.copyBytesPerSecond
    return cost
  }

  func plan(
    _ values: Base.Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let body = try base.plan(values, for: inner(problem), on: target, weights: weights, bias: bias)
    let copies = LayoutCopies(problem)
    return copies.bytes == 0 ? body : ConvertedBody(body, copies, target)
  }

  /// The problem in NHWC. Changing the plain layout changes no size, so it stays valid.
  private func inner(_ problem: Problem) -> Problem {
    do throws(ProblemError) {
      return try problem.with(inputLayout: .nhwc, outputLayout: .nhwc)
    } catch {
      return problem
    }
  }
}

/// Which tensors of a problem have to be copied to NHWC, and where the copies stand in the workspace.
private struct LayoutCopies: Sendable {
  let problem: Problem
  let copiesInput: Bool
  let copiesOutput: Bool
  let copiesResidual: Bool

  init(_ problem: Problem) {
    self.problem = problem
    copiesInput = problem.inputLayout == .nchw
    copiesOutput = problem.outputLayout == .nchw
    copiesResidual = copiesOutput && problem.epilogue.add
  }

  var inputBytes: Int { copiesInput ? roundedToLine(problem.inputElements * 4) : 0 }
  var outputBytes: Int { copiesOutput ? roundedToLine(problem.outputElements * 4) : 0 }
  var bytes: Int { inputBytes + outputBytes + (copiesResidual ? outputBytes : 0) }
}

private struct ConvertedBody: PlanBody {
  let body: any PlanBody
  let copies: LayoutCopies
  let transpose: MicrokernelFunction
  let pieces: Int
  let stages: [Int]
  var sharedBytes: Int { copies.bytes + body.sharedBytes }
  var workerBytes: Int { body.workerBytes }
  var packedWeightsBytes: Int { body.packedWeightsBytes }

  init(_ body: any PlanBody, _ copies: LayoutCopies, _ target: Target) {
    self.body = body
    self.copies = copies
    transpose = MicrokernelSet.of(target.isa).function(ATROUS_KIND_TRANSPOSE)
    let batch = copies.problem.batch
    pieces = target.pieces(units: batch, limit: 64)
    stages = [batch * pieces] + body.stages + (copies.copiesOutput ? [batch * pieces] : [])
  }

  /// The first stage converts input and residual, the last the output; those between are the wrapped body's.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let problem = copies.problem
    let input = scratch.shared
    let output = input + copies.inputBytes
    let residual = output + copies.outputBytes
    if stage == 0 {
      if copies.copiesInput {
        toNHWC(part, problem.channels, problem.inputPositions, tensors.input, input)
      }
      if copies.copiesResidual {
        toNHWC(part, problem.filters, problem.outputPositions, tensors.residual!, residual)
      }
    } else if stage <= body.stages.count {
      let inner = Tensors(
        input: copies.copiesInput ? UnsafeRawPointer(input) : tensors.input,
        residual: copies.copiesResidual ? UnsafeRawPointer(residual) : tensors.residual,
        output: copies.copiesOutput ? output : tensors.output)
      let rest = Scratch(shared: scratch.shared + copies.bytes, worker: scratch.worker)
      body.run(stage: stage - 1, part: part, tensors: inner, scratch: rest)
    } else {
      toNCHW(part, problem.filters, problem.outputPositions, output, tensors.output)
    }
  }

  /// A part is a range of the positions of one image.
  private func toNHWC(
    _ part: Int, _ channels: Int, _ positions: Int, _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer
  ) {
    let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
    let range = piece(index, of: pieces, count: positions)
    let offset = image * channels * positions
    var arguments = atrous_transpose_args(
      source: source.assumingMemoryBound(to: Float.self) + offset + range.lowerBound, source_pitch: positions,
      destination: destination.assumingMemoryBound(to: Float.self) + offset + range.lowerBound * channels,
      destination_pitch: channels, rows: channels, columns: range.count)
    call(transpose, &arguments)
  }

  private func toNCHW(
    _ part: Int, _ channels: Int, _ positions: Int, _ source: UnsafeRawPointer, _ destination: UnsafeMutableRawPointer
  ) {
    let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
    let range = piece(index, of: pieces, count: positions)
    let offset = image * channels * positions
    var arguments = atrous_transpose_args(
      source: source.assumingMemoryBound(to: Float.self) + offset + range.lowerBound * channels,
      source_pitch: channels,
      destination: destination.assumingMemoryBound(to: Float.self) + offset + range.lowerBound,
      destination_pitch: positions, rows: range.count, columns: channels)
    call(transpose, &arguments)
  }
}
