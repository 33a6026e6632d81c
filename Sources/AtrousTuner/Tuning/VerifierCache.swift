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

  func verifier(of problem: Problem) throws(PlanError) -> Verifier {
    if let verifier = kept.first(where: { $0.problem == problem }) { return verifier }
    let verifier = try Verifier(problem, generator: generator, isa: isa)
    kept.append(verifier)
    while kept.count > 1, kept.reduce(0, { $0 + $1.byteCount }) > Self.mostBytes { kept.removeFirst() }
    return verifier
  }
}
