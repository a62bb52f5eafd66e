/// A difference between a register file and the register.
enum RowChange: Sendable {
  case insertion(key: String, content: [String])
  case replacement(key: String, content: [String])
  case removal(key: String)

  var key: String {
    switch self {
    case .insertion(let key, _), .replacement(let key, _), .removal(let key): key
    }
  }
}
