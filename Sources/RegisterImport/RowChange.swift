/// A difference between a register file and the register.
enum RowChange: Sendable {
  /// With the values as ``RowContent`` joins them.
  case insertion(key: String, content: [UInt8])
  case replacement(key: String, content: [UInt8])
  case removal(key: String)

  var key: String {
    switch self {
    case .insertion(let key, _), .replacement(let key, _), .removal(let key): key
    }
  }
}
