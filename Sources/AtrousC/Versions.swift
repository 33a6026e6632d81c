import Atrous
import CAtrous

@c @implementation
public func atrous_abi() -> Int32 { ATROUS_ABI }

@c @implementation
public func atrous_version() -> UnsafePointer<CChar>! {
  UnsafeRawPointer(libraryVersion.utf8Start).assumingMemoryBound(to: CChar.self)
}
