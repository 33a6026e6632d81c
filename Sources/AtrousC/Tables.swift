import Atrous
import CAtrous

/// What an `atrous_table *` points at: the given table before the process's own.
final class TableBox: Sendable {
  let resolver: Resolver

  init(_ table: Table, origin: String) {
    let given = TableStack.Layer(origin: origin, table: table)
    resolver = Resolver(tables: TableStack([given] + TableStack.shared.layers))
  }

  static func from(_ pointer: OpaquePointer) -> TableBox {
    Unmanaged<TableBox>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }
}

@c @implementation
public func atrous_table_read(
  _ path: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<atrous_error>!
) -> OpaquePointer! {
  made(error) { () throws(CError) in
    guard let path else { throw .missing("path") }
    let name = String(cString: path)
    guard let text = TableStack.read(name) else { throw CError(ATROUS_UNREADABLE, "\(name) cannot be read") }
    return try table(text, origin: name)
  }
}

@c @implementation
public func atrous_table_parse(
  _ text: UnsafePointer<CChar>!, _ bytes: Int, _ error: UnsafeMutablePointer<atrous_error>!
) -> OpaquePointer! {
  made(error) { () throws(CError) in
    guard let text else { throw .missing("text") }
    let units = UnsafeBufferPointer(start: text, count: bytes).lazy.map(UInt8.init(bitPattern:))
    guard let text = String(validating: units, as: UTF8.self) else {
      throw CError(ATROUS_INVALID, "the table is no UTF-8 text")
    }
    return try table(text, origin: "given")
  }
}

@c @implementation
public func atrous_table_free(_ table: OpaquePointer!) {
  guard let table else { return }
  Unmanaged<TableBox>.fromOpaque(UnsafeRawPointer(table)).release()
}

private func table(_ text: String, origin: String) throws(CError) -> OpaquePointer {
  do throws(TableError) {
    let box = TableBox(try Table(text: text), origin: origin)
    return OpaquePointer(Unmanaged.passRetained(box).toOpaque())
  } catch {
    throw CError(ATROUS_INVALID, "\(origin): \(error)")
  }
}
