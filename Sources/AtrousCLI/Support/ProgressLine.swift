import Foundation

/// Progress on standard error: one line updated in place on a terminal, else plain lines.
final class ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var isShown = false
  private var lastLine = ""

  /// What is going on now. Without a terminal only a change of `stage` makes a line.
  func show(stage: String, detail: String = "") {
    if isTerminal {
      write("\r\u{1B}[K" + String((stage + (detail.isEmpty ? "" : "  " + detail)).prefix(columns - 1)))
      isShown = true
    } else if stage != lastLine {
      write(stage + "\n")
      lastLine = stage
    }
  }

  /// A line that stays.
  func note(_ line: String) {
    clear()
    write(line + "\n")
  }

  /// Takes the updated line away, so that results begin on an empty one.
  func clear() {
    if isShown { write("\r\u{1B}[K") }
    isShown = false
  }

  private var columns: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) : 80
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
