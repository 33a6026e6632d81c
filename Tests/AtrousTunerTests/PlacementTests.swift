import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTopology
import AtrousTuner
import Testing

@Suite struct PlacementTests {
  private func tuner(_ threads: [Int], _ text: String, _ clock: FakeClock = FakeClock()) throws -> Tuner {
    let topology = try Topology(.synthetic(text))
    var tuner = AtrousTunerTests.tuner([FakeVariant(id: "fake", clock: clock, times: [1e6])], clock)
    tuner.options.threads = threads
    (tuner.processors, tuner.spread) = (topology.pinningOrder, topology.spreadOrder)
    return tuner
  }

  private func items(_ threads: [Int], _ text: String) throws -> [String] {
    try tuner(threads, text).forecast([pointwise(8)]).rows.map { "\($0.item.threads) \($0.item.placement)" }
  }

  /// One thread and all cores are the same either way.
  @Test func bothAreTunedWhereTheyDiffer() throws {
    let two = "pack:1 l3:2(size=16777216) core:2 l1d:1(size=32768) pu:1"
    #expect(try items([1, 2, 4], two) == ["1 compact", "2 compact", "2 spread", "4 compact"])
    #expect(try items([1, 2, 3], "l3:1(size=16777216) core:4 pu:1") == ["1 compact", "2 compact", "3 compact"])
    // Two threads of each core: four threads take four cores, which are all, or the cores of one domain first.
    let siblings = "pack:2 l3:2(size=16777216) core:2 l1d:1(size=32768) pu:2"
    #expect(try items([2, 8, 16], siblings) == ["2 compact", "2 spread", "8 compact", "16 compact"])
    #expect(try items([5], "pu:2") == ["5 compact"])
  }

  @Test func itemsNameTheirPlacement() throws {
    let rows = try tuner([1, 2], "l3:2(size=16777216) core:2 pu:1").forecast([pointwise(8)]).rows
    #expect(rows.map { "\($0.item)" }.last == "\(pointwise(8)), 2 threads, spread")
    #expect("\(rows[0].item)" == "\(pointwise(8)), 1 thread")
  }

  /// The results of both stand in the database, and the faster ships. Pins to two processors of this machine.
  @Test(.enabled("needs two processors") { try Topology(.system).pinningOrder.count >= 2 })
  func placementsAreMeasuredApart() throws {
    let own = try Topology(.system).pinningOrder
    let clock = FakeClock()
    var tuner = try tuner([1], "pu:2", clock)
    (tuner.processors, tuner.spread) = ([own[0], own[1]], [own[1], own[0]])
    let database = try tuner.run([pointwise(8)]).database
    #expect(database.results.map(\.key.placement).sorted() == ["compact", "spread"])
    #expect(database.table(registry: tuner.registry).table.entries.count == 1)
  }
}
