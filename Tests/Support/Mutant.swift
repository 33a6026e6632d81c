import AtrousCore
import AtrousKernels

/// How a mutant is wrong.
public enum Fault: String, CaseIterable, Sendable {
  /// The last column of taps counts for nothing in the first row of taps.
  case tap
  /// The last 3×3 output positions of the last channel are never written.
  case edge
  /// One filter's bias is forgotten.
  case bias
  /// One of the dense subgrids stays zero.
  case phase
  /// One value past the output is written.
  case overrun
  /// A word past the workspace is written.
  case workspace
  /// One output is not a number.
  case nan
  /// The bits depend on the thread count, far below any error bound.
  case threads
}

/// A real variant, made wrong.
public func mutant(of variant: any KernelVariant, _ fault: Fault) -> any KernelVariant {
  func wrap(_ base: some KernelVariant) -> any KernelVariant { Mutant(base: base, fault: fault) }
  return wrap(variant)
}

struct Mutant<Base: KernelVariant>: KernelVariant {
  typealias Values = Base.Values
  let base: Base
  let fault: Fault

  var id: VariantID { VariantID("mutant-\(fault.rawValue)-\(base.id)") }

  func rejection(of problem: Problem, on target: Target) -> Rejection? { base.rejection(of: problem, on: target) }
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection? {
    base.rejection(of: values, for: problem, on: target)
  }
  func initial(for problem: Problem, on target: Target) -> Values { base.initial(for: problem, on: target) }
  func space(for problem: Problem, on target: Target) -> [Values] { base.space(for: problem, on: target) }
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost {
    base.cost(of: values, for: problem, on: target)
  }
  func errorBound(of values: Values, for problem: Problem) -> Double { base.errorBound(of: values, for: problem) }

  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody {
    var weights = weights.floats
    var biases = bias?.floats ?? []
    if fault == .tap {
      for filter in stride(from: problem.width.kernel - 1, to: weights.count, by: problem.taps) { weights[filter] = 0 }
    }
    if fault == .bias, !biases.isEmpty { biases[biases.count / 2] = 0 }
    let body =
      if bias == nil {
        try base.plan(values, for: problem, on: target, weights: weights.span.bytes, bias: nil)
      } else {
        try base.plan(values, for: problem, on: target, weights: weights.span.bytes, bias: biases.span.bytes)
      }
    return MutantBody(base: body, fault: fault, problem: problem, threads: target.threads)
  }
}

struct MutantBody: PlanBody {
  let base: any PlanBody
  let fault: Fault
  let problem: Problem
  let threads: Int

  var stages: [Int] { base.stages }
  var sharedBytes: Int { base.sharedBytes }
  var workerBytes: Int { base.workerBytes }
  var packedWeightsBytes: Int { base.packedWeightsBytes }

  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let output = tensors.output.assumingMemoryBound(to: Float.self)
    let kept = fault == .edge ? edge.map { output[$0] } : []
    base.run(stage: stage, part: part, tensors: tensors, scratch: scratch)
    switch fault {
    case .tap, .bias: break
    case .edge: for (offset, value) in zip(edge, kept) { output[offset] = value }
    case .phase: for offset in phase { output[offset] = 0 }
    case .overrun: output[problem.outputElements] = 0
    case .workspace: pastWorkspace(scratch).storeBytes(of: 0, as: UInt32.self)
    case .nan: output[problem.outputElements / 2] = .nan
    case .threads: output[0] = Float(bitPattern: output[0].bitPattern & ~7 | UInt32(threads))
    }
  }

  /// The last positions of the last filter.
  private var edge: [Int] {
    positions { row, column in row >= problem.height.output - 3 && column >= problem.width.output - 3 }
      .map { offset(filter: problem.filters - 1, position: $0) }
  }

  /// All filters on the second subgrid of each axis.
  private var phase: [Int] {
    positions { row, column in
      row % problem.height.dilation == 1 % problem.height.dilation
        && column % problem.width.dilation == 1 % problem.width.dilation
    }.flatMap { position in (0..<problem.filters).map { offset(filter: $0, position: position) } }
  }

  private func positions(_ contains: (Int, Int) -> Bool) -> [Int] {
    (0..<problem.outputPositions).filter { contains($0 / problem.width.output, $0 % problem.width.output) }
  }

  /// Behind the last thread's scratch, where all shared scratch is before it.
  private func pastWorkspace(_ scratch: Scratch) -> UnsafeMutableRawPointer {
    workerBytes > 0 ? scratch.worker + lines(workerBytes) : scratch.shared + lines(sharedBytes)
  }

  private func lines(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }

  private func offset(filter: Int, position: Int) -> Int {
    problem.outputOrder.offset(image: 0, channel: filter, position: position)
  }
}

extension RawSpan {
  public var floats: [Float] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}
