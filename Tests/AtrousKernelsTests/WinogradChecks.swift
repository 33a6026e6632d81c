import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

let winogradVariant = Registry.shared["winograd"]!
let winogradSets = InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet }

func winograd(
  _ th: Int32, _ tw: Int32, _ tb: Int32 = 0, cb: Int32 = 0, mr: Int32 = 6, nv: Int32 = 2
) -> Configuration {
  let settings = [("th", th), ("tw", tw), ("tb", tb), ("cb", cb), ("mr", mr), ("nv", nv)]
  return Configuration(settings.map { Setting(key: $0.0, value: $0.1) })
}

/// Blocks and spans beside several chunks of channels.
let winogradChunks = [winograd(2, 2), winograd(5, 3, 2), winograd(3, 2, cb: 256), winograd(4, 4, 2, cb: 64)]

/// One run of every configuration that a set accepts, between guards, against plain loops in Float64. Returns how many ran.
@discardableResult
func checkWinograd(_ text: String, _ configurations: [Configuration], seed: UInt64 = 1) throws -> Int {
  let problem = try Problem(text: text)
  let data = ProblemData(problem, seed: seed)
  var runs = 0
  for isa in winogradSets {
    let target = Target(machine: HostMachine.current, isa: isa)
    for configuration in configurations {
      if winogradVariant.rejection(of: configuration, for: problem, on: target) != nil { continue }
      runs += 1
      let run = try GuardedRun(data, winogradVariant, configuration, isa: isa)
      let name = "\(problem): \(Candidate(variant: "winograd", isa: isa, configuration: configuration))"
      #expect(run.faults.isEmpty, "\(name): \(run.faults)")
      let error = data.error(of: run.output)
      #expect(error <= winogradVariant.errorBound(of: configuration, for: problem), "\(name): \(error)")
    }
  }
  return runs
}

/// Inputs and weights that end, and inputs that begin, where the next page faults.
func checkFences(_ text: String, _ configuration: Configuration) throws {
  let problem = try Problem(text: text)
  for isa in winogradSets {
    let target = Target(machine: HostMachine.current, isa: isa)
    for atEnd in [true, false] {
      let input = FencedFloats(count: problem.inputElements, atEnd: atEnd)
      let weights = FencedFloats(count: problem.weightElements, atEnd: true)
      let output = FencedFloats(count: problem.outputElements, atEnd: atEnd)
      let plan = try winogradVariant.makePlan(
        configuration, for: problem, on: target,
        weights: UnsafeRawBufferPointer(start: weights.pointer, count: problem.weightElements * 4).bytes, bias: nil)
      var workspace = try plan.makeWorkspace()
      output.pointer.initialize(repeating: 1, count: problem.outputElements)
      plan.execute(input: input.pointer, output: output.pointer, workspace: &workspace)
      #expect((0..<problem.outputElements).allSatisfy { output.pointer[$0] == 0 })
    }
  }
}

/// The same bits whatever the tiles a block and the threads, with all channels in one span and with spans of 32.
func checkBits(_ text: String, _ th: Int32, _ tw: Int32) throws {
  for cb: Int32 in [0, 32] { try checkBits(text, { winograd(th, tw, $0, cb: cb) }) }
}

private func checkBits(_ text: String, _ configuration: (_ tb: Int32) -> Configuration) throws {
  let data = ProblemData(try Problem(text: text), seed: 3)
  for isa in winogradSets {
    let bits = try GuardedRun(data, winogradVariant, configuration(0), isa: isa).output.map(\.bitPattern)
    for tb: Int32 in [0, 1, 5, 13, 1000] {
      for threads in [1, 2, 3, 7] {
        let pool = try WorkerPool(threads: threads)
        let run = try GuardedRun(
          data, winogradVariant, configuration(tb), isa: isa, threads: threads, pool: pool)
        #expect(run.output.map(\.bitPattern) == bits, "\(configuration(tb)) \(isa) \(threads) threads")
        #expect(run.faults.isEmpty, "\(configuration(tb)) \(isa) \(threads) threads: \(run.faults)")
      }
    }
  }
}
