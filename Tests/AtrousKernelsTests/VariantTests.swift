import AtrousCore
import AtrousKernels
import AtrousTestSupport
import Testing

/// Every candidate of every variant against plain loops in Float64, between guards, on every instruction set this
/// machine runs.
@Suite struct VariantTests {
  static let sets = InstructionSet.allCases.filter { $0 <= HostMachine.current.bestInstructionSet }

  @Test(arguments: [
    // At and around the register tiles' edges.
    "c1 h1 w1 k1 r1 s1 nhwc", "c1 h1 w1 k1 r1 s1 nchw", "c3 h7 w7 k15 r3 s3 d2 psame nhwc bias relu",
    "c16 h8 w9 k16 r3 s3 d2 psame nhwc", "c17 h6 w13 k17 r3 s3 d3 psame nhwc bias add",
    "c5 h9 w12 k24 r3 s3 psame nhwc",
    "c5 h9 w25 k13 r3 s3 d2 psame nchw bias add relu6", "c4 h5 w16 k6 r3 s3 d4 psame nchw",
    "c4 h5 w17 k7 r3 s3 d4 psame nchw leaky:0.1", "c3 h5 w33 k12 r1 s3 d16 psame nchw clamp:-0.5:0.5",
    // Rows of taps side by side in the input, at edges and without input; filters that end within a vector, in passes.
    "c3 h9 w11 k21 r3 s3 st2 p1 nhwc bias", "n2 c5 h5 w6 k13 r2 s4 pt1 pl3 nhwc add", "c2 h3 w3 k9 r3 s3 p9 nhwc relu",
    "c70 h5 w6 k20 r3 s3 psame nhwc bias add relu", "c70 w21 k9 s3 psame nchw bias add",
    // Dilation past the image, phases of one pixel, one-sided pads, pads wider than the image.
    "c8 h5 w5 k8 r3 s3 d7 psame nhwc", "c8 h5 w5 k8 r3 s3 d7 psame nchw", "c3 h4 w6 k5 r3 s3 dh4 dw6 psame nhwc",
    "c2 h6 w6 k3 r3 s3 d2 pt4 pl4 nhwc", "c2 h6 w6 k3 r3 s3 d2 pt4 pl4 nchw", "c2 h3 w3 k3 r3 s3 p9 nhwc bias",
    "c2 h3 w3 k3 r3 s3 p9 nchw bias",
    // Strides that share a factor with the dilation, and that do not.
    "c6 h13 w13 k9 r3 s3 st2 d2 p2 nhwc", "c6 h13 w13 k9 r3 s3 st2 d2 p2 nchw", "c6 h13 w13 k9 r3 s3 st3 d2 p3 nchw",
    "c6 h13 w13 k9 r3 s3 st2 d3 p3 nhwc", "c3 h11 w10 k4 r2 s5 st4 p2 nchw",
    // Winograd along the height alone: rows narrower than a vector, phases of one row, blocks of columns, pads past the image.
    "n2 c5 h11 w3 k7 r3 s3 d2 psame nchw bias add relu", "g2 c6 h17 w21 k10 r5 s2 dh2 dw9 pt4 pl9 nchw bias add",
    "c3 h13 w150 k5 r2 s7 d3 psame nchw add leaky:0.1", "c2 h5 w9 k13 r7 s1 dh4 pt20 pb13 nchw clamp:-0.5:0.5",
    // Filters long enough for Fourier transforms.
    "c3 h9 w9 k5 r7 s7 d2 psame nhwc bias", "c18 h15 w15 k20 r7 s7 d4 psame nhwc add relu",
    "c7 w150 k9 s51 d2 psame nhwc",
    "n2 c21 w90 k19 s7 d4 pcausal nhwc bias relu6", "c20 h40 w5 k17 r7 s1 d3 psame nhwc",
    "c9 h4 w5 k3 r5 s5 d6 psame nhwc",
    "c130 h9 w8 k4 r5 s7 psame nhwc",
    "n2 c19 h9 w11 k21 r3 s1 st2 d2 p2 nhwc bias", "c16 h13 w1 k8 r3 s1 sth3 dh6 pt7 nhwc",
    "c3 h11 w12 k4 r3 s3 st2 d4 pt3 pl5 nhwc add", "c21 h24 w24 k9 r3 s3 st2 d16 p16 nchw relu",
    "c9 h7 w40 k9 r1 s3 sth2 dw5 psame nhwc:nchw", "c5 w50 k7 s3 st4 d4 p5 nhwc", "c5 h9 w9 k3 st2 d2 r3 s3 pl9 nhwc",
    // One tap: many channels, several passes, batches, strides, pads, groups, fewer filters than lanes.
    "n3 c35 h5 w7 k33 r1 s1 nhwc bias add relu", "n2 c300 h3 w5 k17 r1 s1 nhwc bias",
    "c70 h6 w6 k5 r1 s1 st2 p1 nhwc add",
    "n2 g2 c70 h5 w5 k34 r1 s1 sth3 pl2 nhwc bias relu6", "c600 w3 k40 s1 nhwc leaky:0.1",
    "n2 c37 w3701 k21 s1 nhwc bias relu", "c7 h331 w170 k17 r1 s1 nhwc add",
    "n2 c40 h5 w7 k33 r1 s1 nchw bias add relu",
    // Few channels a group: lanes over groups, whole and broken blocks, multipliers, batches.
    "g8 c32 h7 w9 k32 r3 s3 d2 psame nhwc bias add relu", "g9 c27 h7 w9 k45 r3 s3 d2 psame nhwc bias add",
    "n2 g11 c11 h7 w8 k33 r3 s3 d3 psame nhwc bias add leaky:0.1", "g17 c17 h7 w8 k17 r3 s3 d3 psame nhwc clamp:-1:1",
    "g20 c40 h9 w7 k20 r3 s3 st2 d2 p2 nhwc bias", "n2 g6 c96 h5 w6 k96 r3 s3 p4 nhwc relu",
    "g3 c48 w20 k9 s3 d4 psame nhwc",
    "g24 c96 h5 w7 k96 r3 s3 d2 psame nchw bias", "g4 c4 z3 h5 w6 k12 t3 r3 s3 dh2 psame nhwc add",
    // Phases of several lengths, in bands and several at once, without input at an edge, and refused.
    "n2 c20 h11 w13 k21 r3 s3 d3 psame nhwc bias add relu", "g2 c34 h9 w9 k20 r3 s3 d4 psame nhwc bias add",
    "c512 h13 w12 k9 r3 s3 d2 psame nhwc bias add", "c300 h25 w40 k18 r5 s2 dh3 dw7 p2 nhwc",
    "c9 h20 w21 k17 r3 s3 d5 nhwc",
    "c6 h30 w7 k9 r3 s1 dh8 pt16 nhwc add", "c6 h3 w30 k9 r3 s3 d5 ph5 pl10 nhwc",
    "c6 h24 w24 k9 r3 s3 st2 d6 p6 nhwc bias",
    // One layout in, another out.
    "n2 c19 h9 w8 k21 r3 s3 d2 psame nchw:nhwc bias add relu",
    "n2 c19 h9 w8 k21 r3 s3 d2 psame nhwc:nchw bias add relu",
    // Blocked: fewer channels than a block, prime channels, whole blocks, mixed, groups that straddle blocks.
    "c1 h5 w6 k1 r3 s3 d2 psame nchw16c bias add clamp:0.5:1", "c1 w1 k1 s1 nchw8c",
    "c16 h9 w9 k16 r3 s3 d2 psame nchw16c",
    "n2 c19 h9 w8 k37 r3 s3 d2 psame nchw16c bias add relu",
    "n2 c19 h9 w8 k37 r3 s3 d3 psame nchw8c bias add leaky:0.1",
    "n2 c24 h9 w8 k8 r3 s3 d2 psame nchw8c:nchw16c bias add", "c40 h7 w9 k24 r3 s3 d2 psame nchw16c:nchw8c add relu6",
    "n2 c21 h9 w8 k13 r3 s3 d2 psame nchw16c:nhwc bias add", "n2 c21 h9 w8 k13 r3 s3 d2 psame nhwc:nchw16c bias add",
    "n2 c21 h9 w8 k13 r3 s3 d2 psame nchw:nchw8c add", "c21 h9 w8 k13 r3 s3 d2 psame nchw8c:nchw add",
    "n2 g3 c15 h7 w8 k21 r3 s3 d2 psame nchw16c bias add", "n2 g2 c32 h7 w8 k64 r3 s3 d2 psame nchw16c bias relu",
    "g21 c21 h7 w8 k42 r3 s3 d2 psame nchw8c add", "g33 c33 h9 w9 k33 r3 s3 d2 psame nchw16c bias",
    "c32 h6 w6 k32 r3 s3 d2 pt4 pl4 nchw16c", "c32 h3 w3 k33 r3 s3 p9 nchw16c bias clamp:0.5:1",
    "c17 h11 w10 k35 r2 s5 st4 p2 nchw16c",
    "c35 w50 k19 s2 d8 pcausal nchw16c bias", "c16 z4 h5 w6 k17 t2 r3 s3 d2 psame nchw8c bias",
    // Groups, batch, one axis, three axes.
    "n2 g2 c6 h7 w7 k8 r3 s3 d2 psame nhwc bias", "n3 g3 c6 h7 w7 k9 r3 s3 d2 psame nchw bias add relu",
    "g3 c3 h9 w9 k3 r3 s3 d2 psame nhwc bias add leaky:0.2", "g33 c33 h7 w9 k33 r3 s3 d2 psame nhwc bias add relu",
    "n2 g21 c21 w40 k21 s3 d8 psame nhwc", "g16 c16 h9 w9 k16 r3 s3 st2 d3 p3 nhwc",
    "g8 c8 h9 w9 k8 r3 s3 d2 psame nchw", "g4 c4 h9 w9 k8 r3 s3 d2 psame nhwc", "c7 w40 k9 s2 d8 pcausal nhwc",
    "c7 w40 k9 s2 d8 pcausal nchw", "n2 c3 w100 k5 s7 d4 pcausal nchw relu", "c3 z4 h5 w6 k4 t3 r3 s3 d2 psame nhwc",
    "c3 z4 h5 w6 k4 t2 r3 s3 d2 psame nchw bias",
    // Depthwise: channels at and around the vectors, multipliers, blocks of channels, phases of every length, wide rows.
    "c1 h7 w9 k1 r3 s3 d2 psame nhwc bias", "c1 h7 w9 k3 r3 s3 d2 psame nchw bias add relu",
    "g7 c7 h6 w11 k7 r3 s3 d3 psame nhwc add", "g17 c17 h6 w11 k17 r3 s3 d3 psame nhwc bias add leaky:0.1",
    "g9 c9 h7 w8 k18 r3 s3 d2 psame nhwc bias", "g7 c7 h5 w9 k21 r3 s3 d1 psame nhwc bias add relu6",
    "g7 c7 h5 w9 k21 r3 s3 d2 psame nchw bias add relu6", "n2 g150 c150 h8 w10 k150 r3 s3 d4 psame nhwc bias relu",
    "g64 c64 h9 w5 k64 r3 s3 dh2 dw4 psame nhwc", "g18 c18 h5 w4 k18 r3 s3 d7 psame nhwc",
    "g18 c18 h5 w4 k18 r3 s3 d7 psame nchw", "g18 c18 h8 w9 k18 r3 s3 d2 pt5 pl3 nhwc",
    "g18 c18 h8 w9 k18 r3 s3 d2 pr1 nchw add", "g18 c18 h13 w12 k36 r3 s3 st2 d4 p4 nhwc bias",
    "g5 c5 h13 w40 k5 r3 s3 st2 d3 p3 nchw", "g6 c6 h13 w1 k6 r3 s3 d2 psame nchw",
    "g20 c20 h13 w1 k20 r3 s3 d2 psame nhwc",
    "g5 c5 h9 w70 k10 r5 s7 st3 d2 psame nchw bias", "n2 g3 c3 w2100 k3 s3 d64 pcausal nchw bias add relu",
    // Depthwise planes in place: taps past the image, pads of one side, edges of less than a vector and of many, rows longer
    // than what is near, rows of one vector; blocks with idle lanes, with strides, with few columns.
    "g3 c3 h20 w33 k3 r3 s3 d2 psame nchw bias relu", "g2 c2 h40 w65 k4 r3 s3 d4 psame nchw bias add leaky:0.1",
    "n2 g2 c2 h33 w33 k2 r3 s3 d18 psame nchw relu6", "g2 c2 h9 w35 k2 r3 s3 d40 psame nchw bias add",
    "g2 c2 h7 w37 k6 r5 s9 d3 pt9 pl20 pr1 nchw bias clamp:0.5:1", "g1 c1 h19 w16 k2 r3 s3 d2 pl3 nchw",
    "g4 c4 w400 k4 s9 d5 psame nchw bias add relu", "g4 c4 w50 k8 s2 d8 pcausal nchw leaky:0.3",
    "g3 c3 w17 k3 s4 d30 psame nchw bias", "g2 c2 h50 w300 k2 r3 s3 d1 psame nchw relu",
    "g2 c2 h31 w40 k2 r3 s3 sth2 dh4 dw3 psame nchw bias relu", "g2 c2 h31 w40 k2 r3 s3 sth2 dh3 psame nchw",
    "g2 c2 h4 w5 k2 r3 s3 d2 pl14 pr9 pt4 nchw bias", "g40 c40 h33 w33 k40 r3 s3 d2 psame nchw8c bias relu",
    "n2 g24 c24 h12 w19 k24 r3 s3 d18 psame nchw16c bias add leaky:0.1",
    "g9 c9 h70 w67 k9 r3 s3 d4 psame nchw8c clamp:0.5:1",
    "g16 c16 w300 k16 s7 d9 pcausal nchw8c bias add relu6", "g16 c16 h13 w12 k16 r5 s3 st2 d4 p4 nchw16c bias",
    "g8 c8 h9 w1 k8 r3 s3 d2 psame nchw8c add", "g8 c8 h1 w1 k8 r3 s3 d2 psame nchw8c bias relu",
    "g20 c20 h17 w2 k20 r3 s3 psame nchw16c relu",
    "g20 c20 h99 w93 k20 r3 s3 st2 d4 p3 nchw16c bias add", "g16 c16 h9 w8 k16 r3 s3 st2 d3 p3 nchw8c bias relu6",
  ])
  func equalsTheDefinition(_ text: String) throws { try check(Problem(text: text), seed: 1) }

  @Test(arguments: 0..<8)
  func equalsTheDefinitionOnRandomProblems(_ seed: Int) throws {
    var random = RandomProblems(seed: UInt64(seed), maxNominalFLOPs: 400_000)
    random.epilogues = true
    random.mixedLayouts = true
    for (index, problem) in random.next(40).enumerated() { try check(problem, seed: UInt64(index)) }
  }

  private func check(_ problem: Problem, seed: UInt64) throws {
    let data = ProblemData(problem, seed: seed)
    for isa in Self.sets {
      let target = Target(machine: HostMachine.current, isa: isa)
      for variant in Registry.shared.variants {
        for configuration in variant.configurations(for: problem, on: target) {
          let run = try GuardedRun(data, variant, configuration, isa: isa)
          let name = "\(problem): \(Candidate(variant: variant.id, isa: isa, configuration: configuration))"
          #expect(run.faults.isEmpty, "\(name): \(run.faults)")
          #expect(data.error(of: run.output) <= variant.errorBound(of: configuration, for: problem), "\(name)")
        }
      }
    }
  }

  @Test func bitsDoNotDependOnThreads() throws {
    for text in [
      "n2 c20 h17 w19 k21 r3 s3 d2 psame nhwc bias relu", "n2 c20 h17 w19 k21 r3 s3 d2 psame nchw bias relu",
      "g2 c8 w200 k12 s2 d16 pcausal nchw", "n2 c20 h17 w19 k37 r3 s3 d2 psame nchw16c bias add relu",
      "c20 h17 w19 k37 r3 s3 d2 psame nchw8c:nhwc bias add",
      "g2 c2 h17 w19 k4 r3 s3 d2 psame nchw bias relu", "g1 c1 w4000 k1 s5 d13 psame nchw bias",
      "g12 c12 h17 w19 k12 r3 s3 d2 psame nchw8c bias add relu",
    ] {
      let data = ProblemData(try Problem(text: text), seed: 3)
      let isa = Self.sets.last!
      for variant in Registry.shared.variants {
        let target = Target(machine: HostMachine.current, isa: isa)
        for configuration in variant.configurations(for: data.problem, on: target).prefix(8) {
          let alone = try GuardedRun(data, variant, configuration, isa: isa).output.map(\.bitPattern)
          for threads in [2, 3, 7] {
            let pool = try WorkerPool(threads: threads)
            let run = try GuardedRun(data, variant, configuration, isa: isa, threads: threads, pool: pool)
            #expect(run.output.map(\.bitPattern) == alone, "\(text) \(variant.id) \(threads) threads")
          }
          let smaller = try WorkerPool(threads: 2)
          let run = try GuardedRun(data, variant, configuration, isa: isa, threads: 7, pool: smaller)
          #expect(run.output.map(\.bitPattern) == alone, "\(text) \(variant.id) 7 threads on a pool of 2")
        }
      }
    }
  }

  @Test func everyProblemHasAVariant() throws {
    var random = RandomProblems(seed: 99)
    let target = Target(machine: HostMachine.current, isa: .baseline)
    for problem in random.next(200) {
      #expect(Registry.shared.racing.contains { $0.rejection(of: problem, on: target) == nil }, "\(problem)")
    }
  }
}
