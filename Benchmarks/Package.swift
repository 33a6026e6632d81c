// swift-tools-version: 6.2
import PackageDescription

// A package of its own: users of the library never resolve what measures it.
let package = Package(
  name: "atrous-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "atrous", path: "..", traits: []),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(name: "CAtrousAllocations", path: "Allocations"),
    .executableTarget(
      name: "Calls",
      dependencies: [
        "CAtrousAllocations", .product(name: "Atrous", package: "atrous"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Calls", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .target(name: "CTile", dependencies: [.product(name: "Atrous", package: "atrous")], path: "CTile"),
    .executableTarget(
      name: "Ceilings", dependencies: ["CTile", .product(name: "Atrous", package: "atrous")], path: "Ceilings"),
  ],
  swiftLanguageModes: [.v6]
)
