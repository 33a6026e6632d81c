/// Why a topology could not be had.
public enum TopologyError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(path: String)
  case notTopology(path: String)
  case badSynthetic(String)
  case tooLarge(synthetic: String, allowed: Int)
  case refused(step: String)

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path): cannot be read, or is empty"
    case .notTopology(let path): "\(path): not a topology that hwloc \(Topology.hwlocVersion) understands"
    case .badSynthetic(let text):
      "\"\(text)\" is not a synthetic topology; an example is \"package:2 l3:1 core:4 pu:2\""
    case .tooLarge(let text, let allowed): "\"\(text)\" has more than \(allowed) objects"
    case .refused(let step): "hwloc \(Topology.hwlocVersion) failed to \(step)"
    }
  }
}
