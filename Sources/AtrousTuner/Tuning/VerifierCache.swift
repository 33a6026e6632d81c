import AtrousCore
import AtrousKernels

/// References that were computed already, up to a number of bytes; the oldest go first.
final class VerifierCache {
  private static let mostBytes = 2 << 30

  private let generator: DataGenerator
  private let isa: InstructionSet
  private var kept: [Verifier] = []

  init(generator: DataGenerator, isa: InstructionSet) {
    self.generator = generator
    self.isa = isa
  }

  /// - Parameter seconds: problems whose whole reference is expected to take longer are verified by samples.
  func verifier(of problem: Problem, within seconds: Double) throws(PlanError) -> Verifier {
    if let verifier = kept.first(where: { $0.problem == problem }) { return verifier }
    let isLong = Expectation(problem).reference > seconds
    let verifier = try Verifier(problem, generator: generator, isa: isa, method: isLong ? .sampled : nil)
    kept.append(verifier)
    while kept.count > 1, kept.reduce(0, { $0 + $1.byteCount }) > Self.mostBytes { kept.removeFirst() }
    return verifier
  }
}
