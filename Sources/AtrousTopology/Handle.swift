import AtrousCore
import CAtrousPlatform
import CHwloc

typealias Object = UnsafeMutablePointer<hwloc_obj>

/// A loaded hwloc topology.
struct Handle: ~Copyable {
  private let topology: hwloc_topology_t

  private static let quiet: Void = atrous_hwloc_be_quiet()

  private init(_ topology: hwloc_topology_t) { self.topology = topology }

  static func open(_ source: Topology.Source) throws(TopologyError) -> Handle {
    _ = quiet
    var made: hwloc_topology_t?
    guard hwloc_topology_init(&made) == 0, let made else { throw .refused(step: "start") }
    let handle = Handle(made)
    try handle.load(source)
    return handle
  }

  private func load(_ source: Topology.Source) throws(TopologyError) {
    // The process stays where it is, and CPUs it may not use are still part of the machine.
    let flags = HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING.rawValue | HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue
    guard hwloc_topology_set_flags(topology, UInt(flags)) == 0 else { throw .refused(step: "set its flags") }
    switch source {
    case .system:
      guard hwloc_topology_load(topology) == 0 else { throw .refused(step: "look at this system") }
    case .xml(let path):
      guard let text = SystemFiles(read: atrous_read_file).text(path) else { throw .unreadable(path: path) }
      // Other files are not shown to the XML parser, which prints what it does not like.
      guard text.contains("<topology") else { throw .notTopology(path: path) }
      let bytes = Array(text.utf8CString)
      guard hwloc_topology_set_xmlbuffer(topology, bytes, Int32(clamping: bytes.count)) == 0,
        hwloc_topology_load(topology) == 0
      else { throw .notTopology(path: path) }
    case .synthetic(let text):
      guard let objects = objectCount(synthetic: text) else { throw .badSynthetic(text) }
      guard objects <= syntheticLimit else { throw .tooLarge(synthetic: text, allowed: syntheticLimit) }
      guard hwloc_topology_set_synthetic(topology, text) == 0, hwloc_topology_load(topology) == 0 else {
        throw .badSynthetic(text)
      }
    }
  }

  deinit { hwloc_topology_destroy(topology) }

  var isThisSystem: Bool { hwloc_topology_is_thissystem(topology) == 1 }
  var root: Object { hwloc_get_root_obj(topology) }
  var allowed: [Int] { numbers(hwloc_topology_get_allowed_cpuset(topology)) }

  /// The processors the calling thread is bound to; asked of this system only.
  var bound: [Int] {
    let set = hwloc_bitmap_alloc()
    defer { hwloc_bitmap_free(set) }
    return hwloc_get_cpubind(topology, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)) == 0 ? numbers(set) : []
  }

  /// All objects of a type in logical order, wherever they hang.
  func objects(_ type: hwloc_obj_type_t) -> [Object] {
    var found: [Object] = []
    while let next = hwloc_get_next_obj_by_type(topology, type, found.last) { found.append(next) }
    return found
  }

  var cpuKinds: [Topology.CPUKind] {
    (0..<max(hwloc_cpukinds_get_nr(topology, 0), 0)).compactMap { index in
      let set = hwloc_bitmap_alloc()
      defer { hwloc_bitmap_free(set) }
      var efficiency: Int32 = -1
      var count: UInt32 = 0
      var infos: UnsafeMutablePointer<hwloc_info_s>?
      guard hwloc_cpukinds_get_info(topology, UInt32(index), set, &efficiency, &count, &infos, 0) == 0 else {
        return nil
      }
      return Topology.CPUKind(
        efficiency: efficiency < 0 ? nil : Int(efficiency), processors: numbers(set),
        infos: (0..<Int(count)).map { [String(cString: infos![$0].name), String(cString: infos![$0].value)] })
    }
  }

  func exportXML() throws(TopologyError) -> String {
    var buffer: UnsafeMutablePointer<CChar>?
    var length: Int32 = 0
    guard hwloc_topology_export_xmlbuffer(topology, &buffer, &length, 0) == 0, let buffer else {
      throw .refused(step: "export XML")
    }
    defer { hwloc_free_xmlbuffer(topology, buffer) }
    return String(cString: buffer)
  }
}

/// hwloc's time grows with the square of the objects: more of them would seem to hang.
private let syntheticLimit = 4096

/// Objects on the innermost level of a synthetic text: the product of its counts, each a level's `type:count(attributes)`
/// or a bare count; memory in brackets does not multiply. nil where a count is not plain decimal.
private func objectCount(synthetic text: String) -> Int? {
  var depth = 0
  let plain = text.map { character -> Character in
    if "([".contains(character) { depth += 1 }
    defer { if ")]".contains(character) { depth -= 1 } }
    return depth > 0 ? " " : character
  }
  var product = 1
  for word in plain.split(separator: " ") {
    guard let digits = word.split(separator: ":").last, digits.allSatisfy({ ("0"..."9").contains($0) }),
      digits.first != "0"
    else { return nil }
    let (next, overflow) = product.multipliedReportingOverflow(by: Int(String(digits)) ?? .max)
    product = overflow ? .max : next
  }
  return product
}

/// The members of a bitmap; none for a missing or infinite one.
func numbers(_ set: hwloc_const_bitmap_t?) -> [Int] {
  guard let set, hwloc_bitmap_weight(set) > 0 else { return [] }
  var found: [Int] = []
  var next = hwloc_bitmap_next(set, -1)
  while next >= 0 {
    found.append(Int(next))
    next = hwloc_bitmap_next(set, next)
  }
  return found
}

/// An info of an object by name.
func info(_ name: String, of object: Object) -> String? {
  hwloc_obj_get_info_by_name(object, name).map { trimmed(String(cString: $0)) }
}
