import AtrousCore
import AtrousTuner
import Testing

@Suite struct ShardTests {
  @Test(arguments: 1...7)
  func partsAreDisjointAndWhole(count: Int) throws {
    let problems = Suites.all.flatMap(\.problems)
    let parts = (1...count).map { Shard(index: $0, count: count).part(of: problems) }
    #expect(parts.flatMap(\.self).map { "\($0)" }.sorted() == problems.map { "\($0)" }.sorted())
    #expect(parts.map(\.count).max()! - parts.map(\.count).min()! <= 1)
    let flops = parts.map { part in part.reduce(0.0) { $0 + Double($1.nominalFLOPs) } }
    #expect(flops.max()! < 3 * flops.min()!)
    #expect(parts == (1...count).map { Shard(index: $0, count: count).part(of: problems) })
  }
}
