import Atrous
import AtrousDatabase
import Foundation

/// What this build calls itself in databases.
enum Build {
  static let version = "\(libraryVersion)"

  static let generator = Generator(
    version: version, build: identity, compiler: compiler, flags: flags)

  private static var flags: String {
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    #if arch(x86_64)
      return configuration + ", microkernels for x86-64-v2, v3 and v4"
    #else
      return configuration + ", microkernels for the baseline"
    #endif
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  /// A hash (64-bit FNV-1a) of the executable: measurements of another build must not count as this one's, and a commit's
  /// name would not tell of changes on top of it.
  private static var identity: String {
    guard let image = FileManager.default.contents(atPath: "/proc/self/exe") else { return "" }
    let hash = image.withUnsafeBytes { bytes in
      bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16)
  }
}
