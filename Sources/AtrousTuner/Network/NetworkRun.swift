import Atrous
import AtrousDatabase

/// One layer as it ran. Times are nanoseconds of one execution, a sample a round.
public struct NetworkLayerReport: Sendable {
  public let layer: Network.Layer
  /// What the tables name, and what the cost model alone would.
  public let tuned: Resolution
  public let untuned: Resolution
  public internal(set) var tunedTimes: [Double] = []
  public internal(set) var untunedTimes: [Double] = []
  public internal(set) var referenceTimes: [Double] = []
}

/// A network as it ran, with identity initialisation, on a non-negative input.
public struct NetworkReport: Sendable {
  public let name: String
  /// Of the tensors between the layers.
  public let layout: Layout
  public let layers: [NetworkLayerReport]
  /// max|output − input| / max|input|: rounding only, if every layer is right; infinite where not all layers ran.
  public let identityError: Double
  /// Stopped before the end; the layers are those that were measured.
  public let isCancelled: Bool
  public let threads: Int
  public let placement: String

  public var tunedNanoseconds: Double { total(\.tunedTimes) }
  public var untunedNanoseconds: Double { total(\.untunedTimes) }
  public var referenceNanoseconds: Double { total(\.referenceTimes) }

  private func total(_ times: KeyPath<NetworkLayerReport, [Double]>) -> Double {
    layers.reduce(0) { $0 + Statistics.median($1[keyPath: times]) }
  }
}

extension Network {
  /// Runs the layers in order through dispatch, and times each as tuned, as untuned and as the reference, in turn.
  ///
  /// - Parameters:
  ///   - resolver: with the tables of what was tuned.
  ///   - processors: where threads are pinned; too few leave them free.
  ///   - rounds: samples of each, at least 1; the reference stops after about a second.
  ///   - cancellation: ends the run after the sample being taken.
  /// - Throws: `NetworkError`.
  public func run(
    resolver: Resolver = .shared, threads: Int = 1, processors: [Int] = [], rounds: Int = 20,
    clock: any NanosecondClock = MonotonicClock(), cancellation: CancellationFlag? = nil
  ) throws(NetworkError) -> NetworkReport {
    let pin = CallerPin(processors.first)
    defer { withExtendedLifetime(pin) {} }
    let team: Team
    do throws(WorkerPoolError) {
      team = try Team(threads: threads, processors: pin == nil ? [] : processors)
    } catch {
      throw .threads(error)
    }
    let timer = LayerTimer(
      resolver: resolver, team: team, rounds: max(rounds, 1), clock: clock, cancellation: cancellation)
    let order = ActivationOrder.input(of: layers[0].problem)
    let input = GuardedBuffer("input", count: order.elements)
    DataGenerator().fill(input.floats, of: order, with: .input)
    for index in 0..<input.count { input.floats[index] = input.floats[index].magnitude }
    var activation = input
    var reports: [NetworkLayerReport] = []
    for layer in layers {
      let output = GuardedBuffer(layer.name, count: layer.problem.outputElements)
      guard let report = try timer.run(layer, weights: identityWeights(of: layer), from: activation, to: output) else {
        break
      }
      reports.append(report)
      activation = output
    }
    return NetworkReport(
      name: name, layout: layout, layers: reports,
      identityError: reports.count == layers.count ? Self.difference(activation, input) : .infinity,
      isCancelled: reports.count < layers.count, threads: threads, placement: team.placement)
  }

  /// Infinite where the network's output has another size than its input.
  private static func difference(_ output: GuardedBuffer, _ input: GuardedBuffer) -> Double {
    guard output.count == input.count else { return .infinity }
    var (difference, scale) = (0.0, 0.0)
    for index in 0..<input.count {
      let (got, expected) = (Double(output.floats[index]), Double(input.floats[index]))
      difference = got.isNaN ? .infinity : max(difference, abs(got - expected))
      scale = max(scale, abs(expected))
    }
    return difference == 0 ? 0 : difference / scale
  }
}

/// Runs one layer three ways.
private struct LayerTimer {
  let resolver: Resolver
  let team: Team
  let rounds: Int
  let sampler: Sampler
  let cancellation: CancellationFlag?

  init(
    resolver: Resolver, team: Team, rounds: Int, clock: any NanosecondClock, cancellation: CancellationFlag?
  ) {
    self.cancellation = cancellation
    self.resolver = resolver
    self.team = team
    self.rounds = rounds
    sampler = Sampler(
      clock: clock, cache: .warm, target: resolver.target(resolver.isa, threads: team.threads))
  }

  /// nil where it was stopped.
  func run(
    _ layer: Network.Layer, weights: [Float], from input: GuardedBuffer, to output: GuardedBuffer
  ) throws(NetworkError) -> NetworkLayerReport? {
    let bias = layer.problem.epilogue.bias ? [Float](repeating: 0, count: layer.problem.filters) : nil
    let costModel = Resolver(
      tables: TableStack([]), machine: resolver.machine, isa: resolver.isa, registry: resolver.registry)
    let tuned = try convolution(layer, weights, bias, resolver)
    let untuned = try convolution(layer, weights, bias, costModel)
    let contestants = [
      try contestant(untuned.plan, input, output), try contestant(reference(layer, weights, bias), input, output),
      try contestant(tuned.plan, input, output),
    ]
    guard let times = sample(contestants) else { return nil }
    // The tuned plan's output goes on to the next layer.
    contestants[2].execute()
    return NetworkLayerReport(
      layer: layer, tuned: tuned.resolution, untuned: untuned.resolution, tunedTimes: times[2],
      untunedTimes: times[0], referenceTimes: times[1])
  }

  /// A sample of each in every round, beginning with another one each time; nil where it was stopped.
  private func sample(_ contestants: [LayerContestant]) -> [[Double]]? {
    var times = [[Double]](repeating: [], count: contestants.count)
    let repeats = contestants.map { contestant in sampler.repeats(for: sampler.sample(repeats: 1, contestant.execute)) }
    for round in 0..<rounds {
      for place in contestants.indices {
        if cancellation?.isSet == true { return nil }
        let index = (round + place) % contestants.count
        let isLong = times[index].reduce(0, +) > 1e9
        if isLong && round > 0 { continue }
        times[index].append(sampler.sample(repeats: repeats[index], contestants[index].execute))
      }
    }
    return times
  }

  private func contestant(
    _ plan: Plan, _ input: GuardedBuffer, _ output: GuardedBuffer
  ) throws(NetworkError) -> LayerContestant {
    do throws(PlanError) {
      return LayerContestant(ready: try ReadyPlan(plan), input: input, output: output, pool: team.pool)
    } catch {
      throw .plan(error)
    }
  }

  private func convolution(
    _ layer: Network.Layer, _ weights: [Float], _ bias: [Float]?, _ resolver: Resolver
  ) throws(NetworkError) -> Convolution {
    do throws(AtrousError) {
      guard let bias else {
        return try Convolution(layer.problem, weights: weights.span, threads: team.threads, resolver: resolver)
      }
      return try Convolution(
        layer.problem, weights: weights.span, bias: bias.span, threads: team.threads, resolver: resolver)
    } catch {
      throw .layer(layer.name, error)
    }
  }

  private func reference(_ layer: Network.Layer, _ weights: [Float], _ bias: [Float]?) throws(NetworkError) -> Plan {
    let target = resolver.target(resolver.isa, threads: team.threads)
    do throws(PlanError) {
      guard let variant = resolver.registry["reference"] else {
        throw .unknownVariant("reference", known: resolver.registry.variants.map(\.id))
      }
      let configuration = variant.initialConfiguration(for: layer.problem, on: target)
      guard let bias else {
        return try variant.makePlan(
          configuration, for: layer.problem, on: target, weights: weights.span.bytes, bias: nil)
      }
      return try variant.makePlan(
        configuration, for: layer.problem, on: target, weights: weights.span.bytes, bias: bias.span.bytes)
    } catch {
      throw .plan(error)
    }
  }
}

private struct LayerContestant {
  let ready: ReadyPlan
  let input: GuardedBuffer
  let output: GuardedBuffer
  let pool: WorkerPool?

  func execute() {
    ready.plan.execute(input: input.raw, output: output.raw, workspace: &ready.workspace, pool: pool)
  }
}
