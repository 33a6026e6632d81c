import AtrousCore

/// A variant in front of another one, which it hands every problem rewritten. It keeps the other's id, revision and settings.
protocol RewritingVariant: KernelVariant where Values == Base.Values {
  associatedtype Base: KernelVariant

  var base: Base { get }

  /// What the base is asked for; the problem itself where there is nothing to rewrite.
  func inner(_ problem: Problem, on target: Target) -> Problem
}

extension RewritingVariant {
  var id: VariantID { base.id }
  var revision: Int { base.revision }
  var isTransform: Bool { base.isTransform }

  func rejection(of problem: Problem, on target: Target) -> Rejection? {
    // Sizes the arithmetic of a rewriting could not hold are refused first.
    problem.typeRejection ?? base.rejection(of: inner(problem, on: target), on: target)
  }

  func rejection(of values: Base.Values, for problem: Problem, on target: Target) -> Rejection? {
    base.rejection(of: values, for: inner(problem, on: target), on: target)
  }

  func initial(for problem: Problem, on target: Target) -> Base.Values {
    base.initial(for: inner(problem, on: target), on: target)
  }

  func space(for problem: Problem, on target: Target) -> [Base.Values] {
    base.space(for: inner(problem, on: target), on: target)
  }
}
