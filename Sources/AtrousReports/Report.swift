import Atrous
import AtrousDatabase
import Mustache

/// What a database says, for people. Numbers come from the database alone; winners and ties are derived as everywhere
/// else, refusals from the registry on the machine that was measured.
public struct Report {
  private let view: ReportView

  public init(_ database: Database, constraints: Constraints = Constraints(), registry: Registry = .shared) {
    view = ReportView(database, constraints: constraints, registry: registry)
  }

  public var markdown: String {
    // The template is a constant of this module: it parses, or no report of any build ever does.
    try! MustacheTemplate(string: markdownTemplate).render(view)
  }
}
