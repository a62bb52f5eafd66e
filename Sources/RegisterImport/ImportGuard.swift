/// What keeps a file that is most likely broken from becoming the register.
///
/// The raw value is what `--force` accepts.
package enum ImportGuard: String, CaseIterable, Sendable {
  /// Too many rows were rejected, or too many mobile numbers cannot be read: those customers would
  /// be in the register, and could not register.
  case rejects
  /// Too many rows of the register would go.
  case removals
  /// Too many customers would get another mobile number: a column that slipped by a row would hand
  /// each customer's portal to a stranger.
  case phones
  /// Too many policies would get another customer: a column that slipped by a row would let
  /// strangers register with them.
  case owners
  /// A column that was filled would be empty.
  case emptied
  /// Too many texts are garbled, as they are when a file is read in another encoding than it was
  /// written in.
  case encoding
}

/// How much a file may differ before a guard stops it, in per cent; 100 stops nothing.
package struct ImportGuards: Equatable, Sendable {
  /// Rejected rows of a file, of all its rows; and unreadable mobile numbers, of all that there
  /// are.
  package var maxRejectPercent = 1
  /// Removed rows, of those that the register has from the file.
  package var maxDeletePercent = 5
  /// Changed mobile numbers, of the customers who have one and stay.
  package var maxChangePercent = 5
  /// Policies that get another customer, of those that stay (``ImportLimits/smallestWhole``).
  package var maxOwnerChangePercent = 5
  /// Changed mobile numbers of a delivery, of its customers who have one, and its policies that get
  /// another customer: in a delivery, most rows are there because something has changed.
  package var maxDeliveryChangePercent = 50
  /// Cells of a column that become empty, of the filled ones of rows that stay.
  package var maxEmptiedPercent = 50
  /// Garbled texts, of those that are not ASCII: even a good register has some.
  package var maxGarbledPercent = 5

  package init() {}
}

/// What a guard found.
package enum GuardFinding: Equatable, Sendable {
  /// - Parameter hint: what most likely happened to the file
  case rejected(RegisterFile, Int, of: Int, maxPercent: Int, hint: String?)
  /// - Parameter hint: what most likely happened to the column
  case unread(Int, of: Int, maxPercent: Int, hint: String?)
  case removed(RegisterFile, Int, of: Int, maxPercent: Int)
  case changed(Int, of: Int, maxPercent: Int)
  case changedInDelivery(Int, of: Int, maxPercent: Int)
  case moved(Int, of: Int, maxPercent: Int)
  case movedInDelivery(Int, of: Int, maxPercent: Int)
  case emptied(RegisterFile, column: String, Int, of: Int, maxPercent: Int)
  case garbled(RegisterFile, Int, of: Int, maxPercent: Int, readAs: TextEncoding)

  package var name: ImportGuard {
    switch self {
    case .rejected, .unread: .rejects
    case .removed: .removals
    case .changed, .changedInDelivery: .phones
    case .moved, .movedInDelivery: .owners
    case .emptied: .emptied
    case .garbled: .encoding
    }
  }

  /// What was found and what to do, in English.
  package var sentence: String {
    switch self {
    case .rejected(let file, let count, let total, let maxPercent, let hint):
      """
      \(count) of the \(total) rows of \(file.rawValue) are rejected, and at most \(maxPercent) % \
      may be (--max-reject-percent). \(hint ?? "See the reasons.")
      """
    case .unread(let count, let total, let maxPercent, let hint):
      """
      \(count) of the \(total) filled cells of sms_number cannot be read, and at most \
      \(maxPercent) % may be so (--max-reject-percent): those customers could not register. \
      \(hint ?? "See the warnings.")
      """
    case .removed(let file, let count, let total, let maxPercent):
      """
      \(count) of the \(total) rows that the register has from \(file.rawValue) would be removed, \
      and at most \(maxPercent) % may be (--max-delete-percent). The file is most likely incomplete.
      """
    case .changed(let count, let total, let maxPercent):
      """
      \(count) of the \(total) mobile numbers would change, and at most \(maxPercent) % may \
      (--max-change-percent). The column sms_number has most likely slipped: compare some rows.
      """
    case .changedInDelivery(let count, let total, let maxPercent):
      """
      \(count) of the \(total) mobile numbers in the delivery differ from the register's, and at \
      most \(maxPercent) % may (--max-delivery-change-percent). The column sms_number has most \
      likely slipped: compare some rows.
      """
    case .moved(let count, let total, let maxPercent):
      """
      \(count) of the \(total) policies would belong to another customer, and at most \
      \(maxPercent) % may (--max-owner-change-percent). The column customer_number of policies.csv \
      has most likely slipped: compare some rows.
      """
    case .movedInDelivery(let count, let total, let maxPercent):
      """
      \(count) of the \(total) policies in the delivery belong to another customer in the \
      register, and at most \(maxPercent) % may (--max-delivery-change-percent). The column \
      customer_number of policies.csv has most likely slipped: compare some rows.
      """
    case .emptied(let file, let column, let count, let total, let maxPercent):
      """
      \(count) of the \(total) filled cells of \(column) in \(file.rawValue) would become empty, \
      and at most \(maxPercent) % may (--max-emptied-percent). The export most likely lacks it.
      """
    case .garbled(let file, let count, let total, let maxPercent, let encoding):
      """
      \(count) of the \(total) accented texts of \(file.rawValue) are garbled, like Ă© for é, and \
      at most \(maxPercent) % may be (--max-garbled-percent). \(encoding.garbledHint)
      """
    }
  }
}

extension TextEncoding {
  /// What to do about texts that are garbled when they are read in this encoding.
  fileprivate var garbledHint: String {
    switch self {
    case .utf8:
      """
      The file is in UTF-8, but what wrote it had taken UTF-8 for another encoding: export it again.
      """
    case .windows1250, .iso88592:
      "The file is most likely in UTF-8: leave --encoding \(rawValue) out."
    }
  }
}

extension ImportGuards {
  /// What the guards find in the result of a comparison.
  func findings(in report: ImportReport) -> [GuardFinding] {
    RegisterFile.allCases.flatMap { file -> [GuardFinding] in
      let part = report[file]
      return ofReading(file, part) + ofLosses(file, part) + changed(part) + moved(part)
    }
  }

  private func ofReading(_ file: RegisterFile, _ part: FileReport) -> [GuardFinding] {
    var findings: [GuardFinding] = []
    if isBeyond(part.rejected, of: part.lines, maxRejectPercent) {
      findings.append(
        .rejected(
          file, part.rejected, of: part.lines, maxPercent: maxRejectPercent, hint: part.hint))
    }
    if isBeyond(part.unreadPhones, of: part.filledPhones, maxRejectPercent),
      isDamaged(part.unreadPhones, of: part.filledPhones), isMany(part.unreadPhones, in: part)
    {
      findings.append(
        .unread(
          part.unreadPhones, of: part.filledPhones, maxPercent: maxRejectPercent,
          hint: part.phoneHint))
    }
    if isBeyond(part.garbledTexts, of: part.accentedTexts, maxGarbledPercent),
      isDamaged(part.garbledTexts, of: part.accentedTexts)
    {
      findings.append(
        .garbled(
          file, part.garbledTexts, of: part.accentedTexts, maxPercent: maxGarbledPercent,
          readAs: part.encoding))
    }
    return findings
  }

  private func ofLosses(_ file: RegisterFile, _ part: FileReport) -> [GuardFinding] {
    var findings: [GuardFinding] = []
    let before = part.standing?.rows ?? part.removed + part.kept
    if isBeyond(part.removed, of: before, maxDeletePercent) {
      findings.append(.removed(file, part.removed, of: before, maxPercent: maxDeletePercent))
    }
    for (column, cells) in part.cells.sorted(by: { $0.key < $1.key })
    where isBeyond(cells.emptied, of: cells.filled, maxEmptiedPercent)
      && isMany(cells.emptied, in: part)
    {
      findings.append(
        .emptied(
          file, column: column, cells.emptied, of: cells.filled, maxPercent: maxEmptiedPercent))
    }
    return findings
  }

  private func changed(_ part: FileReport) -> [GuardFinding] {
    let (changed, all) = (part.changedPhones, part.standing?.phones ?? part.phones)
    if isBeyond(changed, of: all, maxChangePercent) {
      return [.changed(changed, of: all, maxPercent: maxChangePercent)]
    }
    if isBeyondInDelivery(changed, of: part.phones, part) {
      return [.changedInDelivery(changed, of: part.phones, maxPercent: maxDeliveryChangePercent)]
    }
    return []
  }

  private func moved(_ part: FileReport) -> [GuardFinding] {
    let (moved, all) = (part.changedOwners, part.standing?.rows ?? part.owners)
    if isSlipped(moved, of: all, maxOwnerChangePercent) {
      return [.moved(moved, of: all, maxPercent: maxOwnerChangePercent)]
    }
    if isBeyondInDelivery(moved, of: part.owners, part) {
      return [.movedInDelivery(moved, of: part.owners, maxPercent: maxDeliveryChangePercent)]
    }
    return []
  }

  /// Whether it is a column that has slipped by a row, and not some rows of a small register that
  /// were meant: a column moves all, or more than so many.
  private func isSlipped(_ count: Int, of total: Int, _ percent: Int) -> Bool {
    isBeyond(count, of: max(total, ImportLimits.smallestWhole), percent)
      || percent < 100 && count > 1 && count == total
  }

  private func isBeyondInDelivery(_ count: Int, of total: Int, _ part: FileReport) -> Bool {
    part.standing != nil && isMany(count, in: part)
      && isBeyond(count, of: total, maxDeliveryChangePercent)
  }

  /// Whether a share says anything: the few rows of a small delivery may all have changed alike.
  private func isMany(_ count: Int, in part: FileReport) -> Bool {
    part.standing == nil || count > ImportLimits.fewChanges
  }

  /// Whether it is a column that cannot be read, and not some cells of it.
  private func isDamaged(_ count: Int, of total: Int) -> Bool {
    count > ImportLimits.fewUnread || count > 1 && count == total
  }

  private func isBeyond(_ count: Int, of total: Int, _ percent: Int) -> Bool {
    // In full width, so that no number of rows is too large.
    percent < 100
      && count.multipliedFullWidth(by: 100) > total.multipliedFullWidth(by: percent)
  }
}
