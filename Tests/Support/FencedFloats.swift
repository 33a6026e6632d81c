#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Zeros against an unreadable page: at its front edge, or behind its rear edge.
public final class FencedFloats {
  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))
  private let base: UnsafeMutableRawPointer
  private let bytes: Int
  public let pointer: UnsafeMutablePointer<Float>

  public init(count: Int, atEnd: Bool) {
    let page = Self.page
    let inner = (count * 4 + page - 1) / page * page
    bytes = inner + 2 * page
    base = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)!
    mprotect(base, page, PROT_NONE)
    mprotect(base + page + inner, page, PROT_NONE)
    pointer = (base + (atEnd ? page + inner - count * 4 : page)).assumingMemoryBound(to: Float.self)
  }

  deinit { munmap(base, bytes) }
}
