// Packing: the order in which a kernel reads is the order in memory. Weights are packed once, in the plan.
// Register budget: one value or vector on its way; loads and stores bound it.

import CAtrousMicrokernel

/// panels[p][c / block][tap][c mod block][width] = w[p·width + column][c][tap], zero past the last filter.
@inline(never) func packPanels(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_pack_panels_args.self)
  let panels = args.pointee.panels.assumingMemoryBound(to: Float.self)
  packPanels(args) { panels[$0] = $1 }
}

/// The same, widened to Float64.
@inline(never) func packPanelsDouble(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_pack_panels_args.self)
  let panels = args.pointee.panels.assumingMemoryBound(to: Double.self)
  packPanels(args) { panels[$0] = Double($1) }
}

@inline(__always) private func packPanels(
  _ args: UnsafePointer<atrous_pack_panels_args>, _ write: (Int, Float) -> Void
) {
  let (filters, channels, taps) = (args.pointee.filters, args.pointee.channels, args.pointee.taps)
  let width = args.pointee.width
  var to = 0
  var first = 0
  while first < filters {
    var block = 0
    while block < channels {
      let end = min(block &+ args.pointee.block, channels)
      var tap = 0
      while tap < taps {
        var c = block
        while c < end {
          var column = 0
          while column < width {
            let filter = first &+ column
            write(to, filter < filters ? args.pointee.w[(filter &* channels &+ c) &* taps &+ tap] : 0)
            to &+= 1
            column &+= 1
          }
          c &+= 1
        }
        tap &+= 1
      }
      block = end
    }
    first &+= width
  }
}

/// rows[k][tap][c] = w[k][c][tap]
@inline(never) func packFilters(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_pack_filters_args.self)
  let (channels, taps) = (args.pointee.channels, args.pointee.taps)
  var to = 0
  var filter = 0
  while filter < args.pointee.filters {
    let w = args.pointee.w + filter &* channels &* taps
    var tap = 0
    while tap < taps {
      var c = 0
      while c < channels {
        args.pointee.rows[to] = w[c &* taps &+ tap]
        to &+= 1
        c &+= 1
      }
      tap &+= 1
    }
    filter &+= 1
  }
}

/// packed[c][phase][j] = row[c][first + phase + j·stride], zero outside the row.
@inline(never) func packRow(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_pack_row_args.self)
  let (columns, stride, count) = (args.pointee.columns, args.pointee.stride, args.pointee.count)
  var phase = 0
  while phase < args.pointee.phases {
    let start = args.pointee.first &+ phase
    // Column j is live while 0 ≤ start + j·stride < columns.
    let begin = min(start >= 0 ? 0 : (stride &- 1 &- start) / stride, count)
    let end = max(begin, min(start < columns ? (columns &- 1 &- start) / stride &+ 1 : 0, count))
    var row = args.pointee.row! + (start &+ begin &* stride)
    var packed = args.pointee.packed + phase &* args.pointee.phase_pitch
    var c = 0
    while c < args.pointee.channels {
      clear(packed, begin)
      copyStrided(packed + begin, row, stride, end &- begin)
      clear(packed + end, count &- end)
      row += args.pointee.channel_pitch
      packed += args.pointee.packed_pitch
      c &+= 1
    }
    phase &+= 1
  }
}

@inline(__always) private func copyStrided(_ to: MutableFloats, _ from: Floats, _ stride: Int, _ count: Int) {
  var i = 0
  if stride == 1 {
    while i &+ lanes <= count {
      store(load(from + i), to + i)
      i &+= lanes
    }
  }
  while i < count {
    to[i] = from[i &* stride]
    i &+= 1
  }
}

/// rows[i] = table[i], or the zeros where the table has padding.
@inline(never) func indirection(_ raw: UnsafeRawPointer?) {
  let args = raw!.assumingMemoryBound(to: atrous_indirection_args.self)
  let zeros = args.pointee.zeros
  var i = 0
  while i < args.pointee.count {
    let offset = args.pointee.table[i]
    args.pointee.rows[i] = offset == ATROUS_PADDING ? zeros : offset
    i &+= 1
  }
}
