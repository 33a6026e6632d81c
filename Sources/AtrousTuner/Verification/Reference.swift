import AtrousCore
import AtrousKernels

/// What a problem's outputs should be, in Float64 and before the epilogue, so that every epilogue is held against one
/// computation.
final class Reference: Sendable {
  /// All sums, in the output's layout.
  let sums: [Double]?
  /// Instead of all sums, where the problem is large.
  let sample: ReferenceSample?

  var method: VerificationMethod { sums != nil ? .full : .sampled }
  var byteCount: Int { (sums?.count ?? 0) * 8 + (sample?.byteCount ?? 0) }

  init(_ data: ProblemData, isa: InstructionSet, method: VerificationMethod) throws(PlanError) {
    switch method {
    case .full:
      sums = try Self.compute(
        data.problem, input: data.input.floats, weights: data.weights.bytes.bytes, isa: isa)
      sample = nil
    case .sampled:
      sums = nil
      sample = try ReferenceSample(data, isa: isa)
    }
  }

  /// The raw sums of a problem, whatever its epilogue.
  static func compute(
    _ problem: Problem, input: UnsafePointer<Float>, weights: RawSpan, isa: InstructionSet
  ) throws(PlanError) -> [Double] {
    let reference = try ReferenceConvolution(problem.withoutEpilogue, isa: isa, weights: weights, bias: nil)
    return [Double](unsafeUninitializedCapacity: problem.outputElements) { buffer, count in
      buffer.initialize(repeating: 0)
      reference.compute(input: input, output: buffer.baseAddress!)
      count = buffer.count
    }
  }

  /// Holds the output of `problem` (the data's, with some epilogue) against the reference.
  func compare(_ output: UnsafePointer<Float>, _ problem: Problem, _ data: ProblemData, bound: Double) -> Compared {
    let epilogue = Epilogue64(problem.epilogue, data)
    let order = ActivationOrder.output(of: problem)
    let unusable = firstUnusable(output, problem) { offset in
      let filter = order.place(ofElement: offset).channel
      return sums.map { epilogue.activate(epilogue.beforeActivation($0[offset], filter: filter, offset: offset)) }
    }
    if let unusable { return Compared(error: .infinity, failure: unusable) }
    if let sums {
      let comparison = compareAll(output, sums, order, epilogue)
      return Compared(error: comparison.error, failure: comparison.failure(over: bound, problem))
    }
    return sample!.compare(output, problem, epilogue, bound: bound)
  }

  private func compareAll(
    _ output: UnsafePointer<Float>, _ sums: [Double], _ order: ActivationOrder, _ epilogue: Epilogue64
  ) -> Comparison {
    var comparison = Comparison()
    for image in 0..<order.batch {
      for first in stride(from: 0, to: order.channels, by: order.block) {
        var offset = order.offset(image: image, channel: first, position: 0)
        let valid = min(order.block, order.channels - first)
        for position in 0..<order.positions {
          for lane in 0..<valid {
            let before = epilogue.beforeActivation(sums[offset + lane], filter: first + lane, offset: offset + lane)
            comparison.add(
              output[offset + lane], epilogue.activate(before), beforeActivation: before, image: image,
              filter: first + lane, position: position)
          }
          offset += order.block
        }
      }
    }
    return comparison
  }
}

/// The error found, and what is wrong if it is too large.
struct Compared {
  var error: Double
  var failure: VerificationFailure?
}

extension Problem {
  /// Every problem without its epilogue is a problem.
  var withoutEpilogue: Problem { (try? with(epilogue: .none)) ?? self }
}
