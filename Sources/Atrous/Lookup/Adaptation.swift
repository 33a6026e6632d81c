import AtrousCore
import AtrousKernels

extension KernelVariant {
  /// A configuration found for `known` as it fits `problem`.
  ///
  /// A setting that tuning left as it is untuned follows the untuned one of the new problem: a tile that fits phases of 17
  /// says nothing of phases of 13. One that tuning changed stays. Where the variant refuses that, the configuration of its
  /// space that differs the least runs; where the cost model likes it less beside the untuned one than it did on the problem
  /// that was measured, the untuned one.
  func adapted(_ configuration: Configuration, from known: Problem, to problem: Problem, on target: Target)
    -> Configuration
  {
    guard let measured = (try? Values(configuration))?.configuration,
      rejection(of: measured, for: known, on: target) == nil
    else { return initialConfiguration(for: problem, on: target) }
    let (before, untuned) = (
      initialConfiguration(for: known, on: target), initialConfiguration(for: problem, on: target)
    )
    let settings = zip(measured.settings, zip(before.settings, untuned.settings)).map { $0 == $1.0 ? $1.1 : $0 }
    let wanted = accepted(Configuration(settings), for: problem, on: target)
    let there = expected(measured, over: before, for: known, on: target)
    let here = expected(wanted, over: untuned, for: problem, on: target)
    if here > costMargin * max(there, 1) { return untuned }
    return wanted == measured ? configuration : wanted
  }

  /// The configuration itself, or the one of the space that differs the least, by factors.
  private func accepted(_ wanted: Configuration, for problem: Problem, on target: Target) -> Configuration {
    if rejection(of: wanted, for: problem, on: target) == nil { return wanted }
    return configurations(for: problem, on: target).min { difference($0, wanted) < difference($1, wanted) }
      ?? initialConfiguration(for: problem, on: target)
  }

  /// How many times as long as another configuration the cost model expects one to take; 1 where it cannot tell.
  private func expected(
    _ configuration: Configuration, over other: Configuration, for problem: Problem, on target: Target
  ) -> Double {
    guard let mine = try? cost(of: configuration, for: problem, on: target).seconds,
      let theirs = try? cost(of: other, for: problem, on: target).seconds, theirs > 0
    else { return 1 }
    return mine / theirs
  }
}

/// What the cost model is not trusted to tell apart.
private let costMargin = 1.05

/// The sum of the squared binary logarithms of the ratios of settings of one variant; 0 is a value too.
private func difference(_ left: Configuration, _ right: Configuration) -> Double {
  zip(left.settings, right.settings).reduce(0) { sum, pair in
    sum + squaredLog(Int(pair.0.value) + 1, Int(pair.1.value) + 1)
  }
}
