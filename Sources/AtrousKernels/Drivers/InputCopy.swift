import AtrousCore

/// What a wrapper copies of the input, for its variant to run on the copy.
protocol InputCopy: Sendable {
  var batch: Int { get }
  /// Rows of an image's copy.
  var rows: Int { get }
  /// Of all images' copies.
  var bytes: Int { get }

  /// Copies some rows of an image, both tensors from their first elements on.
  func copy(_ rows: Range<Int>, image: Int, from input: UnsafePointer<Float>, to copies: UnsafeMutablePointer<Float>)
}

/// A plan on a copy of the input, which lies in the workspace: the first stage makes it, the others are the wrapped body's.
struct CopyingBody<Copy: InputCopy>: PlanBody {
  private let body: any PlanBody
  private let copy: Copy
  private let copyBytes: Int
  private let pieces: Int
  let stages: [Int]
  var sharedBytes: Int { copyBytes + body.sharedBytes }
  var workerBytes: Int { body.workerBytes }
  var packedWeightsBytes: Int { body.packedWeightsBytes }

  init(_ body: any PlanBody, _ copy: Copy, _ target: Target) {
    self.body = body
    self.copy = copy
    copyBytes = copy.bytes
    pieces = target.pieces(units: copy.batch, limit: copy.rows)
    stages = [copy.batch * pieces] + body.stages
  }

  /// A part of the first stage is a range of the rows of one image.
  func run(stage: Int, part: Int, tensors: Tensors, scratch: Scratch) {
    if stage == 0 {
      let (image, index) = part.quotientAndRemainder(dividingBy: pieces)
      return copy.copy(
        piece(index, of: pieces, count: copy.rows), image: image,
        from: tensors.input.assumingMemoryBound(to: Float.self), to: scratch.shared.assumingMemoryBound(to: Float.self))
    }
    let inner = Tensors(
      input: UnsafeRawPointer(scratch.shared), residual: tensors.residual, output: tensors.output)
    let rest = Scratch(shared: scratch.shared + copyBytes, worker: scratch.worker)
    body.run(stage: stage - 1, part: part, tensors: inner, scratch: rest)
  }
}
