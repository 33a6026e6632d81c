import AtrousCore
import AtrousDatabase
import AtrousKernels
import AtrousTuner
import Foundation

func pointwise(_ width: Int) -> Problem { try! Problem(text: "c1 w\(width) k1 s1 nhwc") }

/// Nothing ever gets in the way.
struct QuietWatch: InterferenceWatch {
  func reading() -> InterferenceReading { InterferenceReading(wall: 0, processorTime: 0) }
}

func tuner(
  _ variants: [any KernelVariant], _ clock: FakeClock, store: Store? = nil, budget: Double? = nil
) -> Tuner {
  var options = TuneOptions()
  options.budget = budget
  var tuner = Tuner(
    registry: Registry(variants), machine: HostMachine.current, isa: .baseline, processors: [],
    generator: Generator(version: "1", compiler: "none"), store: store, options: options)
  tuner.clock = clock
  tuner.watch = QuietWatch()
  return tuner
}

func records(_ outcome: TuneOutcome) -> [CandidateRecord] { outcome.database.results.flatMap(\.candidates) }

/// A folder that goes away with the test.
func withStore(_ body: (Store) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "atrous-tuner-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(Store(folder.appending(path: "atrous.json").path))
}
