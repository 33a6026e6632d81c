import Foundation
import Testing

/// Every bad use ends with status 2 and one line that says what is wrong.
@Suite struct BadInputTests {
  /// The arguments, joined by `|`, and words of the message.
  static let uses: [(arguments: String, message: String)] = [
    ("nonsense", "unknown command \"nonsense\"; known: topology,"),
    ("help|nonsense", "unknown command"),
    ("topolgy", "did you mean \"topology\"?"),
    ("--nonsense", "'--nonsense'; see `atrous help`"),
    ("variants|extra", "'extra'; see `atrous help variants`"),
    ("tune|--suit|quick", "Did you mean '--suite'?"),
    ("tune|--problem", "'--problem <P>'; see `atrous help tune`"),
    ("explain", "'--problem <P>'; see `atrous help explain`"),
    ("tune|--suite|quik", "unknown suite \"quik\"; did you mean \"quick\"? known: quick,"),
    ("network|context", "did you mean \"context-module\"?"),
    ("verify|--variant|winogrd", "did you mean \"winograd\"?"),
    ("suites|nonsense", "unknown suite \"nonsense\"; known: quick,"),
    ("tune|--suite|nonsense", "known: quick,"),
    ("verify|--suite|", "known: quick,"),
    ("verify|--large|some", "skip, tiles"),
    ("verify|--large|tiles", "--large tiles needs --max-gflop"),
    ("verify|--database|some.json", "with --large tiles"),
    ("verify|--resume|.", "Is a directory"),
    ("topology|--measure|--synthetic|core:2", "measures this machine"),
    ("verify|--variant|nonsense", "unknown variant \"nonsense\"; known:"),
    ("tune|--variant|nonsense", "known:"),
    ("tune|--suite|quick|--problem|c1 w1 k1 s1 nhwc", "one of --problem, --suite and --problems"),
    ("network", "NAME"),
    ("network|nonsense", "known: quick,"),
    ("network|dense", "no chain of layers; chains: context-module,"),
    ("bench", "--problem"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--variant|nonsense", "known:"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--variant|depthwise", "depthwise: takes"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--candidate|direct-nhwc", "no instruction set follows"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--candidate|direct-nhwc sse zz", "baseline, avx2, avx512"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--candidate|direct-nhwc baseline mr0", "mr0 is out of range, 1…64"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--candidate|direct-nhwc baseline zz4", "unknown configuration key"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--candidate|nonsense baseline", "unknown variant \"nonsense\"; known:"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--rounds|0", "1 to 10000"),
    ("bench|--problem|c8 w8 k8 s3 p1 nhwc|--threads|2|--cache|cold", "--cache cold with 2 threads; allowed: 1 thread"),
    ("tune|--threads|1,2|--cache|cold", "--cache cold with 2 threads; allowed: 1 thread"),
    // Problem texts.
    ("variants|--problem|", "the problem text is empty"),
    ("variants|--problem|c16", "lacks k; a text, in quotes: \"c64 h33"),
    ("variants|--problem|c8 w8 k8 s3 NHWC", "\"NHWC\" is no token of a problem text; a text, in quotes: \"c64 h33"),
    ("variants|--problem|c0 h8 w8 k8 r3 s3 nhwc", "c is 0; allowed: 1 to 2147483647"),
    ("variants|--problem|c-4 h8 w8 k8 r3 s3 nhwc", "malformed number"),
    ("variants|--problem|c99999999999999999999 w8 k8 s3 nhwc", "malformed number"),
    ("variants|--problem|c2147483647 h2147483647 w2147483647 k2147483647 r1 s1 nhwc", "pass 2^63"),
    ("variants|--problem|c8 h8 w8 k8 r3 s3 d99 nhwc", "the output is empty"),
    ("variants|--problem|g3 c8 h8 w8 k8 r3 s3 p1 nhwc", "multiples of 3"),
    ("variants|--problem|c8 c8 w8 k8 s3 nhwc", "repeats"),
    ("variants|--problem|c8 w8 k8 s3 nhwc zzz", "\"zzz\""),
    ("variants|--problem|c8 w8 k8 s3 nhwc\nrelu", "no token"),
    ("explain|--problem|c8 w8 k8 s3", "layout"),
    ("tune|--problem|c8 w8 k8 s3 p1 dw2 d2 nhwc", "cannot stand together"),
    // Numbers.
    ("verify|--seed|-1", "0 to 18446744073709551615"),
    ("verify|--seed|99999999999999999999999", "whole numbers"),
    ("verify|--max-gflop|-1", "above 0"),
    ("verify|--max-gflop|nan", "above 0"),
    ("verify|--max-gflop|inf", "above 0"),
    ("verify|--max-gflop|1e999", "above 0"),
    ("verify|--max-candidates|0", "1 to"),
    ("verify|--threads|0", "1 to 1022"),
    ("network|context-module|--layout|chwn", "allowed: nchw, nhwc, nchw8c, nchw16c"),
    ("verify|--threads|1023", "1 to 1022"),
    ("tune|--threads|", "auto"),
    ("tune|--threads|1,,2", "auto"),
    ("tune|--threads|2,-1", "auto"),
    ("tune|--threads|many", "auto"),
    ("tune|--budget|0", "above 0"),
    ("tune|--budget|-4m", "above 0"),
    ("tune|--budget|4d", "such as 30s, 4m or 1.5h"),
    ("tune|--budget|1e300h", "up to 168h"),
    ("tune|--max-error|0", "above 0, up to 1"),
    ("tune|--max-error|2", "above 0, up to 1"),
    ("tune|--max-workspace|-1", "64M"),
    ("tune|--max-workspace|64X", "64M"),
    ("tune|--max-workspace|99999999999G", "64M"),
    ("tune|--cache|tepid", "warm, cold"),
    ("tune|--strategy|random", "racing, exhaustive"),
    ("tune|--shard|0/2", "such as 2/4"),
    ("tune|--shard|3/2", "such as 2/4"),
    ("tune|--shard|2", "such as 2/4"),
    ("replay", "JOURNAL"),
    ("replay|missing", "missing: no such journal or database"),
    ("replay|folder", "folder: holds no whole sweep"),
    ("replay|good", "good: holds no whole sweep"),
    ("replay|text", "text is corrupt"),
    ("replay|newer", "schema version 99"),
    ("replay|good|--strategy|nonsense", "racing, exhaustive, random"),
    ("variants|--isa|avx1024", "baseline, avx2, avx512"),
    ("topology|--synthetic|nonsense", "synthetic"),
    ("topology|--synthetic|package:2|--xml|file", "one of --xml and --synthetic"),
    ("export|atrous.json|--format|csv|-o|out", "table, swift, c"),
    // Files: `folder`, `empty`, `binary` and `text` are there, `missing` is not.
    ("topology|--xml|missing", "missing"),
    ("topology|--xml|folder", "folder"),
    ("topology|--xml|empty", "empty"),
    ("topology|--xml|text", "text"),
    ("variants|--problem|c8 w8 k8 s3 nhwc|--topology|missing", "missing"),
    ("tune|--problems|missing", "missing: no such file"),
    ("tune|--problems|folder", "folder: a folder, not a file"),
    ("tune|--problems|empty", "empty: the file is empty"),
    ("tune|--problems|binary", "binary: not UTF-8 text"),
    ("tune|--problems|text", "text: line 1:"),
    ("verify|--problems|comments", "comments: holds no problem"),
    ("report|missing", "missing: no such database"),
    ("report", "atrous.json: no such database"),
    ("report|folder", "folder"),
    ("report|empty", "empty"),
    ("report|text", "text is corrupt"),
    ("report|list", "list is corrupt"),
    ("report|newer", "newer has schema version 99; this build reads 1 to 2"),
    ("report|good|--markdown|missing/report.md", "cannot write missing/report.md: No such file or directory"),
    ("report|good|--csv|missing/tables", "cannot write missing/tables: No such file or directory"),
    ("report|good|--csv|text", "cannot write text: File exists"),
    ("report|good|--markdown|folder", "cannot write folder: Is a directory"),
    ("report|good|--html|missing/report.html", "cannot write missing/report.html: No such file or directory"),
    ("report|good|--html|page.html|--peers|text", "text: no results of Scripts/peers: not JSON"),
    ("report|good|--html|page.html|--peers|missing", "missing: no such file"),
    ("report|good|--peers|text", "--peers goes into the page; allowed with --html"),
    ("compare|good", "NEW"),
    ("compare|good|missing", "missing: no such database"),
    ("compare|folder|good", "folder"),
    ("compare|good|empty", "empty"),
    ("compare|text|good", "text is corrupt"),
    ("compare|good|newer", "schema version 99"),
    ("compare|good|good", "no winner of one problem under the same conditions"),
    ("compare|good|good|--threshold|-5%", "0% to 1000%, such as 5%"),
    ("compare|good|good|--threshold|some", "0% to 1000%, such as 5%"),
    ("explain|--problem|c8 w8 k8 s3 nhwc|--database|missing", "missing: no such database"),
    ("explain|--problem|c8 w8 k8 s3 nhwc|--database|text", "text is corrupt"),
    ("export|good|--format|table|-o|out", "holds no winner"),
    ("export|good|--format|table", "-o"),
    ("merge|good|missing|-o|out", "missing: no such database"),
    ("merge|good|-o|missing/out", "missing/out"),
    ("validate", "FILE"),
    ("validate|missing", "missing: no such database"),
    ("validate|folder", "folder"),
    ("validate|newer", "schema version 99"),
    ("validate|table", "table: line 2"),
    ("tune|--problem|c8 w8 k8 s3 p1 nhwc|--budget|1s|--database|missing/a.json", "missing/a.json"),
    ("tune|--problem|c8 w8 k8 s3 p1 nhwc|--budget|1s|--database|folder", "folder"),
    ("tune|--problem|c8 w8 k8 s3 p1 nhwc|--budget|1s|--database|text", "text is corrupt"),
    ("tune|--problem|c8 w8 k8 s3 p1 nhwc|--budget|1s|--database|newer", "schema version 99"),
  ]

  @Test(arguments: uses)
  func saysWhatIsWrong(arguments: String, message: String) throws {
    try Command.inFolder { atrous in
      try FileManager.default.createDirectory(atPath: atrous.path("folder"), withIntermediateDirectories: true)
      try atrous.write("empty", "")
      try atrous.write("text", "what is this\n")
      try atrous.write("list", "[]")
      try atrous.write("comments", "# nothing\n\n")
      try atrous.write("newer", #"{"schema_version": 99, "runs": [], "results": []}"#)
      try atrous.write("good", #"{"schema_version": 1, "runs": [], "results": []}"#)
      try atrous.write("table", "atrous-table 1\ttest\nnonsense\n")
      try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: atrous.path("binary")))
      let ended = try atrous.run(
        arguments.split(separator: "|", omittingEmptySubsequences: false).map(String.init))
      #expect(ended.status == 2 && !ended.isSignalled)
      #expect(ended.output == "")
      let lines = ended.errors.split(separator: "\n")
      #expect(lines.count == 1 && ended.errors.hasPrefix("atrous: "), "\(ended.errors)")
      #expect(ended.errors.contains(message), "\(ended.errors)")
    }
  }

  @Test func anInstructionSetThatIsNone() throws {
    try Command.inFolder { atrous in
      let ended = try atrous(
        "variants", "--problem", "c8 w8 k8 s3 nhwc", environment: ["ATROUS_ISA": "mmx"])
      #expect(ended.status == 2)
      #expect(ended.errors == "atrous: ATROUS_ISA is \"mmx\"; it is baseline, avx2 or avx512\n")
    }
  }
}
