// Any layout → the wrapped variant's own → any layout: copies in the workspace, so their time is part of the variant's.

import AtrousCore
import CAtrousMicrokernel

/// A variant made to take every layout in and out. It keeps the variant's id, settings and error bound, and copies nothing
/// where the variant takes the layout itself, or the bytes lie the same in both.
struct LayoutConverting<Base: KernelVariant>: RewritingVariant {
  let base: Base
  /// What the base takes.
  let native: NativeLayouts

  init(_ base: Base, native: NativeLayouts = .channelsLast) {
    self.base = base
    self.native = native
  }

  func inner(_ problem: Problem, on target: Target) -> Problem { native.inner(problem) }

  func errorBound(of values: Base.Values, for problem: Problem) -> Double {
    base.errorBound(of: values, for: native.inner(problem))
  }

  func cost(of values: Base.Values, for problem: Problem, on target: Target) -> Cost {
    let copies = LayoutCopies(problem, inner: native.inner(problem))
    var cost = base.cost(of: values, for: copies.inner, on: target)
    cost.addCopies(bytes: copies.bytes, on: target)
    return cost
  }

  func plan(
    _ values: Base.Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    let copies = LayoutCopies(problem, inner: native.inner(problem))
    let body = try base.plan(values, for: copies.inner, on: target, weights: weights, bias: bias)
    return copies.bytes == 0 ? body : ConvertedBody(body, copies, target)
  }
}

/// Which tensors of a problem have to be copied, and where the copies stand in the workspace.
private struct LayoutCopies: Sendable {
  let problem: Problem
  /// In the base's layouts.
  let inner: Problem
  let copiesInput: Bool
  let copiesOutput: Bool
  let copiesResidual: Bool

  init(_ problem: Problem, inner: Problem) {
    self.problem = problem
    self.inner = inner
    copiesInput = !ActivationOrder.input(of: problem).isSameMemory(as: .input(of: inner))
    copiesOutput = !ActivationOrder.output(of: problem).isSameMemory(as: .output(of: inner))
    copiesResidual = copiesOutput && problem.epilogue.add
  }

  var inputBytes: Int { copiesInput ? roundedToLine(inner.inputElements * 4) : 0 }
  var outputBytes: Int { copiesOutput ? roundedToLine(inner.outputElements * 4) : 0 }
  var bytes: Int { inputBytes + outputBytes + (copiesResidual ? outputBytes : 0) }
}

private struct ConvertedBody: PlanBody {
  let body: any PlanBody
  let copies: LayoutCopies
  let input: LayoutCopy
  let residual: LayoutCopy
  let output: LayoutCopy
  let pieces: Int
  let stages: [Int]
  /// Stages before the wrapped body's: one where input or residual is copied.
  private let before: Int
  var sharedBytes: Int { copies.bytes + body.sharedBytes }
  var workerBytes: Int { body.workerBytes }
  var packedWeightsBytes: Int { body.packedWeightsBytes }

  init(_ body: any PlanBody, _ copies: LayoutCopies, _ target: Target) {
    self.body = body
    self.copies = copies
    let set = MicrokernelSet.of(target.isa)
    let (problem, inner) = (copies.problem, copies.inner)
    input = LayoutCopy(.input(of: problem), to: .input(of: inner), set)
    residual = LayoutCopy(.output(of: problem), to: .output(of: inner), set)
    output = LayoutCopy(.output(of: inner), to: .output(of: problem), set)
    pieces = target.pieces(units: problem.batch, limit: 64)
    let copyStage = [problem.batch * pieces]
    before = copies.copiesInput || copies.copiesResidual ? 1 : 0
    stages = (before == 1 ? copyStage : []) + body.stages + (copies.copiesOutput ? copyStage : [])
  }

  /// The first stage converts input and residual, the last the output; those between are the wrapped body's.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let innerInput = scratch.shared
    let innerOutput = innerInput + copies.inputBytes
    let innerResidual = innerOutput + copies.outputBytes
    if stage < before {
      if copies.copiesInput {
        convert(part, input, copies.problem.inputPositions, tensors.input, innerInput)
      }
      if copies.copiesResidual {
        convert(part, residual, copies.problem.outputPositions, tensors.residual!, innerResidual)
      }
    } else if stage < before + body.stages.count {
      let inner = Tensors(
        input: copies.copiesInput ? UnsafeRawPointer(innerInput) : tensors.input,
        residual: copies.copiesResidual ? UnsafeRawPointer(innerResidual) : tensors.residual,
        output: copies.copiesOutput ? innerOutput : tensors.output)
      let rest = Scratch(shared: scratch.shared + copies.bytes, worker: scratch.worker)
      body.run(stage: stage - before, part: part, tensors: inner, scratch: rest)
    } else {
      convert(part, output, copies.problem.outputPositions, innerOutput, tensors.output)
    }
  }

  /// A part is a range of the positions of one image.
  private func convert(
    _ part: Int, _ copy: LayoutCopy, _ positions: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer
  ) {
    let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
    copy.copy(image: image, positions: piece(index, of: pieces, count: positions), from: from, to: to)
  }
}
