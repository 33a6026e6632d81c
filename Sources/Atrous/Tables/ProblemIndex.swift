import AtrousCore

/// Where each problem of a list stands: open addressing over the packed key, compared in full on a hit.
struct ProblemIndex: Sendable {
  /// Positions in the list, those of one problem side by side, in their order.
  let order: [Int]
  /// One a distinct problem.
  private let problems: [Problem]
  /// Where in `order` each distinct problem starts, and the end.
  private let starts: [Int]
  /// A power of two of them, at most half full.
  private let slots: [Slot]

  private struct Slot {
    /// The key's upper half: problems of other keys are not compared.
    var tag: UInt32 = 0
    /// Of a distinct problem; −1 where the slot is free.
    var number: Int32 = -1
  }

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

  private static func slots(_ problems: [Problem]) -> [Slot] {
    var size = 2
    while size < 2 * problems.count { size *= 2 }
    var slots = [Slot](repeating: Slot(), count: size)
    for (number, problem) in problems.enumerated() {
      let key = ProblemKey(problem).value
      var index = Int(truncatingIfNeeded: key) & (size - 1)
      while slots[index].number >= 0 { index = (index + 1) & (size - 1) }
      slots[index] = Slot(tag: UInt32(truncatingIfNeeded: key >> 32), number: Int32(number))
    }
    return slots
  }

  /// The range of `order` that holds the problem; empty where it is not there.
  func positions(of problem: Problem) -> Range<Int> {
    let key = ProblemKey(problem).value
    let tag = UInt32(truncatingIfNeeded: key >> 32)
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    // An element of the array itself would be copied for the comparison; one of its span is not.
    let problems = problems.span
    while slots[index].number >= 0 {
      let number = Int(slots[index].number)
      if slots[index].tag == tag && problems[number] == problem { return starts[number]..<starts[number + 1] }
      index = (index + 1) & mask
    }
    return 0..<0
  }
}
