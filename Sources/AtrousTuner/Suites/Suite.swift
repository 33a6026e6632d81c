import AtrousCore

/// A named list of the shapes that people run, as a problem file.
public struct Suite: Hashable, Sendable {
  public let name: String
  public let title: String
  /// In the order a network runs them, each layer taking the output of the one before.
  public let isChain: Bool
  /// The problems: of a suite in both layouts NHWC first, then NCHW in the same order.
  public let lines: [ProblemLine]

  /// - Parameter shapes: a problem file of NHWC problems.
  init(_ name: String, _ title: String, chain: Bool = false, layouts: [Layout] = [.nhwc, .nchw], shapes: String) {
    self.name = name
    self.title = title
    isChain = chain
    let channelsLast = try! Problem.parseFile(shapes)
    lines = layouts.flatMap { layout in
      channelsLast.map { line in
        let problem = try! line.problem.with(inputLayout: layout, outputLayout: layout)
        return ProblemLine(problem: problem, count: line.count, name: line.name)
      }
    }
  }

  /// The suite as a problem file.
  public var text: String {
    "# \(name): \(title)\n" + lines.map { Self.text($0) + "\n" }.joined()
  }

  /// The problems, each once, in order.
  public var problems: [Problem] {
    var seen: Set<Problem> = []
    return lines.map(\.problem).filter { seen.insert($0).inserted }
  }

  /// The lines of one layout, in order: the layers of a chain.
  public func layers(in layout: Layout) -> [ProblemLine] { lines.filter { $0.problem.inputLayout == layout } }

  private static func text(_ line: ProblemLine) -> String {
    guard let name = line.name else { return line.count == 1 ? "\(line.problem)" : "\(line.problem)\t\(line.count)" }
    return "\(line.problem)\t\(line.count)\t\(name)"
  }
}

/// All suites.
public enum Suites {
  public static let all: [Suite] = [quick] + segmentation + detection + realTime + sequences + controls

  /// - Throws: `SuiteError` naming the suites there are.
  public static func named(_ name: String) throws(SuiteError) -> Suite {
    guard let suite = all.first(where: { $0.name == name }) else { throw .unknown(name, known: all.map(\.name)) }
    return suite
  }

  static let quick = Suite(
    "quick", "one shape of each kind", layouts: [.nhwc],
    shapes: """
      c21 h64 w64 k21 r3 s3 d8 psame nhwc
      c512 h33 w33 k512 r3 s3 d2 psame nhwc
      c2048 h33 w33 k256 r3 s3 d18 psame nhwc
      g960 c960 h33 w33 k960 r3 s3 d2 psame nhwc
      c128 h38 w38 k128 r3 s3 d3 psame nhwc
      c128 h64 w128 k128 r3 s1 d8 psame nhwc
      c64 h96 w128 k64 r3 s3 d2 psame nhwc
      c64 w16000 k128 s2 d64 pcausal nhwc
      c128 h65 w65 k256 r3 s3 st2 d2 p2 nhwc
      c16 h32 w32 k16 r3 s3 d2 psame nhwc
      """)
}

/// Why there is no such suite.
public enum SuiteError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(String, known: [String])

  public var description: String {
    switch self {
    case .unknown(let name, let known): "unknown suite \"\(name)\"; known: \(known.joined(separator: ", "))"
    }
  }
}
