import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct RandomProblemsTests {
  @Test func theSameSeedGivesTheSameProblems() {
    var first = RandomProblems(seed: 12)
    var second = RandomProblems(seed: 12)
    #expect(first.next(100) == second.next(100))
  }

  @Test func splitMix64IsThePublishedOne() {
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }

  /// Each kind of shape that kernels get wrong is drawn often.
  @Test func awkwardShapesAreCommon() {
    var source = RandomProblems(seed: 13, maxNominalFLOPs: 2_000_000)
    let problems = source.next(2000)
    func expect(_ what: Comment, _ holds: (Problem) -> Bool) { #expect(problems.filter(holds).count >= 40, what) }
    expect("odd channels") { $0.channels % 2 == 1 && $0.filters % 2 == 1 }
    expect("one-pixel phases") { $0.width.kernel > 1 && $0.width.dilation == $0.width.input && $0.width.input > 1 }
    expect("dilation past the image") { $0.width.kernel > 1 && $0.width.dilation > $0.width.input }
    expect("one-sided pads") { $0.width.before > 0 && $0.width.after == 0 }
    expect("one-sided pads after") { $0.width.before == 0 && $0.width.after > 0 }
    expect("pads wider than the image") { min($0.width.before, $0.width.after) > $0.width.input }
    expect("1×1") { $0.taps == 1 }
    expect("single pixels") { $0.inputPositions == 1 }
    expect("common factor") { $0.width.kernel > 1 && $0.width.stride > 1 && $0.width.dilation % $0.width.stride == 0 }
    expect("depthwise") { $0.groups == $0.channels && $0.groups > 1 }
    expect("some groups") { $0.groups > 1 && $0.groups < $0.channels }
    expect("batch") { $0.batch > 1 }
    expect("1-D") { $0.rank == 1 }
    expect("2-D") { $0.rank == 2 }
    expect("nchw") { $0.inputLayout == .nchw }
    expect("nhwc") { $0.inputLayout == .nhwc }
    expect("only one axis has taps") { $0.height.kernel > 1 && $0.width.kernel == 1 }
    #expect(problems.allSatisfy { $0.nominalFLOPs <= 2_000_000 && $0.epilogue == .none && $0.type == .f32 })
  }
}
