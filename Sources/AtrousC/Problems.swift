import Atrous
import CAtrous

@c @implementation
public func atrous_problem_parse(
  _ text: UnsafePointer<CChar>!, _ problem: UnsafeMutablePointer<atrous_problem>!,
  _ error: UnsafeMutablePointer<atrous_error>!
) -> Int32 {
  status(error) { () throws(CError) in
    guard let text else { throw .missing("text") }
    guard let problem else { throw .missing("problem") }
    do throws(ProblemError) {
      problem.pointee = atrous_problem(try Problem(text: String(cString: text)))
    } catch {
      throw CError(ATROUS_INVALID, "\(error)")
    }
  }
}

@c @implementation
public func atrous_problem_print(
  _ problem: UnsafePointer<atrous_problem>!, _ text: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ error: UnsafeMutablePointer<atrous_error>!
) -> Int {
  made(error) { () throws(CError) in
    let printed = "\(try Problem(problem))"
    if let text, capacity > 0 { copyText(printed, to: UnsafeMutableRawBufferPointer(start: text, count: capacity)) }
    return printed.utf8.count
  } ?? 0
}

@c @implementation
public func atrous_problem_sizes(
  _ problem: UnsafePointer<atrous_problem>!, _ sizes: UnsafeMutablePointer<atrous_sizes>!,
  _ error: UnsafeMutablePointer<atrous_error>!
) -> Int32 {
  status(error) { () throws(CError) in
    guard let sizes else { throw .missing("sizes") }
    let problem = try Problem(problem)
    sizes.pointee = atrous_sizes(
      input: Int64(problem.inputElements), weights: Int64(problem.weightElements),
      bias: problem.epilogue.bias ? Int64(problem.filters) : 0,
      residual: problem.epilogue.add ? Int64(problem.outputElements) : 0, output: Int64(problem.outputElements),
      output_depth: Int64(problem.depth.output), output_height: Int64(problem.height.output),
      output_width: Int64(problem.width.output), nominal_flops: Int64(problem.nominalFLOPs),
      useful_flops: Int64(problem.usefulFLOPs))
  }
}

extension Problem {
  /// - Throws: `CError` naming the value and what is allowed.
  init(_ pointer: UnsafePointer<atrous_problem>?) throws(CError) {
    guard let fields = pointer?.pointee else { throw .missing("problem") }
    let epilogue = Epilogue(
      bias: try flag("bias", fields.bias), add: try flag("add", fields.add), activation: try Activation(fields))
    let type = try named("type", fields.type, ElementType.allCases)
    let direction = try named("direction", fields.direction, Direction.allCases)
    let inputLayout = try named("input_layout", fields.input_layout, Layout.allCases)
    let outputLayout = try named("output_layout", fields.output_layout, Layout.allCases)
    do throws(ProblemError) {
      try self.init(
        batch: Int(fields.batch), groups: Int(fields.groups), channels: Int(fields.channels),
        filters: Int(fields.filters), depth: Axis(fields.depth), height: Axis(fields.height), width: Axis(fields.width),
        type: type, inputLayout: inputLayout, outputLayout: outputLayout, direction: direction, epilogue: epilogue)
    } catch {
      throw CError(ATROUS_INVALID, "\(error)")
    }
  }
}

extension Axis {
  /// An axis of zeros is absent.
  fileprivate init(_ axis: atrous_axis) {
    let fields = [axis.input, axis.kernel, axis.stride, axis.dilation, axis.before, axis.after].map(Int.init)
    if fields.allSatisfy({ $0 == 0 }) {
      self = .absent
    } else {
      self.init(
        input: fields[0], kernel: fields[1], stride: fields[2], dilation: fields[3], before: fields[4], after: fields[5]
      )
    }
  }
}

extension Activation {
  fileprivate init(_ fields: atrous_problem) throws(CError) {
    switch Int(fields.activation) {
    case ATROUS_NO_ACTIVATION: self = .none
    case ATROUS_RELU: self = .relu
    case ATROUS_RELU6: self = .relu6
    case ATROUS_LEAKY: self = .leaky(slope: fields.slope)
    case ATROUS_CLAMP: self = .clamp(low: fields.low, high: fields.high)
    default: throw CError(ATROUS_INVALID, "activation is \(fields.activation); allowed: 0 to \(ATROUS_CLAMP)")
    }
  }
}

extension atrous_problem {
  init(_ problem: Problem) {
    self.init()
    batch = Int64(problem.batch)
    groups = Int64(problem.groups)
    channels = Int64(problem.channels)
    filters = Int64(problem.filters)
    (depth, height) = (.zerosIfAbsent(problem.depth), .zerosIfAbsent(problem.height))
    // The width is always there, also where it equals an absent axis: one position, one tap.
    width = atrous_axis(problem.width)
    type = number(problem.type, ElementType.allCases)
    direction = number(problem.direction, Direction.allCases)
    input_layout = number(problem.inputLayout, Layout.allCases)
    output_layout = number(problem.outputLayout, Layout.allCases)
    bias = problem.epilogue.bias ? 1 : 0
    add = problem.epilogue.add ? 1 : 0
    switch problem.epilogue.activation {
    case .none: activation = Int32(ATROUS_NO_ACTIVATION)
    case .relu: activation = Int32(ATROUS_RELU)
    case .relu6: activation = Int32(ATROUS_RELU6)
    case .leaky(let slope): (activation, self.slope) = (Int32(ATROUS_LEAKY), slope)
    case .clamp(let low, let high): (activation, self.low, self.high) = (Int32(ATROUS_CLAMP), low, high)
    }
  }
}

extension atrous_axis {
  fileprivate static func zerosIfAbsent(_ axis: Axis) -> atrous_axis {
    axis == .absent ? atrous_axis() : atrous_axis(axis)
  }

  fileprivate init(_ axis: Axis) {
    self.init(
      input: Int64(axis.input), kernel: Int64(axis.kernel), stride: Int64(axis.stride), dilation: Int64(axis.dilation),
      before: Int64(axis.before), after: Int64(axis.after))
  }
}

private func flag(_ name: String, _ value: Int32) throws(CError) -> Bool {
  guard value == 0 || value == 1 else { throw CError(ATROUS_INVALID, "\(name) is \(value); allowed: 0 and 1") }
  return value == 1
}

/// The header numbers the cases in the order they are declared.
private func named<Value>(_ name: String, _ value: Int32, _ cases: [Value]) throws(CError) -> Value {
  guard cases.indices.contains(Int(value)) else {
    throw CError(ATROUS_INVALID, "\(name) is \(value); allowed: 0 to \(cases.count - 1)")
  }
  return cases[Int(value)]
}

private func number<Value: Equatable>(_ value: Value, _ cases: [Value]) -> Int32 { Int32(cases.firstIndex(of: value)!) }
