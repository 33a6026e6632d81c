import AtrousCore
import AtrousKernels

/// The properties on one random problem: every variant that takes it, on every instruction set of this machine.
public struct PropertySweep: Sendable {
  public private(set) var candidates = 0
  public private(set) var checks = 0
  public private(set) var broken: [Counterexample] = []

  /// Each variant's initial configuration and `others` more are held against the definition, and the initial one also
  /// against one of the metamorphic properties, which take turns from seed to seed.
  public init(
    seed: UInt64, registry: Registry = .shared, variants: [VariantID]? = nil, others: Int = 2,
    noting note: (String) -> Void = { _ in }
  ) {
    let best = HostMachine.current.bestInstructionSet
    let target = Target(machine: HostMachine.current, isa: best)
    var problems = AdversarialProblems(seed: seed, registry: registry, target: target)
    let problem = problems.next()
    var random = SplitMix64(seed: seed)
    for isa in InstructionSet.allCases where isa <= best {
      let target = Target(machine: HostMachine.current, isa: isa)
      for variant in registry.variants where variants?.contains(variant.id) ?? true {
        if variant.rejection(of: problem, on: target) != nil { continue }
        let initial = variant.initialConfiguration(for: problem, on: target)
        let space = variant.configurations(for: problem, on: target).filter { $0 != initial }.shuffled(using: &random)
        for configuration in [initial] + space.prefix(others) {
          let trial = Trial(problem, variant, configuration, isa: isa, seed: seed)
          note("seed \(seed), \(problem): \(trial.candidate)")
          candidates += 1
          check(.definition, trial)
          if configuration == initial {
            check(Property.metamorphic[Int(seed % UInt64(Property.metamorphic.count))], trial)
          }
        }
      }
    }
  }

  private mutating func check(_ property: Property, _ trial: Trial) {
    checks += 1
    guard let fault = property.check(trial) else { return }
    let found = Counterexample(property: property.name, trial: trial, original: trial.problem, fault: fault)
    broken.append(property.shrink(trial) ?? found)
  }
}
