import CAtrous

// The table named in the only argument, and nothing else, must choose for one of its problems, whatever machine this is; the
// result is held against plain loops in Float64.

struct Failure: Error {
  let text: String

  init(_ text: String) { self.text = text }

  init(_ error: atrous_error) {
    text = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

func values(_ count: Int64) -> [Float] { (0..<count).map { Float(($0 * 2_654_435_761 >> 8) % 2001) / 1000 - 1 } }

/// max|y − ref| / max|ref| of stride 1, channels last, one group.
func error(of output: [Float], _ problem: atrous_problem, _ input: [Float], _ weights: [Float]) -> Double {
  let (height, width) = (problem.height, problem.width)
  let (channels, filters) = (Int(problem.channels), Int(problem.filters))
  let columns = Int(width.input + width.before + width.after - (width.kernel - 1) * width.dilation)
  var (worst, scale) = (0.0, 0.0)
  for (index, result) in output.enumerated() {
    let (position, filter) = index.quotientAndRemainder(dividingBy: filters)
    let (i, j) = position.quotientAndRemainder(dividingBy: columns)
    var sum = 0.0
    for r in 0..<Int(height.kernel) {
      for s in 0..<Int(width.kernel) {
        let y = i + r * Int(height.dilation) - Int(height.before)
        let x = j + s * Int(width.dilation) - Int(width.before)
        guard y >= 0, x >= 0, y < height.input, x < width.input else { continue }
        for c in 0..<channels {
          let weight = weights[((filter * channels + c) * Int(height.kernel) + r) * Int(width.kernel) + s]
          sum += Double(input[(y * Int(width.input) + x) * channels + c]) * Double(weight)
        }
      }
    }
    worst = max(worst, (sum - Double(result)).magnitude)
    scale = max(scale, sum.magnitude)
  }
  return worst / scale
}

func run(_ table: OpaquePointer, _ path: String, _ text: String) throws -> String {
  var (problem, sizes, failure) = (atrous_problem(), atrous_sizes(), atrous_error())
  guard atrous_problem_parse(text, &problem, &failure) == ATROUS_OK,
    atrous_problem_sizes(&problem, &sizes, &failure) == ATROUS_OK
  else { throw Failure(failure) }
  let (input, weights) = (values(sizes.input), values(sizes.weights))
  guard let plan = atrous_plan_create(&problem, weights, nil, 1, table, &failure) else { throw Failure(failure) }
  defer { atrous_plan_free(plan) }
  let choice = String(cString: atrous_plan_choice(plan))
  guard choice.contains("\(path): \(text)") else { throw Failure("the table did not choose: \(choice)") }
  let bytes = atrous_plan_workspace_bytes(plan)
  let workspace = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
  defer { workspace.deallocate() }
  var output = [Float](repeating: 0, count: Int(sizes.output))
  let status = atrous_plan_run(
    plan, input, input.count, nil, 0, &output, output.count, workspace, bytes, nil, &failure)
  guard status == ATROUS_OK else { throw Failure(failure) }
  let error = error(of: output, problem, input, weights)
  guard error < 1e-4 else { throw Failure("\(text) by \(choice): error \(error)") }
  return "ok: Swift, installed: \(text): \(choice)"
}

var failure = atrous_error()
guard let table = atrous_table_read(CommandLine.arguments[1], &failure) else { throw Failure(failure) }
print(try run(table, CommandLine.arguments[1], "c16 h32 w32 k16 r3 s3 d2 p2 nhwc"))
atrous_table_free(table)
