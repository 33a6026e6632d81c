// swift-tools-version: 6.2
import PackageDescription

// Each instruction set compiles the same microkernel sources, so its flags are the only difference and stand only here.
// `-O -wmo` makes a debug build of a consumer emit the same code: unoptimised Swift would drop weak copies of the
// standard library into the instruction-set modules, and the linker may keep the wrong copy; file by file nothing would
// be inlined across files. The other two are what a debug build needs to go with `-wmo`: no batches, one object a file.
let optimised = ["-O", "-wmo", "-disable-batch-mode", "-num-threads", "1"]

struct InstructionSet {
  var suffix: String
  var flags: [String]
  var defines: [String]
}

#if arch(x86_64)
  // Inner loops begin on a cache line: where they do not, some run a tenth slower on Zen 5, and another one with every change
  // to the code before them.
  let lineLoops = ["-Xllvm", "-x86-experimental-pref-innermost-loop-alignment=6"]
  let baseline = InstructionSet(
    suffix: "", flags: lineLoops + ["-Xcc", "-march=x86-64-v2"],
    defines: ["ATROUS_LANES_4", "ATROUS_SEPARATE_MULTIPLY_ADD"])
  let extensions = [
    InstructionSet(suffix: "AVX2", flags: lineLoops + ["-Xcc", "-march=x86-64-v3"], defines: ["ATROUS_LANES_8"]),
    InstructionSet(
      suffix: "AVX512", flags: lineLoops + ["-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"],
      defines: ["ATROUS_LANES_16"]),
  ]
#else
  let baseline = InstructionSet(suffix: "", flags: [], defines: ["ATROUS_LANES_4"])
  let extensions: [InstructionSet] = []
#endif

func microkernels(_ set: InstructionSet) -> Target {
  .target(
    name: "AtrousMicrokernels" + set.suffix,
    dependencies: ["CAtrousMicrokernel"],
    swiftSettings: [.unsafeFlags(optimised + set.flags)] + set.defines.map { .define($0) })
}

let microkernelModules = ([baseline] + extensions).map {
  Target.Dependency(stringLiteral: "AtrousMicrokernels" + $0.suffix)
}

/// A dependency of the tools alone: a user of the library, who turns the trait `Tools` off, never resolves it.
func tool(_ product: String, _ package: String) -> Target.Dependency {
  .product(name: product, package: package, condition: .when(traits: ["Tools"]))
}

func tests(_ module: String, _ more: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests",
    dependencies: [.init(stringLiteral: module), "AtrousTestSupport"] + more)
}

let package = Package(
  name: "atrous",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Atrous", targets: ["Atrous"]),
    .library(name: "AtrousC", type: .dynamic, targets: ["AtrousC"]),
    .library(name: "AtrousDatabase", targets: ["AtrousDatabase"]),
    .executable(name: "atrous", targets: ["AtrousCLI"]),
  ],
  traits: [
    .trait(name: "Tools", description: "The command `atrous` and the packages it is built with."),
    .default(enabledTraits: ["Tools"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // What ships.
    .target(name: "CAtrousMicrokernel"),
    .target(name: "CAtrousPlatform"),
    .target(name: "AtrousCore"),
  ] + ([baseline] + extensions).map(microkernels) + [
    .target(
      name: "AtrousKernels",
      dependencies: ["AtrousCore", "CAtrousMicrokernel", "CAtrousPlatform"] + microkernelModules,
      // A debug build calls libm for squareRoot().
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "Atrous", dependencies: ["AtrousKernels", "AtrousCore", "CAtrousPlatform"]),
    .target(name: "CAtrous"),
    .target(name: "AtrousC", dependencies: ["Atrous", "CAtrous"]),

    // What remembers, measures and reports.
    .target(
      name: "AtrousDatabase", dependencies: ["Atrous", "AtrousKernels", "AtrousCore"],
      exclude: ["atrous-database.schema.json"]),
    .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"]), .brew(["hwloc"])]),
    .target(name: "AtrousTopology", dependencies: ["AtrousCore", "CHwloc", "CAtrousPlatform"]),
    .target(
      name: "AtrousTuner",
      dependencies: ["AtrousTopology", "AtrousDatabase", "Atrous", "AtrousKernels", "AtrousCore", "CAtrousPlatform"]),
    .target(
      name: "AtrousReports",
      dependencies: ["AtrousDatabase", "Atrous", "AtrousCore", tool("Mustache", "swift-mustache")]),
    .executableTarget(
      name: "AtrousCLI",
      dependencies: [
        "AtrousTuner", "AtrousReports", "AtrousTopology", "AtrousDatabase", "Atrous", "AtrousKernels", "AtrousCore",
        tool("ArgumentParser", "swift-argument-parser"), tool("TextTable", "TextTable"),
      ]),

    // Tests.
    .target(name: "AtrousTestSupport", dependencies: ["AtrousKernels", "AtrousCore"], path: "Tests/Support"),
    tests("AtrousCore"),
    tests("AtrousKernels"),
    tests("Atrous"),
    tests("AtrousDatabase"),
    tests("AtrousTopology", ["AtrousKernels", "AtrousCore", "CAtrousPlatform"]),
    .target(name: "CAtrousAllocations", path: "Tests/Allocations"),
    tests(
      "AtrousTuner",
      [
        "CAtrousAllocations", "AtrousTopology", "AtrousDatabase", "Atrous", "AtrousKernels",
        "AtrousCore",
      ]),
    tests("AtrousReports"),
    .testTarget(
      name: "AtrousCLITests",
      dependencies: ["AtrousTestSupport", "AtrousTuner", "AtrousReports", "AtrousDatabase", "Atrous"]),
  ],
  swiftLanguageModes: [.v6]
)
