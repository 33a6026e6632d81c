import AtrousCore
import AtrousKernels
import AtrousTuner
import Foundation
import Testing

/// The Float64 reference against an independent program, on random problems.
@Suite struct NumPyTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Scripts/reference.py").path

  @Test func referenceEqualsNumPy() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "atrous-numpy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let list = folder.appending(path: "problems.txt")
    let texts = try run(["--random", "320", "--seed", "7"])
    try texts.write(to: list, atomically: true, encoding: .utf8)
    let table = try run(["--seed", "5", "--problems", list.path, "--output", folder.path])
    let rows = table.split(separator: "\n")
    #expect(rows.count >= 300)
    for row in rows {
      let fields = row.split(separator: "\t")
      let problem = try Problem(text: String(fields[3]))
      let expected = try doubles(folder.appending(path: String(fields[0])))
      let scale = try #require(Double(fields[1]))
      let error = try worstDifference(problem, expected)
      #expect(error <= 1e-12 * scale, "\(problem)")
    }
  }

  /// The largest difference of any output, which the script writes in logical order.
  private func worstDifference(_ problem: Problem, _ expected: [Double]) throws -> Double {
    let generator = DataGenerator(seed: 5)
    let (input, output) = (ActivationOrder.input(of: problem), ActivationOrder.output(of: problem))
    let x = filled(input.elements) { generator.fill($0, of: input, with: .input) }
    let residual = filled(output.elements) { generator.fill($0, of: output, with: .residual) }
    let weights = filled(problem.weightElements) {
      generator.fill($0, count: problem.weightElements, with: .weights)
    }
    let bias = filled(problem.filters) { generator.fill($0, count: problem.filters, with: .bias) }
    let reference = try ReferenceConvolution(
      problem, isa: HostMachine.current.bestInstructionSet, weights: weights.span.bytes,
      bias: problem.epilogue.bias ? bias.span.bytes : nil)
    var y = [Double](repeating: .nan, count: problem.outputElements)
    y.withUnsafeMutableBufferPointer { y in
      x.withUnsafeBufferPointer { x in
        residual.withUnsafeBufferPointer { residual in
          reference.compute(
            input: x.baseAddress!, residual: problem.epilogue.add ? residual.baseAddress! : nil,
            output: y.baseAddress!)
        }
      }
    }
    #expect(expected.count == problem.batch * problem.filters * problem.outputPositions)
    return expected.indices.reduce(0) { worst, index in
      let (row, position) = index.quotientAndRemainder(dividingBy: problem.outputPositions)
      let (image, filter) = row.quotientAndRemainder(dividingBy: problem.filters)
      let got = y[output.offset(image: image, channel: filter, position: position)]
      return max(worst, got.isNaN ? .infinity : abs(got - expected[index]))
    }
  }

  private func filled(_ count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    values.withUnsafeMutableBufferPointer { fill($0.baseAddress!) }
    return values
  }

  private func doubles(_ file: URL) throws -> [Double] {
    try Data(contentsOf: file).withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
      }
    }
  }

  private func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: Self.script)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }
}
