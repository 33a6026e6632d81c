// Made by `atrous export --format swift`; do not edit.
// swift-format-ignore-file

/// A dispatch table as text: read it with `Table(text:)`.
let embeddedTable = """
  atrous-table 1\tnone

  """
