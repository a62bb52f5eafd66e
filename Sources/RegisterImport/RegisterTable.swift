internal import Persistence

/// The tables that hold a register.
enum RegisterTable: CaseIterable, Sendable {
  case policy
  case oldNumber
  case customer
  /// Numbers that several rows of a file had which could not all be meant.
  case contested

  var tableName: StaticString {
    switch self {
    case .policy: "register_policy"
    case .oldNumber: "register_old_number"
    case .customer: "register_customer"
    case .contested: "register_contested"
    }
  }

  var name: Query { Query(stringLiteral: tableName.description) }

  /// The first column of the primary key after the generation.
  var key: Query {
    switch self {
    case .policy: "policy_number"
    case .oldNumber: "old_number"
    case .customer: "customer_number"
    case .contested: "number"
    }
  }
}
