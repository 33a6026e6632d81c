/// The version of the C interface: raised when a function's meaning or signature changes.
@c(atrous_abi_version)
public func abiVersion() -> CInt { 1 }
