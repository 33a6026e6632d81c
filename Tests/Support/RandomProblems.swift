import AtrousCore

/// An endless seeded source of valid problems with the shapes kernels get wrong: odd channels, one-pixel phases, dilations
/// past the image, one-sided pads, pads wider than the image, single pixels and taps, strides that share a factor with
/// the dilation, groups (one, some, all), batches, one and two dimensions.
public struct RandomProblems {
  public var layouts = Layout.allCases
  /// Adds random epilogues.
  public var epilogues = false
  /// Draws input and output layouts apart.
  public var mixedLayouts = false
  /// Draws a third axis now and then.
  public var depths = false
  /// Also draws depths, types and backward directions.
  public var everything = false
  public var maxNominalFLOPs: Int
  public var maxChannels: Int
  public var maxExtent: Int

  private var generator: SplitMix64

  public init(seed: UInt64, maxNominalFLOPs: Int = 4_000_000, maxChannels: Int = 40, maxExtent: Int = 24) {
    generator = SplitMix64(seed: seed)
    self.maxNominalFLOPs = maxNominalFLOPs
    self.maxChannels = maxChannels
    self.maxExtent = maxExtent
  }

  public mutating func next() -> Problem {
    while true {
      if let problem = try? draw(), problem.nominalFLOPs <= maxNominalFLOPs { return problem }
    }
  }

  public mutating func next(_ count: Int) -> [Problem] { (0..<count).map { _ in next() } }

  private mutating func draw() throws(ProblemError) -> Problem {
    let (groups, channels, filters) = channelCounts()
    let width = axis()
    let height = chance(1, of: 4) ? Axis.absent : chance(1, of: 4) ? width : axis()
    let layout = layouts.randomElement(using: &generator)!
    return try Problem(
      batch: chance(1, of: 4) ? number(2...3) : 1, groups: groups, channels: channels, filters: filters,
      depth: (everything || depths) && chance(1, of: 4) ? axis() : .absent, height: height, width: width,
      type: everything ? ElementType.allCases.randomElement(using: &generator)! : .f32,
      inputLayout: layout, outputLayout: mixedLayouts ? layouts.randomElement(using: &generator)! : layout,
      direction: everything ? Direction.allCases.randomElement(using: &generator)! : .forward,
      epilogue: epilogues ? epilogue() : .none)
  }

  /// Groups are one (mostly), all channels, or some number between.
  private mutating func channelCounts() -> (groups: Int, channels: Int, filters: Int) {
    switch number(0...9) {
    case 0...1:
      let groups = number(1...maxChannels)
      return (groups, groups, groups * number(1...2))
    case 2...3:
      let groups = number(2...5)
      let share = max(1, maxChannels / groups)
      return (groups, groups * number(1...share), groups * number(1...share))
    default:
      return (1, channelCount(), channelCount())
    }
  }

  private mutating func channelCount() -> Int {
    let awkward = [1, 3, 7, 8, 15, 16, 17, 21, 32, 33].filter { $0 <= maxChannels }
    return chance(1, of: 2) ? awkward.randomElement(using: &generator)! : number(1...maxChannels)
  }

  private mutating func axis() -> Axis {
    let input = chance(1, of: 8) ? 1 : number(1...maxExtent)
    let kernel = [1, 1, 2, 3, 3, 3, 3, 4, 5, 7].randomElement(using: &generator)!
    let dilation = dilation(input)
    let stride = stride(dilation)
    let (before, after) = pads(input: input, reach: dilation * (kernel - 1))
    return Axis(input: input, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
  }

  private mutating func dilation(_ input: Int) -> Int {
    switch number(0...7) {
    case 0...1: 1
    case 2: input
    case 3: input + number(1...5)
    case 4: max(1, input - 1)
    case 5: max(1, (input + 1) / 2)
    default: number(2...6)
    }
  }

  private mutating func stride(_ dilation: Int) -> Int {
    switch number(0...5) {
    case 0: number(2...4)
    case 1: min(dilation, 8)
    case 2 where dilation % 2 == 0: dilation / 2
    default: 1
    }
  }

  private mutating func pads(input: Int, reach: Int) -> (before: Int, after: Int) {
    switch number(0...7) {
    case 0: (0, 0)
    case 1: (reach, 0)
    case 2: (0, reach)
    case 3: (input + number(0...6), input + number(0...6))
    case 4: (number(0...(reach + 1)), number(0...(reach + 1)))
    default: (reach / 2, reach - reach / 2)
    }
  }

  private mutating func epilogue() -> Epilogue {
    let slope = Float.random(in: -1...1, using: &generator)
    let low = Float.random(in: -2...0, using: &generator)
    let high = Float.random(in: 0...2, using: &generator)
    let activations: [Activation] = [.none, .relu, .relu6, .leaky(slope: slope), .clamp(low: low, high: high)]
    return Epilogue(
      bias: chance(1, of: 2), add: chance(1, of: 2), activation: activations.randomElement(using: &generator)!)
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }

  private mutating func chance(_ part: Int, of whole: Int) -> Bool { number(1...whole) <= part }
}
