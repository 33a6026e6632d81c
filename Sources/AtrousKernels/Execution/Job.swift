/// One execution of a plan: the body, the user's buffers and the workspace.
struct Job {
  let body: any PlanBody
  let stages: [Int]
  let tensors: Tensors
  let workspace: UnsafeMutableRawPointer
  let workerOffset: Int
  let workerStride: Int

  func run(stage: Int, part: Int, worker: Int) {
    let scratch = Scratch(shared: workspace, worker: workspace + workerOffset + worker * workerStride)
    body.run(stage: stage, part: part, tensors: tensors, scratch: scratch)
  }

  func runAlone() {
    for stage in stages.indices {
      for part in 0..<stages[stage] { run(stage: stage, part: part, worker: 0) }
    }
  }
}
