// Made by `atrous export --format swift`; do not edit.
// swift-format-ignore-file

/// A dispatch table as text: read it with `Table(text:)`.
let embeddedTable = """
  atrous-table 1\tatrous 1.0 abc
  machine\t0\tm1 x86_64 amd 25.1.1 v3 l1d:32K/8 l2:512K/8 l3:32M/16\t8
  c16 h9 w9 k8 r3 s3 d2 p2 nhwc bias relu\t0\t1\tdirect-scalar baseline\t1\t1000.0\t991.0\t1009.0

  """
