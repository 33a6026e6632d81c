import AtrousCore
import CAtrousMicrokernel

/// A fixed amount of multiply-adds through one register tile on data that stays in L1: what a core can reach, and a yardstick
/// beside which other times are measured.
package final class TileLoop: PlanBody {
  /// Depth of the product: 6 rows and 2 vectors of 8 lanes take 22 KiB.
  private static let depth = 256

  package let name: String
  private let shape: TileShape
  private let kernel: MicrokernelFunction
  private let buffer: PackedBuffer
  private let rows: PackedBuffer
  private let calls: Int
  private let threads: Int

  /// Loops through every register tile of an instruction set.
  /// - Throws: `PlanError` where the machine lacks the set, or memory is short.
  package static func all(of isa: InstructionSet, threads: Int, calls: Int) throws(PlanError) -> [TileLoop] {
    if let rejection = isa.executionRejection { throw .rejected("register-tile", rejection) }
    var loops: [TileLoop] = []
    for shape in MicrokernelSet.tiles(of: isa) {
      loops.append(try TileLoop(shape, MicrokernelSet.of(isa), threads: threads, calls: calls))
    }
    return loops
  }

  private init(_ shape: TileShape, _ set: MicrokernelSet, threads: Int, calls: Int) throws(PlanError) {
    self.shape = shape
    self.threads = threads
    self.calls = calls
    name = "\(shape.mr)x\(shape.vectors)"
    kernel = set.tile(shape)
    buffer = try PackedBuffer(Float.self, count: Self.depth * (shape.mr + shape.nr))
    rows = try PackedBuffer(Int.self, count: 2 * shape.mr)
    let offsets = rows.base.assumingMemoryBound(to: Int.self)
    for row in 0..<shape.mr {
      offsets[row] = row * Self.depth
      offsets[shape.mr + row] = row * shape.nr
    }
  }

  /// Of all threads together, in one run.
  package var flops: Int { 2 * shape.mr * shape.nr * Self.depth * calls * threads }

  package var stages: [Int] { [threads] }
  package var sharedBytes: Int { 0 }
  package var workerBytes: Int { shape.mr * shape.nr * 4 }
  package var packedWeightsBytes: Int { buffer.bytes }

  package func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    let offsets = UnsafePointer(rows.base.assumingMemoryBound(to: Int.self))
    var tap = atrous_tap(a: 0, b: 0)
    withUnsafePointer(to: &tap) { tap in
      var arguments = atrous_tile_args()
      arguments.a = UnsafePointer(buffer.floats)
      arguments.a_rows = offsets
      arguments.b = UnsafePointer(buffer.floats + Self.depth * shape.mr)
      arguments.b_stride = shape.nr
      arguments.taps = tap
      arguments.tap_count = 1
      arguments.k = Self.depth
      arguments.c = scratch.worker.assumingMemoryBound(to: Float.self)
      arguments.c_rows = offsets + shape.mr
      arguments.m = shape.mr
      arguments.n = shape.nr
      for _ in 0..<calls { call(kernel, &arguments) }
    }
  }

  /// Scratch of one run.
  package func makeWorkspace() throws(PlanError) -> Workspace {
    try Workspace(bytes: roundedToLine(workerBytes) * threads)
  }

  /// Runs every thread's share.
  package func execute(workspace: inout Workspace, pool: WorkerPool?) {
    let tensors = Tensors(input: workspace.base, residual: nil, output: workspace.base)
    let job = Job(
      body: self, stages: stages, tensors: tensors, workspace: workspace.base, workerOffset: 0,
      workerStride: roundedToLine(workerBytes)
    )
    if let pool { pool.run(job, workers: min(pool.threads, threads)) } else { job.runAlone() }
  }
}
