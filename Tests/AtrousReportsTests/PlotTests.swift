import AtrousReports
import Foundation
import Testing

@Suite struct ScaleTests {
  @Test func valuesLieInProportion() {
    let scale = Scale(.linear, 0...10, from: 100, to: 0)
    #expect(scale(0) == 100 && scale(10) == 0 && scale(2.5) == 75)
    #expect(scale(-3) == 100 && scale(11) == 0)
    let logarithmic = Scale(.logarithmic, 1...100, from: 0, to: 200)
    #expect(abs(logarithmic(10) - 100) < 1e-9)
    #expect(Scale(.linear, 4...4, from: 0, to: 10)(4) == 5)
  }

  @Test func ticksAreRoundNumbersWithin() {
    #expect(Scale(.linear, 0...373, from: 0, to: 1).ticks(4) == [0, 100, 200, 300])
    #expect(Scale(.linear, 0.9...1.32, from: 0, to: 1).ticks(4).map(Scale.label) == ["1", "1.2"])
    #expect(Scale(.logarithmic, 3e-7...2e-4, from: 0, to: 1).ticks().map(Scale.label) == ["10⁻⁶", "10⁻⁵", "10⁻⁴"])
    #expect(Scale(.logarithmic, 30...450, from: 0, to: 1).ticks().map(Scale.label) == ["50", "100", "200"])
    #expect(Scale(.logarithmic, 1...2.4, from: 0, to: 1).ticks().map(Scale.label) == ["1", "1.2", "1.5", "2"])
    #expect(Scale(.doubling, 1...18, from: 0, to: 1).ticks() == [1, 2, 4, 8, 16])
    #expect(Scale(.linear, 0...Double.infinity, from: 0, to: 1).ticks() == [0])
    #expect(Scale(.logarithmic, 0...1, from: 0, to: 1).ticks().isEmpty)
  }

  @Test func labelsAreShort() {
    #expect([0, 0.5, 1, 250, 12_345].map(Scale.label) == ["0", "0.5", "1", "250", "12345"])
    #expect([1e-6, 2e-6, 3e6].map(Scale.label) == ["10⁻⁶", "2·10⁻⁶", "3·10⁶"])
  }

  @Test func aRangeHoldsWhatThereIs() {
    #expect(Scale.range([1, 3], .linear, room: 0.5) == 0...4)
    let range = Scale.range([10, 1000, 0, .infinity], .logarithmic)
    #expect(range.lowerBound < 10 && range.upperBound > 1000 && range.lowerBound > 0)
    #expect(Scale.range([], .linear) == 1...2)
    #expect(Scale.range([5], .logarithmic).contains(5))
  }
}

@Suite struct SVGTests {
  @Test func everyTextIsEscaped() {
    let hostile = "<script>&\"\u{1}</script>"
    var svg = SVG(width: 100)
    svg.text(hostile, x: 1, y: 2)
    svg.rect(x: 0, y: 0, width: -1, height: 2, class: "bar", title: hostile)
    let element = svg.element(id: "f", height: 10, title: hostile, description: hostile)
    #expect(!element.contains("<script") && !element.contains("\u{1}"))
    #expect(element.components(separatedBy: "&lt;script&gt;&amp;&quot; &lt;/script&gt;").count == 5)
    #expect(element.hasPrefix("<svg viewBox=\"0 0 100 10\" role=\"img\" aria-labelledby=\"f-title f-desc\">"))
    #expect(element.contains("width=\"0\""))
  }

  @Test func numbersAreShort() {
    #expect(SVG.number(2) == "2" && SVG.number(0.25) == "0.2" && SVG.number(-3.96) == "-4")
  }
}
