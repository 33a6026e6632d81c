// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that it needs none of the packages that the other benchmarks do.
let package = Package(
  name: "OneExecution",
  dependencies: [.package(name: "atrous", path: "../..", traits: [])],
  targets: [
    .target(name: "CCallgrind"),
    .executableTarget(
      name: "OneExecution", dependencies: ["CCallgrind", .product(name: "Atrous", package: "atrous")]),
  ],
  swiftLanguageModes: [.v6]
)
