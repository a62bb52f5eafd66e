internal import Domain
internal import FoundationEssentials
internal import Outbox
internal import Persistence

extension Transaction {
  /// Queues a message about an account to its owner, unless the register or a lock forbids it
  /// (D 12).
  ///
  /// Everything that Accounts sends about an account goes through here.
  func enqueue(_ message: Message, to owner: Account, at now: Date) throws {
    guard owner.standing.getsMessages else { return }
    try enqueue(message, at: now)
  }
}

extension AccountStanding {
  /// How somebody stands who may have no account, by the register's word alone.
  init(inRegister status: CustomerStatus?) {
    self.init(status: status, absentImports: 0, lock: nil)
  }

  /// Whether the owner may be sent a message of a kind.
  func gets(_ kind: Message.Kind) -> Bool {
    kind == .dataRequestDeclined ? getsAnswers : getsMessages
  }
}

extension RegisteredCustomer {
  /// Where a customer may be texted who may have no account, by the register's word alone: nobody
  /// who is blocked or dead is (D 12), and no number that costs extra.
  func numberForMessages(_ limits: Limits) -> PhoneNumber? {
    guard AccountStanding(inRegister: status).getsMessages,
      let number = smsNumber, number.hasPrefix(in: limits.mobilePrefixes)
    else { return nil }
    return number
  }
}

/// Tells owners by SMS what happened to their accounts: one rule for every such message.
///
/// It goes to the customer's number in the register if that can be texted at no extra cost, a few
/// times a day for one account, and within the budget of all customers (attack 18). A notice that
/// may not be sent undoes nothing of what it tells of.
struct SMSNotices: Sendable {
  private let world: World

  init(world: World) {
    self.world = world
  }

  func send(
    to owner: Account, in transaction: any Transaction, at now: Date,
    _ message: (PhoneNumber) -> Message
  ) throws {
    guard owner.standing.getsMessages,
      let number = try transaction.register.customer(owner.customer)?.smsNumber,
      number.hasPrefix(in: world.limits.mobilePrefixes)
    else { return }
    guard try maySend(about: owner.id, in: transaction, at: now) else { return }
    try transaction.enqueue(message(number), at: now)
  }

  /// The same to a customer who may have no account, by the register's word alone.
  func send(
    to customer: CustomerNumber, in transaction: any Transaction, at now: Date,
    _ message: (PhoneNumber) -> Message
  ) throws {
    guard
      let number = try transaction.register.customer(customer)?.numberForMessages(world.limits),
      try maySend(countedBy: customer.text, in: transaction, at: now)
    else { return }
    try transaction.enqueue(message(number), at: now)
  }

  /// Counts one to a number that the caller has just looked up in the register.
  ///
  /// - Returns: whether the limits have room for it
  func maySend(
    about account: Account.ID, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    try maySend(countedBy: "\(account)", in: transaction, at: now)
  }

  private func maySend(
    countedBy owner: String, in transaction: any Transaction, at now: Date
  ) throws -> Bool {
    let count = EventCount(
      name: "sms_notice", key: Array(owner.utf8), windowSeconds: 86_400)
    let budget = SMSBudget(limits: world.limits)
    let used = try transaction.counts.increase([count] + budget.counts, at: now)
    guard used[count, default: 0] <= world.limits.smsNoticesPerAccountPerDay,
      let alarms = budget.alarms(after: used)
    else {
      // A notice that may not be sent undoes nothing, and takes nothing from everybody's budget.
      for count in budget.counts { try transaction.counts.decrease(count, at: now) }
      return false
    }
    for alarm in alarms { world.raise(alarm) }
    return true
  }
}
