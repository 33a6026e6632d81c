import ArgumentParser
import AtrousTuner
import Foundation

/// Ctrl-C: the first asks the running work to stop and keep what is finished, a second ends the process at once.
enum Interrupt {
  private static let flag = CancellationFlag()

  /// Starts to listen. The flag is made here, before the handler can run: a handler may not allocate.
  static func listen() -> CancellationFlag {
    let flag = flag
    signal(SIGINT) { _ in
      if Interrupt.flag.isSet { _exit(ExitCode.interrupted.rawValue) }
      Interrupt.flag.set()
    }
    // A parent may have started the command with the signal blocked, and what is blocked stays so.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    return flag
  }
}
