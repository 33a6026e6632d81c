// swift-tools-version: 6.2
import PackageDescription

// What a user of the library writes, but for the path: the trait `Tools` off, so that none of the tools' packages is resolved.
let package = Package(
  name: "Consumer",
  dependencies: [.package(name: "atrous", path: "../../..", traits: [])],
  targets: [.executableTarget(name: "Consumer", dependencies: [.product(name: "Atrous", package: "atrous")])],
  swiftLanguageModes: [.v6]
)
