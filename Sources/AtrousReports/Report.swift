import Atrous
import AtrousDatabase
import Mustache

/// What a database says, for people. Numbers come from the database alone; winners and ties are derived as everywhere
/// else, refusals from the registry on the machine that was measured.
public struct Report {
  private let view: ReportView
  private let data: PageData

  public init(
    _ database: Database, peers: [Peers] = [], constraints: Constraints = Constraints(), registry: Registry = .shared
  ) {
    let assessments = database.results.map {
      Assessment($0, of: database, constraints: constraints, registry: registry)
    }
    view = ReportView(database, assessments, constraints: constraints, registry: registry)
    data = PageData(database, assessments, peers: peers, registry: registry)
  }

  public var markdown: String {
    // The template is a constant of this module: it parses, or no report of any build ever does.
    try! MustacheTemplate(string: markdownTemplate).render(view)
  }

  /// One self-contained page: no file, font or script from elsewhere.
  public var html: String {
    let library = MustacheLibrary(
      templates: [
        "page": try! MustacheTemplate(string: pageTemplate), "table": try! MustacheTemplate(string: tableTemplate),
      ])
    return library.render(Page(data), withTemplate: "page")!
  }
}
