import AtrousCore
import AtrousTestSupport
import Testing

@Suite struct ReceptiveFieldTests {
  @Test func contextModule() throws {
    let layers = try [1, 1, 2, 4, 8, 16, 1].map {
      try Problem(text: "c21 h64 w64 k21 r3 s3 d\($0) psame nchw relu")
    }
    let stack = layers + [try Problem(text: "c21 h64 w64 k21 r1 s1 nchw")]
    var field = ReceptiveField()
    var sizes: [Int] = []
    for layer in stack {
      try field.append(layer)
      sizes.append(field.height.size)
      #expect(field.height == field.width)
    }
    #expect(sizes == [3, 5, 9, 17, 33, 65, 67, 67])
    #expect(field.depth.size == 1)
    #expect(try ReceptiveField(of: stack) == field)
  }

  /// The field of a chain of random axes equals the positions found by walking back from one output.
  @Test func equalsAWalkThroughTheTaps() throws {
    var generator = SplitMix64(seed: 9)
    for _ in 0..<200 {
      let layers = try (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        let kernel = Int.random(in: 1...3, using: &generator)
        let dilation = Int.random(in: 1...4, using: &generator)
        let stride = Int.random(in: 1...3, using: &generator)
        return try Problem(text: "c1 w1000 k1 s\(kernel) d\(dilation) st\(stride) psame nchw")
      }
      func seen(_ output: Int) -> Set<Int> {
        layers.reversed().reduce(into: [output]) { positions, layer in
          positions = Set(
            positions.flatMap { position in
              (0..<layer.width.kernel).map { position * layer.width.stride + $0 * layer.width.dilation }
            })
        }
      }
      let field = try ReceptiveField(of: layers)
      #expect(seen(0).max()! - seen(0).min()! + 1 == field.width.size)
      #expect(seen(1).min()! - seen(0).min()! == field.width.jump)
    }
  }

  @Test func tooDeepAStackThrows() throws {
    let layer = try Problem(text: "c1 w100000 k1 s2 st50000 nchw")
    let error = #expect(throws: ProblemError.self) { try ReceptiveField(of: Array(repeating: layer, count: 10)) }
    #expect(error == .tooLarge(quantity: "receptive field's positions"))
  }
}
