// Makes a plan of one candidate and executes it twice. Under callgrind, which looks only when told to, the first execution fills its
// caches and the second is counted. Prints what was run as JSON. Scripts/counts runs it.
//
//   OneExecution PROBLEM CANDIDATE MACHINE-KEY [MILLISECONDS]
//
// CANDIDATE: "winograd avx2 th5 tw4 …", or "avx2" for what the lookup chooses. The machine is named, because a simulator shows a
// processor of its own, and blocks are sized by caches. With MILLISECONDS: executes for so long, and prints the median too.
import Atrous
import CCallgrind
import Glibc

/// Why nothing was run.
struct Refusal: Error, CustomStringConvertible {
  let description: String
}

/// The machine of a key, with one core to each cache but the last.
func machine(_ text: String) throws -> Machine {
  let key = try MachineKey(text: text)
  func cache(_ shape: MachineKey.CacheShape?, sharing: Int = 1) -> Cache? {
    shape.map { Cache(bytes: $0.bytes, ways: $0.ways, sharingCores: sharing) }
  }
  return Machine(
    architecture: key.architecture, vendor: key.vendor, model: key.model, level: key.level,
    kinds: key.caches.map {
      CoreKind(cores: 2, l1d: cache($0.l1d), l2: cache($0.l2), l3: cache($0.l3, sharing: 2))
    })
}

func candidate(_ text: String, for problem: Problem, on machine: Machine) throws -> Candidate {
  if text.contains(" ") { return try Candidate(text: text) }
  guard let isa = InstructionSet(rawValue: text) else { throw Refusal(description: "\"\(text)\" is no candidate") }
  return try Resolver(machine: machine, isa: isa).resolve(problem).candidate
}

/// Values between −1 and 1, the same in every run.
func values(_ count: Int) -> [Float] {
  var state: UInt32 = 41
  return (0..<count).map { _ in
    state = state &* 1_664_525 &+ 1_013_904_223
    return Float(Int32(bitPattern: state)) / Float(1 << 31)
  }
}

/// A plan with its buffers.
struct Run {
  let plan: Plan
  let input: UnsafeMutableRawPointer
  let output: UnsafeMutableRawPointer
  let scratch: UnsafeMutableRawPointer

  init(_ plan: Plan) {
    self.plan = plan
    let elements = plan.problem.inputElements
    input = .allocate(byteCount: 4 * elements, alignment: 64)
    output = .allocate(byteCount: 4 * plan.problem.outputElements, alignment: 64)
    scratch = .allocate(byteCount: max(plan.workspaceBytes, 64), alignment: 64)
    values(elements).withUnsafeBytes { input.copyMemory(from: $0.baseAddress!, byteCount: 4 * elements) }
  }

  func execute() { plan.execute(input: input, output: output, scratch: scratch) }
}

/// The median nanoseconds of the executions that fit.
func median(_ run: Run, milliseconds: Int) -> Double {
  let clock = ContinuousClock()
  let end = clock.now + .milliseconds(milliseconds)
  var times: [Double] = []
  repeat {
    times.append(clock.measure { run.execute() } / .nanoseconds(1))
  } while clock.now < end
  return times.sorted()[times.count / 2]
}

func main(_ arguments: [String]) throws {
  guard (3...4).contains(arguments.count) else {
    throw Refusal(description: "usage: OneExecution PROBLEM CANDIDATE MACHINE-KEY [MILLISECONDS]")
  }
  let problem = try Problem(text: arguments[0])
  let machine = try machine(arguments[2])
  let candidate = try candidate(arguments[1], for: problem, on: machine)
  guard let variant = Registry.shared[candidate.variant] else {
    throw Refusal(description: "there is no variant \(candidate.variant)")
  }
  let weights = values(problem.weightElements)
  let plan = try variant.makePlan(
    candidate.configuration, for: problem, on: Target(machine: machine, isa: candidate.isa),
    weights: weights.span.bytes, bias: nil)
  let run = Run(plan)
  callgrind_start()
  run.execute()
  callgrind_toggle()
  run.execute()
  callgrind_toggle()
  var fields = [
    "\"problem\": \"\(problem)\"", "\"candidate\": \"\(plan.candidate)\"", "\"nominal_flops\": \(problem.nominalFLOPs)",
    "\"useful_flops\": \(problem.usefulFLOPs)", "\"tensor_bytes\": \(problem.tensorBytes)",
    "\"workspace_bytes\": \(plan.workspaceBytes)", "\"packed_bytes\": \(plan.packedWeightsBytes)",
  ]
  if arguments.count == 4, let milliseconds = Int(arguments[3]) {
    fields.append("\"nanoseconds\": \(median(run, milliseconds: milliseconds))")
  }
  print("{" + fields.joined(separator: ", ") + "}")
}

do {
  try main(Array(CommandLine.arguments.dropFirst()))
} catch {
  // Not thrown on: a Swift program that traps looks for its own backtrace, and never ends under valgrind.
  print("OneExecution: \(error)")
  exit(1)
}
