package import Persistence

extension Schema {
  /// Belépő's own history, step by step.
  package static let belepo = Schema([
    register,
    registration,
    account,
    message,
    job,
    messageDelivery,
    recovery,
    addresses,
    ledger,
    devices,
  ])
}
