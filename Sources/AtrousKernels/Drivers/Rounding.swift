/// The least multiple of `unit` that is not below `count`.
func roundedUp(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

/// Whole cache lines of 64 bytes.
func roundedToLine(_ bytes: Int) -> Int { roundedUp(bytes, to: 64) }

/// Room for so many floats as an odd number of lines: rows that follow each other at a power of two would meet in one cache
/// set.
func oddLines(_ floats: Int) -> Int { ((floats + 15) / 16 | 1) * 16 }
