import AtrousCore
import AtrousTestSupport
import AtrousTopology
import Foundation
import Testing

@Suite struct TopologyTests {
  @Test func syntheticCachesAndWhoSharesThem() throws {
    let text = "pack:2 l3:2(size=16777216) l2:2(size=1048576) core:2 l1d:1(size=32768) pu:2"
    let topology = try Topology(.synthetic(text), isa: .avx512)
    #expect(topology.packages == 2 && topology.cores.count == 16 && topology.onlineProcessors.count == 32)
    #expect(!topology.isThisSystem && topology.machine.level == 4 && topology.machine.architecture == "x86_64")
    #expect(topology.caches(level: 1).count == 16 && topology.caches(level: 2).count == 8)
    let kind = try #require(topology.machine.kinds.first)
    #expect(kind.l1d?.sharingCores == 1 && kind.l2?.sharingCores == 2 && kind.l3?.sharingCores == 4)
    #expect(kind.l3?.bytes == 16 << 20 && kind.l2?.bytes == 1 << 20 && kind.cores == 16)
    #expect(topology.cacheDomains == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]])
    #expect(topology.pinningOrder.prefix(16).elementsEqual(stride(from: 0, to: 32, by: 2)))
    #expect(Set(topology.pinningOrder).count == 32)
    #expect(topology.spreadOrder.prefix(8) == [0, 8, 16, 24, 2, 10, 18, 26])
    #expect(topology.spreadOrder.sorted() == topology.pinningOrder.sorted())
  }

  @Test func withoutCaches() throws {
    let topology = try Topology(.synthetic("pu:3"))
    #expect(topology.cores.map(\.processors) == [[0], [1], [2]] && topology.caches.isEmpty)
    #expect(topology.machine.key.description == "m1 unknown unknown unknown v0")
    #expect(topology.cacheDomains == [[0], [1], [2]])
  }

  /// Two big cores of two threads and a cluster of two small ones, written as hwloc would.
  static let hybrid = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE topology SYSTEM "hwloc2.dtd">
    <topology version="2.0">
      <object type="Machine" os_index="0" cpuset="0x3f" complete_cpuset="0xff" allowed_cpuset="0x1f" nodeset="0x1" complete_nodeset="0x1" allowed_nodeset="0x1" gp_index="1">
        <info name="HostName" value="secret-host"/>
        <info name="DMIProductSerial" value="secret-serial"/>
        <object type="NUMANode" os_index="0" cpuset="0x3f" complete_cpuset="0x3f" nodeset="0x1" complete_nodeset="0x1" gp_index="2" local_memory="1024"/>
        <object type="Package" os_index="0" cpuset="0x3f" complete_cpuset="0x3f" nodeset="0x1" complete_nodeset="0x1" gp_index="3">
          <info name="CPUVendor" value="GenuineIntel"/>
          <info name="CPUFamilyNumber" value="6"/>
          <info name="CPUModelNumber" value="151"/>
          <info name="CPUStepping" value="2"/>
          <object type="L2Cache" cpuset="0x3" complete_cpuset="0x3" nodeset="0x1" complete_nodeset="0x1" gp_index="4" cache_size="1310720" depth="2" cache_linesize="64" cache_associativity="10" cache_type="0">
            <object type="L1Cache" cpuset="0x3" complete_cpuset="0x3" nodeset="0x1" complete_nodeset="0x1" gp_index="5" cache_size="49152" depth="1" cache_linesize="64" cache_associativity="12" cache_type="1">
              <object type="Core" os_index="0" cpuset="0x3" complete_cpuset="0x3" nodeset="0x1" complete_nodeset="0x1" gp_index="6">
                <object type="PU" os_index="0" cpuset="0x1" complete_cpuset="0x1" nodeset="0x1" complete_nodeset="0x1" gp_index="7"/>
                <object type="PU" os_index="1" cpuset="0x2" complete_cpuset="0x2" nodeset="0x1" complete_nodeset="0x1" gp_index="8"/>
              </object>
            </object>
          </object>
          <object type="L2Cache" cpuset="0xc" complete_cpuset="0xc" nodeset="0x1" complete_nodeset="0x1" gp_index="9" cache_size="1310720" depth="2" cache_linesize="64" cache_associativity="10" cache_type="0">
            <object type="L1Cache" cpuset="0xc" complete_cpuset="0xc" nodeset="0x1" complete_nodeset="0x1" gp_index="10" cache_size="49152" depth="1" cache_linesize="64" cache_associativity="12" cache_type="1">
              <object type="Core" os_index="1" cpuset="0xc" complete_cpuset="0xc" nodeset="0x1" complete_nodeset="0x1" gp_index="11">
                <object type="PU" os_index="2" cpuset="0x4" complete_cpuset="0x4" nodeset="0x1" complete_nodeset="0x1" gp_index="12"/>
                <object type="PU" os_index="3" cpuset="0x8" complete_cpuset="0x8" nodeset="0x1" complete_nodeset="0x1" gp_index="13"/>
              </object>
            </object>
          </object>
          <object type="L2Cache" cpuset="0x30" complete_cpuset="0x30" nodeset="0x1" complete_nodeset="0x1" gp_index="14" cache_size="2097152" depth="2" cache_linesize="64" cache_associativity="16" cache_type="0">
            <object type="L1Cache" cpuset="0x10" complete_cpuset="0x10" nodeset="0x1" complete_nodeset="0x1" gp_index="15" cache_size="32768" depth="1" cache_linesize="64" cache_associativity="8" cache_type="1">
              <object type="Core" os_index="2" cpuset="0x10" complete_cpuset="0x10" nodeset="0x1" complete_nodeset="0x1" gp_index="16">
                <object type="PU" os_index="4" cpuset="0x10" complete_cpuset="0x10" nodeset="0x1" complete_nodeset="0x1" gp_index="17"/>
              </object>
            </object>
            <object type="L1Cache" cpuset="0x20" complete_cpuset="0x20" nodeset="0x1" complete_nodeset="0x1" gp_index="18" cache_size="32768" depth="1" cache_linesize="64" cache_associativity="8" cache_type="1">
              <object type="Core" os_index="3" cpuset="0x20" complete_cpuset="0x20" nodeset="0x1" complete_nodeset="0x1" gp_index="19">
                <object type="PU" os_index="5" cpuset="0x20" complete_cpuset="0x20" nodeset="0x1" complete_nodeset="0x1" gp_index="20"/>
              </object>
            </object>
          </object>
        </object>
      </object>
    </topology>
    """

  private func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).xml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test func hybridWithADisallowedCore() throws {
    let topology = try withFile(Self.hybrid) { try Topology(.xml(path: $0), isa: .avx2) }
    #expect(
      topology.machine.key.description == "m1 x86_64 intel 6.151.2 v3 l1d:48K/12 l2:1280K/10+l1d:32K/8 l2:2M/16")
    #expect(topology.machine.kinds.map(\.cores) == [2, 2])
    #expect(topology.machine.kinds[1].l2?.sharingCores == 2)
    #expect(topology.onlineProcessors == Array(0...5) && topology.allowedProcessors == Array(0...4))
    #expect(topology.cacheDomains == [[0], [1], [2, 3]])
    #expect(topology.pinningOrder == [0, 2, 4, 1, 3])
    #expect(topology.spreadOrder == [0, 2, 4, 1, 3])
    #expect(topology.lines().contains { $0.contains("caches of core kind 2, 2 cores") })
  }

  @Test func strippedXMLLoadsAgainAndKeepsTheMachine() throws {
    let topology = try withFile(Self.hybrid) { try Topology(.xml(path: $0), isa: .avx2) }
    let xml = topology.strippedXML()
    #expect(!xml.contains("secret"))
    let again = try withFile(xml) { try Topology(.xml(path: $0), isa: .avx2) }
    #expect(again.machine == topology.machine && again.cores == topology.cores && again.caches == topology.caches)
    let system = try Topology(.system).strippedXML()
    #expect(!system.contains("HostName") && !system.contains("DMI") && !system.contains("pci_busid"))
  }

  @Test(arguments: [
    "", "nonsense", "pack:0 pu:1", "pu:-1", "pack:2 core:", "pu:0x10", "core:2 foo:3", "pu:1 (", "99999999999999999999",
  ])
  func badSyntheticTexts(text: String) {
    let error = #expect(throws: TopologyError.self) { try Topology(.synthetic(text)) }
    #expect(error?.description.contains("\n") == false)
  }

  @Test func tooLargeSyntheticTexts() {
    #expect(throws: TopologyError.tooLarge(synthetic: "pack:64 core:65 pu:1", allowed: 4096)) {
      try Topology(.synthetic("pack:64 core:65 pu:1"))
    }
  }

  @Test func badFiles() throws {
    #expect(throws: TopologyError.unreadable(path: "/nowhere/at.xml")) { try Topology(.xml(path: "/nowhere/at.xml")) }
    for text in [
      "", "plain", "<topology/>", "<a><b/></a>", String(Self.hybrid.prefix(3000)),
      Self.hybrid.replacing("version=\"2.0\"", with: "version=\"3.0\""),
    ] {
      try withFile(text) { path in
        _ = #expect(throws: TopologyError.self, "\(text.prefix(40))") { try Topology(.xml(path: path)) }
      }
    }
  }
}
