// The register tile of the library, the same in C intrinsics, and multiply-adds on registers alone, in alternating rounds on
// data in L1: what the compiler leaves of the machine. Prints `NAME <TAB> VALUE <TAB> UNIT`, medians.
import Atrous
import CTile

if tile_supported() == 0 || HostMachine.instructionSet < .avx2 {
  print("register tile in intrinsics\t-\tthis processor has no AVX2")
} else {
  let loop = TileLoop(libraryTile())
  var (swift, intrinsics, peak, ratio): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
  for _ in 0..<301 {
    let rates = loop.rates(tile_6x2_intrinsics)
    swift.append(rates.library)
    intrinsics.append(rates.other)
    ratio.append(100 * rates.library / rates.other)
    peak.append(fma_peak(200_000))
  }
  func line(_ name: String, _ values: [Double], _ unit: String) {
    let median = values.sorted()[values.count / 2]
    print("\(name)\t\((median * 10).rounded() / 10)\t\(unit)")
  }
  line("FMA on registers", peak, "GFLOP/s")
  line("register tile 6x2, Swift", swift, "GFLOP/s")
  line("register tile 6x2, C intrinsics", intrinsics, "GFLOP/s")
  line("Swift of C, median of the rounds' ratios", ratio, "%")
}
