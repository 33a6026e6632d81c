import AtrousCore
import AtrousKernels

extension Resolver {
  /// The candidate to run without any measurement: of the best instruction set that has one, the variant's initial
  /// configuration with the least predicted time, in a tie the earlier in the registry. The reference runs only alone.
  func expected(_ problem: Problem, threads: Int) throws(AtrousError) -> Candidate {
    for isa in InstructionSet.allCases.reversed() where isa <= self.isa {
      if let candidate = cheapest(registry.racing, problem, target(isa, threads: threads)) { return candidate }
    }
    if let candidate = cheapest(registry.variants, problem, target(isa, threads: threads)) { return candidate }
    throw .unsupported(
      problem,
      registry.variants.compactMap { variant in
        variant.rejection(of: problem, on: target(isa, threads: threads)).map { ($0, variant.id) }
      }.map { VariantRejection(variant: $1, rejection: $0) })
  }

  private func cheapest(_ variants: [any KernelVariant], _ problem: Problem, _ target: Target) -> Candidate? {
    var best: (candidate: Candidate, seconds: Double)?
    for variant in variants where variant.rejection(of: problem, on: target) == nil {
      let configuration = variant.initialConfiguration(for: problem, on: target)
      guard let cost = try? variant.cost(of: configuration, for: problem, on: target) else { continue }
      if best.map({ cost.seconds < $0.seconds }) ?? true {
        best = (Candidate(variant: variant.id, isa: target.isa, configuration: configuration), cost.seconds)
      }
    }
    return best?.candidate
  }
}
