import AtrousCore

/// Where each problem of a list stands: open addressing over the packed key, compared in full on a hit.
struct ProblemIndex: Sendable {
  /// Positions in the list, those of one problem side by side, in their order.
  let order: [Int]
  /// One a distinct problem.
  private let problems: [Problem]
  /// Where in `order` each distinct problem starts, and the end.
  private let starts: [Int]
  /// The number of a distinct problem, or −1; a power of two, at most half full.
  private let slots: [Int32]

  init(_ list: [Problem]) {
    var numbers: [Problem: Int] = [:]
    var groups: [[Int]] = []
    var problems: [Problem] = []
    for (position, problem) in list.enumerated() {
      if let number = numbers[problem] {
        groups[number].append(position)
      } else {
        numbers[problem] = groups.count
        groups.append([position])
        problems.append(problem)
      }
    }
    var starts = [0]
    for group in groups { starts.append(starts.last! + group.count) }
    self.problems = problems
    self.starts = starts
    order = groups.flatMap(\.self)
    slots = Self.slots(problems)
  }

  private static func slots(_ problems: [Problem]) -> [Int32] {
    var size = 2
    while size < 2 * problems.count { size *= 2 }
    var slots = [Int32](repeating: -1, count: size)
    for (number, problem) in problems.enumerated() {
      var slot = Int(truncatingIfNeeded: ProblemKey(problem).value) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(number)
    }
    return slots
  }

  /// The range of `order` that holds the problem; empty where it is not there.
  func positions(of problem: Problem) -> Range<Int> {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: ProblemKey(problem).value) & mask
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if problems[number] == problem { return starts[number]..<starts[number + 1] }
      slot = (slot + 1) & mask
    }
    return 0..<0
  }
}
