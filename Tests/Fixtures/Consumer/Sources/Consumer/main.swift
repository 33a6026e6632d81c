import Atrous

// Runs what the exported table in this target says, with no other table and no database: prints the choice and fails if it
// is not the one named there or computes something else. The table's machine and times are made up for this test.

func run() throws {
  let problem = try Problem(text: "c16 h9 w9 k8 r3 s3 d2 p2 nhwc bias relu")
  let table = try Table(text: embeddedTable)
  // The machine the table was made on, whatever this one is: its entry asks for the baseline alone.
  let resolver = Resolver(tables: TableStack(table, origin: "consumer"), machine: table.machines[0])

  let weights = [Float](repeating: 1, count: problem.weightElements)
  let bias = [Float](repeating: 0.5, count: problem.filters)
  let input = [Float](repeating: 1, count: problem.inputElements)
  var output = [Float](repeating: -1, count: problem.outputElements)

  let convolution = try Convolution(
    problem, weights: weights.span, bias: bias.span, threads: 1, resolver: resolver)
  var workspace = try convolution.makeWorkspace()
  var span = output.mutableSpan
  try convolution.run(input: input.span, output: &span, workspace: &workspace)

  print(convolution.resolution)
  let center = output[(4 * 9 + 4) * 8]
  precondition(convolution.resolution.rung == .exact, "the table's entry was not used")
  precondition(convolution.plan.candidate == table.entries[0].candidate, "the plan is of another candidate")
  precondition(center == 16 * 9 + 0.5 && output[0] == 16 * 4 + 0.5, "the result is wrong: \(center), \(output[0])")
}

try run()
