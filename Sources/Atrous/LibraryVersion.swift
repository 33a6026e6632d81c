/// The version of the library, and of the command that is built with it.
public let libraryVersion: StaticString = "0.1.0"
