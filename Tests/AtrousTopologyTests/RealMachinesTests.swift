import AtrousCore
import AtrousTopology
import Foundation
import Testing

/// The folder of real machines' XML, where `ATROUS_TOPOLOGIES` names one.
private let folder = ProcessInfo.processInfo.environment["ATROUS_TOPOLOGIES"].flatMap { $0.isEmpty ? nil : $0 }

/// A row of the folder's README: how many of what.
struct MachineRow: Sendable, CustomTestStringConvertible {
  var file: String
  var processors: Int
  var cores: Int
  var packages: Int
  /// Cache bytes → how many, of L1d, L2, L3.
  var caches: [[Int: Int]]
  var cpuKinds: Int

  var testDescription: String { file }

  /// `| file | PUs | cores | packages | NUMA | L1d | L2 | L3 | cpu kinds |`, a cache as `6×48K + 8×32K` or `none`.
  init?(_ line: Substring) {
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count == 9, let processors = Int(cells[1]), let cores = Int(cells[2]), let packages = Int(cells[3]),
      let kinds = Int(cells[8])
    else { return nil }
    (file, self.processors, self.cores, self.packages, cpuKinds) = (cells[0], processors, cores, packages, kinds)
    caches = cells[5...7].map { cell in
      let pairs = cell.split(separator: "+").compactMap { part -> (Int, Int)? in
        let sides = part.split(separator: "×").map { $0.trimmingCharacters(in: .whitespaces) }
        guard sides.count == 2, let count = Int(sides[0]), let size = Double(sides[1].dropLast()) else { return nil }
        return (Int(size * (sides[1].last == "M" ? 1_048_576.0 : 1024.0)), count)
      }
      return Dictionary(pairs, uniquingKeysWith: +)
    }
  }

  static let all: [MachineRow] = {
    guard let folder, let text = try? String(contentsOfFile: folder + "/README.md", encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { MachineRow($0) }
  }()
}

@Suite(.enabled(if: folder != nil)) struct RealMachinesTests {
  @Test func everyFileHasARow() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder!).filter { $0.hasSuffix(".xml") }
    #expect(Set(files) == Set(MachineRow.all.map { $0.file + ".xml" }))
  }

  @Test(arguments: MachineRow.all) func agreesWithItsRow(row: MachineRow) throws {
    let topology = try Topology(.xml(path: "\(folder!)/\(row.file).xml"), isa: .avx2)
    #expect(!topology.isThisSystem)
    #expect(topology.onlineProcessors.count == row.processors)
    #expect(topology.cores.count == row.cores && topology.packages == row.packages)
    for level in 1...3 {
      let counts = Dictionary(topology.caches(level: level).map { ($0.bytes, 1) }, uniquingKeysWith: +)
      #expect(counts == row.caches[level - 1], "level \(level)")
    }
    #expect(topology.cpuKinds.count == row.cpuKinds)
  }

  @Test(arguments: MachineRow.all) func isConsistent(row: MachineRow) throws {
    let topology = try Topology(.xml(path: "\(folder!)/\(row.file).xml"), isa: .avx2)
    #expect(try MachineKey(text: topology.machine.key.description) == topology.machine.key)
    #expect(topology.machine.kinds.map(\.cores).reduce(0, +) == row.cores)
    #expect(topology.machine.kinds.count == (row.file.contains("hybrid") ? 2 : 1))
    #expect(topology.cacheDomains.flatMap { $0 }.sorted() == Array(topology.cores.indices))
    #expect(topology.pinningOrder.sorted() == topology.allowedProcessors)
    #expect(topology.spreadOrder.sorted() == topology.allowedProcessors)
    #expect(topology.spreadOrder.first == topology.pinningOrder.first)
    #expect(Set(topology.cores.flatMap(\.processors)) == Set(topology.onlineProcessors))
    #expect(topology.lines().allSatisfy { !$0.contains("\n") })
    let stripped = topology.strippedXML()
    #expect(!stripped.contains("HostName") && !stripped.contains("PCIDev") && !stripped.contains("DMI"))
  }
}
