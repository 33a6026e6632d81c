import AtrousCore

/// One tile size or switch of a variant: its stable key, where it lives in the variant's values, and what is legal.
public struct Parameter<Values>: Sendable {
  public let key: String
  public let path: any WritableKeyPath<Values, Int> & Sendable
  public let range: ClosedRange<Int>
  /// What it is and what it trades.
  public let meaning: String

  public init(
    _ key: String, _ path: any WritableKeyPath<Values, Int> & Sendable, _ range: ClosedRange<Int>, _ meaning: String
  ) {
    self.key = key
    self.path = path
    self.range = range
    self.meaning = meaning
  }
}

/// A variant's configuration, typed for the variant's own file.
public protocol Tunables: Hashable, Sendable {
  init()
  /// In the order they stand in a configuration's text.
  static var parameters: [Parameter<Self>] { get }
}

/// The values of a variant that has nothing to tune.
public struct NoTunables: Tunables {
  public init() {}
  public static var parameters: [Parameter<NoTunables>] { [] }
}

/// A parameter as it is described to people: the key, the legal range, the meaning.
public struct ParameterDescription: Hashable, Sendable {
  public let key: String
  public let range: ClosedRange<Int>
  public let meaning: String
}

extension Tunables {
  /// The flat form of the values.
  public var configuration: Configuration {
    Configuration(Self.parameters.map { Setting(key: $0.key, value: Int32(self[keyPath: $0.path])) })
  }

  /// The values of a flat configuration. Keys it does not name keep their defaults.
  /// - Throws: `Rejection` for an unknown or doubled key and for a value out of its range.
  public init(_ configuration: Configuration) throws(Rejection) {
    self.init()
    var seen: Set<String> = []
    for setting in configuration.settings {
      guard let parameter = Self.parameters.first(where: { $0.key == setting.key }) else {
        let known = Self.parameters.map(\.key).joined(separator: ", ")
        throw Rejection(.configuration, "unknown configuration key \"\(setting.key)\"; known: \(known)")
      }
      guard seen.insert(setting.key).inserted else {
        throw Rejection(.configuration, "configuration key \"\(setting.key)\" stands twice")
      }
      guard parameter.range.contains(Int(setting.value)) else {
        throw Rejection(
          .configuration,
          "\(setting.key)\(setting.value) is out of range, \(parameter.range.lowerBound)…\(parameter.range.upperBound)")
      }
      self[keyPath: parameter.path] = Int(setting.value)
    }
  }
}
