import ArgumentParser

struct AtrousCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atrous",
    abstract: "Finds the fastest kernel for every dilated convolution on this machine.",
    discussion: """
      Exit status: 0 done, 1 a check failed, 2 bad use or input, 130 interrupted.

      Environment: ATROUS_DATABASE, the database of all commands (default: atrous.json in the current folder);
      ATROUS_TABLE, ATROUS_ISA (baseline, avx2, avx512), ATROUS_THREADS and ATROUS_VERBOSE, as the library reads them.
      """,
    version: Build.version,
    subcommands: [
      TopologyCommand.self, VariantsCommand.self, VerifyCommand.self, BenchCommand.self, TuneCommand.self,
      ExplainCommand.self, NetworkCommand.self, ReportCommand.self, CompareCommand.self, ExportCommand.self,
      MergeCommand.self, ValidateCommand.self, SuitesCommand.self, ReplayCommand.self,
    ])

  func run() {
    print(
      """
      atrous finds the fastest kernel for every dilated convolution on this machine, and remembers it.

      Tune: ten usual shapes within four minutes, into atrous.json, and a page on who won, by how much, and why
        atrous tune
        atrous report --html atrous.html
      Compare: what became slower or faster since, or on another machine; exit 1 if anything became slower
        atrous compare before.json atrous.json
      Ship: the file that the library reads; --format c and swift embed it
        atrous export atrous.json --format table -o atrous.table
        ATROUS_TABLE=atrous.table your-program

      For one shape of your own (512 channels of 33×33, 3×3 taps, dilation 2, channels last):
        atrous variants --problem "c512 h33 w33 k512 r3 s3 d2 psame nhwc"      who applies, who refuses and why
        atrous tune     --problem "c512 h33 w33 k512 r3 s3 d2 psame nhwc"
        atrous explain  --problem "c512 h33 w33 k512 r3 s3 d2 psame nhwc"      what runs here, on what evidence

      `atrous suites` lists the shapes of known networks, `atrous help` all commands, `atrous help tune` one's options.
      """)
  }
}
