import AtrousCore

extension Problem {
  /// A problem that fails too and of which no single step makes a simpler one that fails: greedily, the largest steps
  /// first.
  ///
  /// - Parameter fails: whether a problem fails; called at most 2,000 times.
  public func shrunk(while fails: (Problem) -> Bool) -> Problem {
    var smallest = self
    var left = 2000
    while let simpler = smallest.simplifications.first(where: { problem in
      left -= 1
      return left >= 0 && fails(problem)
    }) { smallest = simpler }
    return smallest
  }

  /// Every valid problem one step simpler: each step lowers a number or drops a part, so that steps come to an end.
  private var simplifications: [Problem] {
    var drafts: [ProblemDraft] = []
    func add(_ change: (inout ProblemDraft) -> Void) {
      var draft = ProblemDraft(self)
      change(&draft)
      drafts.append(draft)
    }
    func lower(_ path: WritableKeyPath<ProblemDraft, Int>, to least: Int) {
      let value = ProblemDraft(self)[keyPath: path]
      for lower in [least, (value + least) / 2, value - 1] where lower >= least && lower < value {
        add { $0[keyPath: path] = lower }
      }
    }
    for (place, axis) in [depth, height].enumerated() where axis != .absent {
      add { $0.axes[place] = .init(.absent) }
    }
    if inputLayout != outputLayout { add { $0.outputLayout = inputLayout } }
    if epilogue.bias { add { $0.epilogue.bias = false } }
    if epilogue.add { add { $0.epilogue.add = false } }
    if epilogue.activation != .none { add { $0.epilogue.activation = .none } }
    for path in [\ProblemDraft.batch, \.groups, \.channelsPerGroup, \.filtersPerGroup] { lower(path, to: 1) }
    for axis in 0..<3 {
      let path: WritableKeyPath<ProblemDraft, ProblemDraft.AxisDraft> = \.axes[axis]
      lower(path.appending(path: \.stride), to: 1)
      lower(path.appending(path: \.dilation), to: 1)
      lower(path.appending(path: \.kernel), to: 1)
      lower(path.appending(path: \.input), to: 1)
      lower(path.appending(path: \.before), to: 0)
      lower(path.appending(path: \.after), to: 0)
    }
    var seen: Set<Problem> = [self]
    return drafts.compactMap(\.problem).filter { seen.insert($0).inserted }
  }
}
