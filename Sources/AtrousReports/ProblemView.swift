import Atrous
import AtrousCore
import AtrousDatabase

/// One result: the variants side by side, and who was refused.
struct ProblemView {
  struct Row {
    let candidate: String
    let time: String
    let behind: String
    let nominal: String
    let useful: String
    let samples: String
    let error: String
    let workspace: String
    let weights: String
  }

  let problem: String
  let conditions: String
  let outcomes: String
  let hasRows: Bool
  let rows: [Row]
  let hasRefusals: Bool
  let refusals: [String]

  init(_ assessment: Assessment, registry: Registry) {
    problem = "\(assessment.problem)"
    conditions = assessment.result.key.conditions
    outcomes = assessment.outcomes.isEmpty ? "none" : assessment.outcomeText
    rows = assessment.best.map { Row($0, assessment, registry) }
    hasRows = !rows.isEmpty
    refusals = assessment.refusals.map { "\($0.variant.name): \($0.rejection)" }
    hasRefusals = !refusals.isEmpty
  }
}

extension ProblemView.Row {
  fileprivate init(_ record: CandidateRecord, _ assessment: Assessment, _ registry: Registry) {
    let median = record.median ?? .infinity
    candidate = "\(record.candidate.ordered(by: registry))"
    time = Format.time(record)
    behind = Format.ratio(median / (assessment.best[0].median ?? median))
    nominal = Format.gigaflops(assessment.problem.nominalFLOPs, median)
    useful = Format.gigaflops(assessment.problem.usefulFLOPs, median)
    samples = "\(record.times.count)" + (record.isNoisy ? " (noisy)" : "")
    error = Format.error(record.maxError) + (record.verification == .sampled ? " (sampled)" : "")
    workspace = Format.bytes(record.workspaceBytes)
    weights = Format.bytes(record.packedWeightsBytes)
  }
}

/// A machine and what its runs measured of it.
struct MachineView {
  struct Peak {
    let isa: String
    let threads: String
    let value: String
    let run: String
  }
  struct Fact {
    let name: String
    let value: String
  }

  let key: String
  let facts: [Fact]
  private(set) var runs: [String] = []
  private(set) var peaks: [Peak] = []
  private(set) var warnings: [String] = []
  private(set) var hasPeaks = false

  init(_ run: Run) {
    key = "\(run.machine.key)"
    facts = Self.facts(of: run.machine)
    add(run)
  }

  mutating func add(_ run: Run) {
    let generator = run.generator
    let made = [generator.compiler, generator.flags].filter { !$0.isEmpty }.joined(separator: ", ")
    runs.append("`\(run.id)`: \(Format.cell(generator.title))" + (made.isEmpty ? "" : " (\(Format.cell(made)))"))
    peaks += run.measurements.filter { $0.name == "fma_peak" }.map { peak in
      Peak(
        isa: peak.isa ?? "–", threads: "\(peak.threads)", value: Format.digits(peak.median, peak.ci95), run: run.id)
    }
    hasPeaks = !peaks.isEmpty
    warnings += run.preflight.filter { !$0.passed }.map { "`\(run.id)`: \($0.name): \($0.detail)" }
  }

  private static func facts(of machine: Machine) -> [Fact] {
    let facts = machine.facts
    let rows: [(String, String?)] = [
      ("brand", facts.brand), ("hypervisor", facts.hypervisor), ("cores", facts.cores.map { "\($0)" }),
      ("threads a core", facts.threadsPerCore.map { "\($0)" }),
      ("online and allowed CPUs", facts.onlineCPUs.map { "\($0), \(facts.allowedCPUs.map { "\($0)" } ?? "unknown")" }),
      ("quota", facts.quotaCPUs.map { "\(Format.fixed($0, 2)) CPUs" }),
      ("NUMA nodes", facts.numaNodes.map { "\($0)" }), ("microcode", facts.microcode), ("kernel", facts.kernel),
      ("governor", facts.governor), ("hwloc", facts.hwloc),
    ]
    return rows.compactMap { name, value in value.map { Fact(name: name, value: Format.cell($0)) } }
  }
}
