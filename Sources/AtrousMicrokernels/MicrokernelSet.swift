// The list of kernels: each has its formula and register budget at the top of its own file. See Tile.swift for the tiles.

import CAtrousMicrokernel

private typealias Function = @convention(c) (UnsafeRawPointer?) -> Void

#if ATROUS_LANES_16
  private var wide_8x3: Function? { tile_8x3 }
  private var wide_6x4: Function? { tile_6x4 }
#else
  private var wide_8x3: Function? { nil }
  private var wide_6x4: Function? { nil }
#endif

// Where a multiply-add is two instructions the product takes a register, one too many for these tiles.
#if ATROUS_SEPARATE_MULTIPLY_ADD
  private var fused_4x3: Function? { nil }
  private var grouped_fused_4x3: Function? { nil }
#else
  private var fused_4x3: Function? { tile_4x3 }
  private var grouped_fused_4x3: Function? { grouped_4x3 }
#endif

/// Hands every row of the list to `add`. The order is not stable, the ids are.
public func listMicrokernels(
  _ list: UnsafeMutableRawPointer, _ add: @convention(c) (UnsafeMutableRawPointer?, atrous_microkernel) -> Void
) {
  add(list, row("tile-6x2", ATROUS_KIND_TILE, 6, 2, tile_6x2))
  add(list, row("tile-4x3", ATROUS_KIND_TILE, 4, 3, fused_4x3))
  add(list, row("tile-12x1", ATROUS_KIND_TILE, 12, 1, tile_12x1))
  add(list, row("tile-1x4", ATROUS_KIND_TILE, 1, 4, tile_1x4))
  add(list, row("tile-8x3", ATROUS_KIND_TILE, 8, 3, wide_8x3))
  add(list, row("tile-6x4", ATROUS_KIND_TILE, 6, 4, wide_6x4))
  add(list, row("reference-6x8", ATROUS_KIND_REFERENCE, 0, 0, reference_6x8))
  add(list, row("round", ATROUS_KIND_ROUND, 0, 0, roundRow))
  add(list, row("scalar", ATROUS_KIND_SCALAR, 0, 0, scalar))
  add(list, row("pack-panels", ATROUS_KIND_PACK_PANELS, 0, 0, packPanels))
  add(list, row("pack-panels-f64", ATROUS_KIND_PACK_PANELS_DOUBLE, 0, 0, packPanelsDouble))
  add(list, row("pack-filters", ATROUS_KIND_PACK_FILTERS, 0, 0, packFilters))
  add(list, row("pack-row", ATROUS_KIND_PACK_ROW, 0, 0, packRow))
  add(list, row("depthwise-6x2", ATROUS_KIND_DEPTHWISE, 0, 0, depthwise_6x2))
  add(list, row("depthwise-plane", ATROUS_KIND_DEPTHWISE_PLANE, 0, 0, depthwisePlane))
  add(list, row("depthwise-line", ATROUS_KIND_DEPTHWISE_LINE, 0, 0, depthwiseLine))
  add(list, row("depthwise-three", ATROUS_KIND_DEPTHWISE_THREE, 0, 0, depthwiseThree))
  add(list, row("depthwise-edge", ATROUS_KIND_DEPTHWISE_EDGE, 0, 0, depthwiseEdge))
  add(list, row("depthwise-block", ATROUS_KIND_DEPTHWISE_BLOCK, 0, 0, depthwiseBlock))
  add(list, row("depthwise-tile", ATROUS_KIND_DEPTHWISE_TILE, 0, 0, depthwiseTile))
  add(list, row("depthwise-rows", ATROUS_KIND_DEPTHWISE_ROWS, 0, 0, depthwiseRows))
  add(list, row("depthwise-repeat", ATROUS_KIND_DEPTHWISE_REPEAT, 0, 0, depthwiseRepeat))
  add(list, row("grouped-12x1", ATROUS_KIND_GROUPED, 12, 1, grouped_12x1))
  add(list, row("grouped-6x2", ATROUS_KIND_GROUPED, 6, 2, grouped_6x2))
  add(list, row("grouped-4x3", ATROUS_KIND_GROUPED, 4, 3, grouped_fused_4x3))
  add(list, row("group-lanes", ATROUS_KIND_GROUP_LANES, 0, 0, groupLanes))
  add(list, row("pack-grouped", ATROUS_KIND_PACK_GROUPED, 0, 0, packGrouped))
  add(list, row("indirection", ATROUS_KIND_INDIRECTION, 0, 0, indirection))
  add(list, row("transpose", ATROUS_KIND_TRANSPOSE, 0, 0, transpose))
  add(list, row("copy-rows", ATROUS_KIND_COPY_ROWS, 0, 0, copyRows))
  add(list, row("gather-rows", ATROUS_KIND_GATHER_ROWS, 0, 0, gatherRows))
  add(list, row("winograd-input", ATROUS_KIND_WINOGRAD_INPUT, 0, 0, winogradInput))
  add(list, row("winograd-output", ATROUS_KIND_WINOGRAD_OUTPUT, 0, 0, winogradOutput))
  add(list, row("winograd-weights", ATROUS_KIND_WINOGRAD_WEIGHTS, 0, 0, winogradWeights))
  add(list, row("winograd-rows-input", ATROUS_KIND_WINOGRAD_ROWS_INPUT, 0, 0, winogradRowsInput))
  add(list, row("winograd-rows-output", ATROUS_KIND_WINOGRAD_ROWS_OUTPUT, 0, 0, winogradRowsOutput))
  add(list, row("winograd-rows-weights", ATROUS_KIND_WINOGRAD_ROWS_WEIGHTS, 0, 0, winogradRowsWeights))
  add(list, row("fourier-input", ATROUS_KIND_FOURIER_INPUT, 0, 0, fourierInput))
  add(list, row("fourier-output", ATROUS_KIND_FOURIER_OUTPUT, 0, 0, fourierOutput))
  add(list, row("fourier-weights", ATROUS_KIND_FOURIER_WEIGHTS, 0, 0, fourierWeights))
  add(list, row("read", ATROUS_KIND_READ, 0, 0, readFloats))
}

@inline(__always) private func row(
  _ id: StaticString, _ kind: Int, _ rows: Int32, _ columns: Int32, _ function: Function?
) -> atrous_microkernel {
  atrous_microkernel(
    id: UnsafeRawPointer(id.utf8Start).assumingMemoryBound(to: CChar.self), kind: Int32(kind), rows: rows,
    columns: columns, function: function)
}
