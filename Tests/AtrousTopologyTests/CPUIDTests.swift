import AtrousCore
import Testing

/// Processors made up leaf by leaf.
@Suite struct CPUIDTests {
  /// (leaf, subleaf) → eax, ebx, ecx, edx; leaves not listed are zero.
  private struct Leaves {
    var table: [[UInt32]: [UInt32]]
    var savedState: UInt64

    var cpuid: CPUID? {
      CPUID(
        instruction: { leaf, subleaf, registers in
          for (index, value) in (table[[leaf, subleaf]] ?? [0, 0, 0, 0]).enumerated() { registers[index] = value }
        }, savedState: { savedState })
    }
  }

  private static func bits(_ bits: [UInt32]) -> UInt32 { bits.reduce(0) { $0 | 1 << $1 } }

  /// An Intel of family 6, model 85, stepping 7 with everything of level 4.
  private static let cascadeLake = Leaves(
    table: [
      [0, 0]: [0x16, 0x756e_6547, 0x6c65_746e, 0x4965_6e69],
      [1, 0]: [
        0x50657, 0, bits([0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29]), bits([0, 8, 15, 23, 24, 25, 26]),
      ],
      [4, 0]: [0x1c00_4121, 0x01c0_003f, 0x3f, 0], [4, 1]: [0x1c00_4122, 0x01c0_003f, 0x3f, 0],
      [4, 2]: [0x1c00_4143, 0x03c0_003f, 0x3ff, 0], [4, 3]: [0x1c03_c163, 0x0280_003f, 0x9fff, 0],
      [7, 0]: [0, bits([3, 5, 8, 16, 17, 28, 30, 31]), 0, 0],
      [0x8000_0000, 0]: [0x8000_0008, 0, 0, 0], [0x8000_0001, 0]: [0, 0, bits([0, 5]), 0],
    ], savedState: 0xe7)

  @Test func readsAnIntel() throws {
    let cpuid = try #require(Self.cascadeLake.cpuid)
    #expect(cpuid.vendor == "intel" && cpuid.model == "6.85.7" && cpuid.level == 4)
    #expect(cpuid.caches.l1d == Cache(bytes: 32 << 10, ways: 8))
    #expect(cpuid.caches.l2 == Cache(bytes: 1 << 20, ways: 16))
    #expect(cpuid.caches.l3 == Cache(bytes: 28160 << 10, ways: 11))
    #expect(cpuid.hypervisor == nil && cpuid.brand == nil)
  }

  @Test func withoutCPUID() { #expect(Leaves(table: [:], savedState: 0).cpuid == nil) }

  @Test(arguments: [(UInt64(0x07), 3), (0x67, 3), (0xe3, 2), (0x01, 2), (0xe7, 4)])
  func theSystemMustSaveTheRegisters(savedState: UInt64, level: Int) {
    var leaves = Self.cascadeLake
    leaves.savedState = savedState
    #expect(leaves.cpuid?.level == level)
  }

  /// leaf, register, bit → the level left when that bit alone is missing.
  @Test func everyFeatureOfALevelCounts() {
    let needed: [(leaf: UInt32, register: Int, bits: [UInt32], left: Int)] = [
      (1, 3, [0, 8, 15, 23, 24, 25, 26], 0), (1, 2, [0, 9, 13, 19, 20, 23], 1), (0x8000_0001, 2, [0], 1),
      (1, 2, [12, 22, 27, 28, 29], 2), (7, 1, [3, 5, 8], 2), (0x8000_0001, 2, [5], 2), (7, 1, [16, 17, 28, 30, 31], 3),
    ]
    for row in needed {
      for bit in row.bits {
        var leaves = Self.cascadeLake
        leaves.table[[row.leaf, 0]]![row.register] &= ~(1 << bit)
        #expect(leaves.cpuid?.level == row.left, "leaf \(row.leaf), register \(row.register), bit \(bit)")
      }
    }
  }

  @Test(arguments: [
    (UInt32(0x00a0_0f11), "25.1.1"), (0x0080_0f12, "23.1.2"), (0x0010_0f91, "16.9.1"), (0x0004_0f12, "15.65.2"),
  ])
  func extendedFamilyAndModel(signature: UInt32, model: String) {
    var leaves = Self.cascadeLake
    leaves.table[[1, 0]]![0] = signature
    #expect(leaves.cpuid?.model == model)
  }
}
