import AtrousCore
import AtrousTuner
import Testing

/// Values computed by a separate program from the written definition.
private let known: [(seed: UInt64, tensor: DataGenerator.Tensor, index: Int, value: Float)] = [
  (1, .input, 0, -0.7407344579696655),
  (1, .weights, 1, 0.33015453815460205),
  (7, .residual, 1000, 0.23804283142089844),
  (0, .bias, 5, 0.07079660892486572),
  (.max, .input, 123_456_789, 0.3795126676559448),
  (42, .weights, 8_589_934_592, -0.06335937976837158),
]

@Suite struct DataGeneratorTests {
  @Test func valuesAreTheDocumentedOnes() {
    for (seed, tensor, index, value) in known {
      #expect(DataGenerator(seed: seed).value(tensor, index) == value)
    }
  }

  @Test func valuesStayWithinOneAndAreNotBiased() {
    let values = (0..<100_000).map { Double(DataGenerator().value(.input, $0)) }
    #expect(values.allSatisfy { $0 >= -1 && $0 < 1 })
    #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.01)
  }

  @Test(arguments: [Layout.nchw, .nhwc, .nchw8c, .nchw16c]) func everyLayoutHoldsTheSameLogicalValues(layout: Layout) {
    let order = ActivationOrder(batch: 2, channels: 11, positions: 6, layout: layout)
    var buffer = [Float](repeating: .nan, count: order.elements)
    let generator = DataGenerator(seed: 3)
    buffer.withUnsafeMutableBufferPointer { generator.fill($0.baseAddress!, of: order, with: .residual) }
    for image in 0..<2 {
      for channel in 0..<11 {
        for position in 0..<6 {
          let offset = order.offset(image: image, channel: channel, position: position)
          #expect(buffer[offset] == generator.value(.residual, (image * 11 + channel) * 6 + position))
          #expect(order.place(ofElement: offset) == (image, channel, position))
        }
      }
    }
    let padding = (0..<order.elements).filter { order.place(ofElement: $0).channel >= 11 }
    #expect(padding.count == 2 * 6 * (order.paddedChannels - 11))
    #expect(padding.allSatisfy { buffer[$0] == 0 })
  }
}
