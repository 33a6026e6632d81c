import Foundation

/// The elements of a drawing, in the order drawn. Colours are the page's: elements carry class names, and custom
/// properties of the page's style sheet say what these look like in light, dark and print.
package struct SVG {
  let width: Double
  private(set) var body = ""

  /// Of the labels, in the units of the view box.
  static let fontSize = 11.0

  package init(width: Double) { self.width = width }

  /// About how wide a label is: figures of system fonts take 0.55 of their size, letters on average as much.
  static func width(of label: String) -> Double { 0.57 * fontSize * Double(label.count) }

  package enum Anchor: String { case start, middle, end }

  package mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor = .start, class name: String = "label"
  ) {
    body += "<text\(Self.attributes([("x", x), ("y", y)])) class=\"\(name)\""
    body += anchor == .start ? ">" : " text-anchor=\"\(anchor.rawValue)\">"
    body += "\(Self.escaped(text))</text>"
  }

  package mutating func rect(
    x: Double, y: Double, width: Double, height: Double, class name: String, shade: Double? = nil, title: String? = nil
  ) {
    let box = Self.attributes([("x", x), ("y", y), ("width", max(width, 0)), ("height", height)])
    let style = shade.map { " style=\"--shade:\(Self.number(100 * min(max($0, 0), 1)))%\"" } ?? ""
    close("rect", box + style, name, title)
  }

  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), class name: String) {
    close("line", Self.attributes([("x1", from.x), ("y1", from.y), ("x2", to.x), ("y2", to.y)]), name, nil)
  }

  mutating func circle(x: Double, y: Double, radius: Double, class name: String, title: String? = nil) {
    close("circle", Self.attributes([("cx", x), ("cy", y), ("r", radius)]), name, title)
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], class name: String) {
    let text = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    close("polyline", " points=\"\(text)\"", name, nil)
  }

  private mutating func close(_ element: String, _ attributes: String, _ name: String, _ title: String?) {
    let inside = title.map { "><title>\(Self.escaped($0))</title></\(element)>" } ?? "/>"
    body += "<\(element)\(attributes) class=\"\(name)\"" + inside
  }

  /// The drawing as an element of a page.
  /// - Parameter id: unique in the page; title and description are found by it.
  package func element(id: String, height: Double, title: String, description: String) -> String {
    "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" "
      + "aria-labelledby=\"\(id)-title \(id)-desc\"><title id=\"\(id)-title\">\(Self.escaped(title))</title>"
      + "<desc id=\"\(id)-desc\">\(Self.escaped(description))</desc>\(body)</svg>"
  }

  /// Text for element content and for attributes in double quotes, without the control characters XML has no form for.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// To a tenth of a unit.
  package static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func attributes(_ pairs: [(name: String, value: Double)]) -> String {
    pairs.map { " \($0.name)=\"\(number($0.value))\"" }.joined()
  }
}
