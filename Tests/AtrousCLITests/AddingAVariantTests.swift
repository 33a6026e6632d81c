import Atrous
import AtrousDatabase
import AtrousReports
import AtrousTuner
import Foundation
import Testing

/// Follows the article "Adding a variant": one file and one line in a registry, and every tool knows the variant.
@Suite struct AddingAVariantTests {
  private let registry = Registry([PlainRowsVariant()] + Registry.standard)
  private let problems = try! ["c5 h9 w11 k6 r3 s3 d2 psame nchw bias relu", "g2 c4 w40 k6 s3 st2 pcausal nchw"]
    .map { try Problem(text: $0) }

  /// What the article prints is what this test compiles.
  @Test func theArticleHoldsTheFile() throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let package = here.deletingLastPathComponent().deletingLastPathComponent()
    let file = try String(contentsOf: here.appendingPathComponent("PlainRows.swift"), encoding: .utf8)
    let article = try String(
      contentsOf: package.appendingPathComponent("Sources/Atrous/Atrous.docc/AddingAVariant.md"), encoding: .utf8)
    let code = file.drop { $0 != "\n" }.trimmingPrefix("\n\n")
    #expect(article.contains(code))
  }

  @Test func itAppliesOrRefusesWithAReason() throws {
    let variant = try #require(registry["plain-rows"])
    let target = Target(machine: HostMachine.current, isa: .baseline)
    #expect(
      variant.configurations(for: problems[0], on: target).map(\.description) == ["rows4", "rows1", "rows2", "rows8"])
    #expect(variant.parameters.map(\.key) == ["rows"])
    let other = try problems[0].with(inputLayout: .nhwc, outputLayout: .nhwc)
    #expect(variant.rejection(of: other, on: target)?.reason == "takes nchw in and out")
    let wide = try Configuration(text: "rows16")
    #expect(variant.rejection(of: wide, for: problems[0], on: target)?.kind == .configuration)
    #expect(variant.rejection(of: try Configuration(text: "rows0"), for: problems[0], on: target) != nil)
  }

  @Test func itIsVerified() throws {
    var options = VerifyOptions()
    options.variants = ["plain-rows"]
    options.threads = 2
    let driver = VerifyDriver(
      registry: registry, machine: HostMachine.current, isa: HostMachine.instructionSet, options: options)
    let report = try driver.run(problems)
    #expect(report.passed, "\(report.failures)")
    // Four configurations of the first problem, and of one row the only one.
    #expect(report.verified == 5)
  }

  @Test func itIsRacedAndReported() throws {
    var tuner = Tuner(
      registry: registry, machine: HostMachine.current, isa: HostMachine.instructionSet, processors: [],
      generator: Generator(version: "test", compiler: "test"))
    tuner.options.budget = 10
    tuner.options.variants = ["plain-rows", "direct-scalar"]
    let raced = try #require(tuner.run([problems[0]]).database.results.first).candidates
    let records = raced.filter { $0.variant == "plain-rows" }
    #expect(records.count == 4 && raced.contains { $0.variant == "direct-scalar" && $0.median != nil })
    #expect(records.contains { $0.invalidity == .correct && $0.median != nil })

    // By itself: the report names only who comes near the winner, and these plain loops need not.
    tuner.options.variants = ["plain-rows"]
    let database = try tuner.run([problems[0]]).database
    let report = Report(database, registry: registry).markdown
    #expect(report.contains("| `plain-rows \(HostMachine.instructionSet.rawValue) rows"))
    #expect(report.contains("- depthwise: takes one channel and one filter a group"))
  }
}
