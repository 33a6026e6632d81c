import CAtrousMicrokernel

/// The list of microkernels of this instruction set, by index; a row with a NULL id ends it.
public func microkernel(at index: Int) -> atrous_microkernel {
  switch index {
  case 0: row("tile-6x2", ATROUS_KIND_TILE, 6, 2, tile_6x2)
  case 1: row("tile-4x3", ATROUS_KIND_TILE, 4, 3, tile_4x3)
  default: atrous_microkernel(id: nil, kind: 0, rows: 0, columns: 0, function: nil)
  }
}

@inline(__always) private func row(
  _ id: StaticString, _ kind: Int, _ rows: Int32, _ columns: Int32,
  _ function: (@convention(c) (UnsafeRawPointer?) -> Void)?
) -> atrous_microkernel {
  atrous_microkernel(
    id: UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self), kind: Int32(kind), rows: rows,
    columns: columns,
    function: function)
}
