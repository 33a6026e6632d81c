// swift-tools-version: 6.2
import PackageDescription

// A Swift program on the installed library instead of the package: pkg-config says where `atrous.h` and libatrous.so are.
let package = Package(
  name: "Consumer",
  targets: [
    .systemLibrary(name: "CAtrous", pkgConfig: "atrous"),
    .executableTarget(name: "Consumer", dependencies: ["CAtrous"]),
  ],
  swiftLanguageModes: [.v6]
)
