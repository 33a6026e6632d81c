import Atrous
import CAtrous

extension WorkerPool {
  /// What an `atrous_pool *` points at.
  static func from(_ pointer: OpaquePointer) -> WorkerPool {
    Unmanaged<WorkerPool>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
  }
}

@c @implementation
public func atrous_pool_create(_ threads: Int32, _ error: UnsafeMutablePointer<atrous_error>!) -> OpaquePointer! {
  made(error) { () throws(CError) in
    do throws(WorkerPoolError) {
      return OpaquePointer(Unmanaged.passRetained(try WorkerPool(threads: Int(threads))).toOpaque())
    } catch .noThread(let index) {
      throw CError(ATROUS_OUT_OF_MEMORY, "\(WorkerPoolError.noThread(index: index))")
    } catch {
      throw CError(ATROUS_INVALID, "\(error)")
    }
  }
}

@c @implementation
public func atrous_pool_free(_ pool: OpaquePointer!) {
  guard let pool else { return }
  Unmanaged<WorkerPool>.fromOpaque(UnsafeRawPointer(pool)).release()
}
