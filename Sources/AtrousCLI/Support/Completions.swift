import ArgumentParser
import AtrousKernels
import AtrousTuner

/// What a shell offers where an option takes one of a few names.
extension CompletionKind {
  static var suites: CompletionKind { .list(Suites.all.map(\.name)) }
  static var suitesOrAll: CompletionKind { .list(Suites.all.map(\.name) + ["all"]) }
  static var variants: CompletionKind { .list(Registry.shared.variants.map(\.id.name)) }

  static func names<Name: CaseIterable & RawRepresentable<String>>(of type: Name.Type) -> CompletionKind {
    .list(type.allCases.map(\.rawValue))
  }
}
