/// The four registers of a cpuid leaf.
package struct CPUIDRegisters: Hashable, Sendable {
  package var eax: UInt32 = 0
  package var ebx: UInt32 = 0
  package var ecx: UInt32 = 0
  package var edx: UInt32 = 0

  package init() {}
}

/// An x86 processor as its cpuid leaves tell it. Pure: the leaves come from the caller, so that recorded ones can be read.
package struct CPUID {
  private let instruction: (UInt32, UInt32, UnsafeMutablePointer<UInt32>) -> Void
  /// XCR0: the registers the system saves. Asked only where OSXSAVE is set.
  private let savedState: () -> UInt64
  private var last: UInt32
  private var lastExtended: UInt32

  /// nil where the processor has no cpuid.
  ///
  /// - Parameters:
  ///   - instruction: leaf, subleaf → eax, ebx, ecx, edx.
  ///   - savedState: XCR0.
  package init?(
    instruction: @escaping (UInt32, UInt32, UnsafeMutablePointer<UInt32>) -> Void,
    savedState: @escaping () -> UInt64
  ) {
    self.instruction = instruction
    self.savedState = savedState
    (last, lastExtended) = (.max, .max)
    last = read(0).eax
    lastExtended = read(0x8000_0000).eax
    if last == 0 { return nil }
  }

  private func read(_ number: UInt32, _ sub: UInt32 = 0) -> CPUIDRegisters {
    var registers = CPUIDRegisters()
    guard number <= (number >= 0x8000_0000 ? lastExtended : last) else { return registers }
    withUnsafeMutableBytes(of: &registers) {
      instruction(number, sub, $0.baseAddress!.assumingMemoryBound(to: UInt32.self))
    }
    return registers
  }

  package var vendor: String {
    let registers = read(0)
    return x86Vendor(text([registers.ebx, registers.edx, registers.ecx]))
  }

  /// `family.model.stepping`, decimal, with the extended fields.
  package var model: String {
    let signature = read(1).eax
    let base = signature >> 8 & 15
    let family = base == 15 ? base + (signature >> 20 & 255) : base
    let extended = base == 6 || base == 15 ? (signature >> 16 & 15) << 4 : 0
    return "\(family).\(extended | (signature >> 4 & 15)).\(signature & 15)"
  }

  package var brand: String? {
    guard lastExtended >= 0x8000_0004 else { return nil }
    let registers = (0x8000_0002...0x8000_0004).map { read($0) }
    let name = text(registers.flatMap { [$0.eax, $0.ebx, $0.ecx, $0.edx] })
    return trimmed(name).isEmpty ? nil : trimmed(name)
  }

  package var hypervisor: String? {
    guard read(1).ecx >> 31 == 1 else { return nil }
    // Past the last basic leaf, so asked for directly.
    var registers: [UInt32] = [0, 0, 0, 0]
    instruction(0x4000_0000, 0, &registers)
    let name = trimmed(text(Array(registers[1...])))
    return name.isEmpty ? "unknown" : name
  }

  /// The highest psABI level of which every feature is there, and whose registers the system saves; 0 for none.
  package var level: Int {
    let (one, seven, extended) = (read(1), read(7), read(0x8000_0001))
    let saved = one.ecx.has([27]) ? savedState() : 0
    // FPU, CX8, CMOV, MMX, FXSR, SSE, SSE2.
    guard one.edx.has([0, 8, 15, 23, 24, 25, 26]) else { return 0 }
    // SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT; LAHF-SAHF.
    guard one.ecx.has([0, 9, 13, 19, 20, 23]), extended.ecx.has([0]) else { return 1 }
    // FMA, MOVBE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT; xmm and ymm saved.
    guard one.ecx.has([12, 22, 27, 28, 29]), seven.ebx.has([3, 5, 8]), extended.ecx.has([5]), saved & 0x06 == 0x06
    else { return 2 }
    // AVX512F, DQ, CD, BW, VL; opmask and zmm saved.
    return seven.ebx.has([16, 17, 28, 30, 31]) && saved & 0xe6 == 0xe6 ? 4 : 3
  }

  /// The data caches of the core that runs this, as leaf 4 or 0x8000001D tells them. Who shares them is not told here.
  package var caches: CoreCaches {
    let amd = read(0x8000_0001).ecx.has([22]) && lastExtended >= 0x8000_001d
    var caches = CoreCaches()
    for index in 0..<16 as Range<UInt32> {
      let registers = read(amd ? 0x8000_001d : 4, index)
      let kind = registers.eax & 31
      if kind == 0 { break }
      if kind == 2 { continue }
      let ways = Int(registers.ebx >> 22) + 1
      let line = Int(registers.ebx & 0xfff) + 1
      let partitions = Int(registers.ebx >> 12 & 0x3ff) + 1
      caches.set(
        level: Int(registers.eax >> 5 & 7),
        Cache(bytes: ways * line * partitions * (Int(registers.ecx) + 1), ways: ways))
    }
    return caches
  }

  private func text(_ words: [UInt32]) -> String {
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}

extension CoreCaches {
  /// Sets a level, 1…3; another is ignored.
  package mutating func set(level: Int, _ cache: Cache) {
    switch level {
    case 1: l1d = cache
    case 2: l2 = cache
    case 3: l3 = cache
    default: break
    }
  }
}

/// The key's word for an x86 vendor's cpuid text.
package func x86Vendor(_ text: String) -> String {
  switch text {
  case "AuthenticAMD": "amd"
  case "GenuineIntel": "intel"
  case "HygonGenuine": "hygon"
  case "CentaurHauls": "centaur"
  case "  Shanghai  ": "zhaoxin"
  default: "unknown"
  }
}

/// Without blanks at either end.
package func trimmed(_ text: String) -> String {
  let blank: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" }
  return String(text.drop(while: blank).reversed().drop(while: blank).reversed())
}

extension UInt32 {
  fileprivate func has(_ bits: [UInt32]) -> Bool { bits.allSatisfy { self >> $0 & 1 == 1 } }
}
