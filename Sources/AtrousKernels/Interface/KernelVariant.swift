import AtrousCore

/// A kernel family: what it accepts, what it can tune, what it costs, and how it makes a plan.
///
/// A variant is one file and one line in `Registry.standard`. It is asked by `Configuration` (see the extension);
/// `Values` is the same, typed, for the variant's own file.
public protocol KernelVariant: Sendable {
  associatedtype Values: Tunables

  /// Stable for ever: it stands in databases and tables.
  var id: VariantID { get }

  /// Bumped when a configuration's meaning or speed changes; records of another revision are used, marked stale. Not
  /// for a few problems that become faster: their old times stand until they are tuned anew.
  var revision: Int { get }

  /// Whether it multiplies in another domain than the taps', and so may need fewer multiplications than there are live taps.
  var isTransform: Bool { get }

  /// Why the variant does not apply to the problem on the target; nil where it does.
  func rejection(of problem: Problem, on target: Target) -> Rejection?

  /// Why the values do not fit a problem the variant accepts. Values come from tables, neighbours and other machines:
  /// anything within the parameters' ranges may be asked.
  func rejection(of values: Values, for problem: Problem, on target: Target) -> Rejection?

  /// The values to run without measurement. Constant time; never rejected for an accepted problem.
  func initial(for problem: Problem, on target: Target) -> Values

  /// The values worth racing, from the target's cache sizes: at most 256, `initial` among them, none rejected.
  func space(for problem: Problem, on target: Target) -> [Values]

  /// What the values are expected to cost.
  func cost(of values: Values, for problem: Problem, on target: Target) -> Cost

  /// The largest max|y − ref| / max|ref| of a right plan; verification never allows more than 1e-4.
  func errorBound(of values: Values, for problem: Problem) -> Double

  /// Packs the weights (K × C/g × T × R × S, f32) and fixes everything that execution needs.
  ///
  /// Called with a problem, values and target that were not rejected, and with spans of the right size.
  func plan(
    _ values: Values, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> any PlanBody
}

extension KernelVariant {
  public var revision: Int { 1 }
  public var isTransform: Bool { false }

  /// What sums in f32 reach in any order.
  public func errorBound(of values: Values, for problem: Problem) -> Double { 1e-5 }

  public var parameters: [ParameterDescription] {
    Values.parameters.map { ParameterDescription(key: $0.key, range: $0.range, meaning: $0.meaning) }
  }

  /// Why the configuration does not run: the problem, a key, a range or the fit.
  public func rejection(
    of configuration: Configuration, for problem: Problem, on target: Target
  ) -> Rejection? {
    if let rejection = rejection(of: problem, on: target) { return rejection }
    do throws(Rejection) {
      return rejection(of: try Values(configuration), for: problem, on: target)
    } catch {
      return error
    }
  }

  /// The configuration to run without measurement. Only for accepted problems.
  public func initialConfiguration(for problem: Problem, on target: Target) -> Configuration {
    initial(for: problem, on: target).configuration
  }

  /// The configurations worth racing; empty where the problem is rejected.
  public func configurations(for problem: Problem, on target: Target) -> [Configuration] {
    rejection(of: problem, on: target) == nil ? space(for: problem, on: target).map(\.configuration) : []
  }

  /// The expected cost of a configuration that is not rejected.
  public func cost(
    of configuration: Configuration, for problem: Problem, on target: Target
  ) throws(Rejection) -> Cost {
    if let rejection = rejection(of: configuration, for: problem, on: target) { throw rejection }
    return cost(of: try Values(configuration), for: problem, on: target)
  }

  /// The error bound of a configuration; that of the default values where it is not one of the variant's.
  public func errorBound(of configuration: Configuration, for problem: Problem) -> Double {
    errorBound(of: (try? Values(configuration)) ?? Values(), for: problem)
  }

  /// Makes a plan of a configuration, after every check.
  /// - Throws: `PlanError` for a rejection, spans of the wrong size, or memory that is not there.
  public func makePlan(
    _ configuration: Configuration, for problem: Problem, on target: Target, weights: RawSpan, bias: RawSpan?
  ) throws(PlanError) -> Plan {
    if let rejection = rejection(of: configuration, for: problem, on: target) { throw .rejected(id, rejection) }
    if let rejection = target.executionRejection { throw .rejected(id, rejection) }
    try PlanError.check(weights, bias, problem)
    let values: Values
    do throws(Rejection) { values = try Values(configuration) } catch { throw .rejected(id, error) }
    return Plan(
      problem: problem,
      candidate: Candidate(variant: id, isa: target.isa, configuration: values.configuration),
      target: target,
      body: try plan(values, for: problem, on: target, weights: weights, bias: bias))
  }
}
