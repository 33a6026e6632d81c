import Foundation

/// Numbers to places along an axis.
package struct Scale: Hashable {
  package enum Kind: Hashable { case linear, logarithmic, doubling }

  let kind: Kind
  let domain: ClosedRange<Double>
  /// Where the ends of the domain lie; the first may be the larger, as for a vertical axis.
  let ends: [Double]

  package init(_ kind: Kind, _ domain: ClosedRange<Double>, from start: Double, to end: Double) {
    self.kind = kind
    self.domain = domain
    ends = [start, end]
  }

  /// The place of a value; values outside the domain lie on its ends.
  package func callAsFunction(_ value: Double) -> Double {
    let inside = min(max(value, domain.lowerBound), domain.upperBound)
    let span = measure(domain.upperBound) - measure(domain.lowerBound)
    let share = span > 0 ? (measure(inside) - measure(domain.lowerBound)) / span : 0.5
    return ends[0] + share * (ends[1] - ends[0])
  }

  private func measure(_ value: Double) -> Double { kind == .linear ? value : log(max(value, 1e-300)) }

  /// Round numbers within the domain, about as many as asked: steps of 1, 2 or 5 times a power of ten; on a logarithmic
  /// axis powers of ten, with their double and fivefold where these are few; on a doubling one powers of two.
  package func ticks(_ count: Int = 5) -> [Double] {
    switch kind {
    case .linear: linearTicks(count)
    case .logarithmic: decades(count)
    case .doubling: powers(of: 2, times: [1])
    }
  }

  private func linearTicks(_ count: Int) -> [Double] {
    let span = domain.upperBound - domain.lowerBound
    guard span > 0, span.isFinite else { return [domain.lowerBound] }
    let rough = span / Double(max(count, 1))
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    return first > last ? [] : stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private func decades(_ count: Int) -> [Double] {
    let tens = powers(of: 10, times: [1])
    if tens.count >= 3 {
      let every = (tens.count + count - 1) / max(count, 1)
      return tens.enumerated().filter { $0.offset.isMultiple(of: every) }.map(\.element)
    }
    let more = powers(of: 10, times: [1, 2, 5])
    return more.count >= 3 ? more : powers(of: 10, times: [1, 1.2, 1.5, 2, 3, 4, 5, 7])
  }

  private func powers(of base: Double, times factors: [Double]) -> [Double] {
    guard domain.lowerBound > 0 else { return [] }
    let first = Int(floor(log(domain.lowerBound) / log(base) - 1e-9))
    let last = Int(ceil(log(domain.upperBound) / log(base) + 1e-9))
    let values = (first...max(first, last)).flatMap { exponent in factors.map { $0 * pow(base, Double(exponent)) } }
    return values.filter { $0 >= domain.lowerBound * (1 - 1e-9) && $0 <= domain.upperBound * (1 + 1e-9) }
  }

  /// A tick as text: `0`, `250`, `1.5`, `10⁻⁶`.
  package static func label(_ value: Double) -> String {
    if value == 0 { return "0" }
    if abs(value) >= 1e5 || abs(value) < 1e-2 {
      let exponent = Int(floor(log10(abs(value)) + 1e-9))
      let lead = value / pow(10, Double(exponent))
      let power = "10" + String(exponent).map { superscripts[$0] ?? String($0) }.joined()
      return abs(lead - 1) < 1e-6 ? power : "\(SVG.number(lead))·\(power)"
    }
    var text = String(format: "%.2f", value)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private static let superscripts: [Character: String] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
  ]

  /// The least range that holds all numbers, with some room beyond: a share of the span, or of its logarithm.
  package static func range(_ numbers: [Double], _ kind: Kind, room: Double = 0.06) -> ClosedRange<Double> {
    let known = numbers.filter { $0.isFinite && (kind == .linear || $0 > 0) }
    guard let low = known.min(), let high = known.max() else { return 1...2 }
    if kind == .linear {
      let span = high > low ? high - low : max(abs(high), 1)
      return low - room * span...high + room * span
    }
    let factor = high > low ? pow(high / low, room) : 1.5
    return low / max(factor, 1.02)...high * max(factor, 1.02)
  }
}
