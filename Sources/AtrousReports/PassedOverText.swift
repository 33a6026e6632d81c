import AtrousCore
import AtrousDatabase

extension PassedOver {
  /// Why the fastest does not win: `is 1.21× as fast as the best in little memory, but takes 5.7 MiB …`
  package var reason: String {
    switch objection {
    case .memory(let bytes, let tensorBytes, let gain):
      "takes \(Format.bytes(bytes)) beside tensors of \(Format.bytes(tensorBytes)), over "
        + "\(Format.fixed(MemoryRule.factor, 0))×, and is only \(Format.ratio(gain)) as fast as the best that "
        + "stays under (\(Format.ratio(MemoryRule.gain)) would do)"
    case .error(let error, let cost):
      "has an error of \(Format.error(error)), over \(Format.error(ShippingRules.wantedError)), and staying under takes "
        + "only \(Format.share(cost)) longer"
    }
  }
}
