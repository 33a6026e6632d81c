import AtrousCore
import AtrousKernels
import CAtrousPlatform

/// Tables in order: the user's, the system's, the embedded one.
public struct TableStack: Sendable {
  /// One table and where it came from.
  public struct Layer: Sendable {
    /// The file's path, or `embedded`.
    public let origin: String
    public let table: Table

    public init(origin: String, table: Table) {
      self.origin = origin
      self.table = table
    }
  }

  /// The first wins where two have equally good evidence.
  public let layers: [Layer]

  public init(_ layers: [Layer]) { self.layers = layers }

  /// One table alone.
  public init(_ table: Table, origin: String = "given") { self.init([Layer(origin: origin, table: table)]) }

  /// The tables of this process, read once: `ATROUS_TABLE`, `$XDG_DATA_HOME/atrous/atrous.table` (by default under
  /// `~/.local/share`), `/usr/share/atrous/atrous.table`, the embedded one. What does not read is left out, with a note
  /// under `ATROUS_VERBOSE`.
  public static let shared = TableStack(environment: HostMachine.environment, file: read)

  /// - Parameters:
  ///   - environment: a variable's value.
  ///   - file: a file's text; nil where it cannot be read.
  package init(
    environment: (String) -> String?, file: (String) -> String?, registry: Registry = .shared,
    embedded: String = embeddedTable
  ) {
    var layers: [Layer] = []
    func add(_ origin: String, _ text: String) {
      do throws(TableError) {
        layers.append(Layer(origin: origin, table: try Table(text: text, registry: registry)))
      } catch {
        HostMachine.note("\(origin): \(error); not used")
      }
    }
    if let path = environment("ATROUS_TABLE"), !path.isEmpty, file(path) == nil {
      HostMachine.note("\(path), which ATROUS_TABLE names, cannot be read")
    }
    for path in Self.paths(environment: environment) {
      if let text = file(path) { add(path, text) }
    }
    add("embedded", embedded)
    self.init(layers)
  }

  static func paths(environment: (String) -> String?) -> [String] {
    func directory(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    let data = directory("XDG_DATA_HOME") ?? directory("HOME").map { $0 + "/.local/share" }
    return [directory("ATROUS_TABLE"), data.map { $0 + "/atrous/atrous.table" }, "/usr/share/atrous/atrous.table"]
      .compactMap(\.self)
  }

  /// A file's text; nil where it cannot be read.
  public static func read(_ path: String) -> String? { SystemFiles(read: atrous_read_file).text(path) }
}
