internal import Accounts
internal import Outbox
package import Persistence
internal import RegisterImport

extension Schema {
  /// Belépő's own history, step by step. Each step is in the module whose tables it makes.
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
    anonymousEvents,
    owner,
    registerImport,
    registerDelivery,
    staff,
    staffLifts,
    stepUp,
    limitTrail,
    staffDesk,
    stopsByDay,
    storedNameKey,
    nameKeyIndex,
  ])
}
