internal import Persistence

/// The tables that hold a register.
enum RegisterTable: CaseIterable, Sendable {
  case policy
  case oldNumber
  case customer

  var name: Query {
    switch self {
    case .policy: "register_policy"
    case .oldNumber: "register_old_number"
    case .customer: "register_customer"
    }
  }

  /// The first column of the primary key after the generation.
  var key: Query {
    switch self {
    case .policy: "policy_number"
    case .oldNumber: "old_number"
    case .customer: "customer_number"
    }
  }
}
