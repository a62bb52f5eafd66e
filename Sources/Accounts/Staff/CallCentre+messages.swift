internal import Domain
internal import FoundationEssentials
package import Outbox
internal import Persistence

extension CallCentre {
  /// Has a message tried at once, as ``OutboxOperations`` allows it; the trail tells who wanted it.
  package func retry(_ id: Message.ID) async throws -> OutboxOperations.RetryOutcome {
    let now = world.now()
    let outcome = try await world.store.write { try retry(id, in: $0, at: now) }
    if outcome == .queued { world.dispatchSignal.send() }
    return outcome
  }

  /// The same within somebody else's transaction.
  func retry(
    _ id: Message.ID, in transaction: any Transaction, at now: Date
  ) throws -> OutboxOperations.RetryOutcome {
    let outcome = try OutboxOperations.retry(id, in: transaction, at: now)
    if outcome == .queued { try record(.messageRetried, id, in: transaction, at: now) }
    return outcome
  }

  /// Stops a message that still waits; the trail tells who wanted it.
  package func cancel(_ id: Message.ID) async throws -> OutboxOperations.CancelOutcome {
    let now = world.now()
    return try await world.store.write { try cancel(id, in: $0, at: now) }
  }

  /// The same within somebody else's transaction.
  func cancel(
    _ id: Message.ID, in transaction: any Transaction, at now: Date
  ) throws -> OutboxOperations.CancelOutcome {
    let outcome = try OutboxOperations.cancel(id, in: transaction)
    if outcome == .cancelled { try record(.messageCancelled, id, in: transaction, at: now) }
    return outcome
  }

  private func record(
    _ kind: AuditEvent.Kind, _ id: Message.ID, in transaction: any Transaction, at now: Date
  ) throws {
    guard let entry = try transaction.messages.entry(id) else { return }
    try transaction.record(
      AuditEvent(
        kind: kind, detail: act.detail(entry.kind.rawValue),
        customer: try? CustomerNumber(entry.customer)),
      at: now)
  }
}
