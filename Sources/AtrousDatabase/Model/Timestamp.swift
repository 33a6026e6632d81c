import Foundation

/// Times as files hold them: ISO 8601, UTC, whole seconds.
public enum Timestamp {
  public static func now() -> String { text(of: Date()) }
  public static func text(of date: Date) -> String { date.formatted(.iso8601) }
}
