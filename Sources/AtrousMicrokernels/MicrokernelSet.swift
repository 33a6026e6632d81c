import CAtrousMicrokernel

private typealias Function = @convention(c) (UnsafeRawPointer?) -> Void

#if ATROUS_LANES_16
  private var wide_12x2: Function? { tile_12x2 }
  private var wide_8x3: Function? { tile_8x3 }
  private var wide_6x4: Function? { tile_6x4 }
#else
  private var wide_12x2: Function? { nil }
  private var wide_8x3: Function? { nil }
  private var wide_6x4: Function? { nil }
#endif

// Where a multiply-add is two instructions the product takes a register, one too many for this tile.
#if ATROUS_SEPARATE_MULTIPLY_ADD
  private var fused_4x3: Function? { nil }
#else
  private var fused_4x3: Function? { tile_4x3 }
#endif

/// The list of microkernels, by index; a row with a NULL id ends it. Indices are not stable, ids are.
public func microkernel(at index: Int) -> atrous_microkernel {
  switch index {
  case 0: row("tile-6x2", ATROUS_KIND_TILE, 6, 2, tile_6x2)
  case 1: row("tile-4x3", ATROUS_KIND_TILE, 4, 3, fused_4x3)
  case 2: row("tile-12x1", ATROUS_KIND_TILE, 12, 1, tile_12x1)
  case 3: row("tile-1x4", ATROUS_KIND_TILE, 1, 4, tile_1x4)
  case 4: row("tile-12x2", ATROUS_KIND_TILE, 12, 2, wide_12x2)
  case 5: row("tile-8x3", ATROUS_KIND_TILE, 8, 3, wide_8x3)
  case 6: row("tile-6x4", ATROUS_KIND_TILE, 6, 4, wide_6x4)
  case 7: row("reference-6x8", ATROUS_KIND_REFERENCE, 0, 0, reference_6x8)
  case 8: row("round", ATROUS_KIND_ROUND, 0, 0, roundRow)
  case 9: row("scalar", ATROUS_KIND_SCALAR, 0, 0, scalar)
  case 10: row("pack-panels", ATROUS_KIND_PACK_PANELS, 0, 0, packPanels)
  case 11: row("pack-panels-f64", ATROUS_KIND_PACK_PANELS_DOUBLE, 0, 0, packPanelsDouble)
  case 12: row("pack-filters", ATROUS_KIND_PACK_FILTERS, 0, 0, packFilters)
  case 13: row("pack-row", ATROUS_KIND_PACK_ROW, 0, 0, packRow)
  case 14: row("depthwise-6x2", ATROUS_KIND_DEPTHWISE, 0, 0, depthwise_6x2)
  case 15: row("winograd-input", ATROUS_KIND_WINOGRAD_INPUT, 0, 0, winogradInput)
  case 16: row("winograd-output", ATROUS_KIND_WINOGRAD_OUTPUT, 0, 0, winogradOutput)
  case 17: row("winograd-weights", ATROUS_KIND_WINOGRAD_WEIGHTS, 0, 0, winogradWeights)
  default: atrous_microkernel(id: nil, kind: 0, rows: 0, columns: 0, function: nil)
  }
}

@inline(__always) private func row(
  _ id: StaticString, _ kind: Int, _ rows: Int32, _ columns: Int32, _ function: Function?
) -> atrous_microkernel {
  atrous_microkernel(
    id: UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self), kind: Int32(kind), rows: rows,
    columns: columns, function: function)
}
