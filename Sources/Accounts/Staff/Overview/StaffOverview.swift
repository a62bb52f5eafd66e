package import Domain
package import FoundationEssentials
package import Outbox
internal import Persistence
package import Wording

/// How the portal stands, for those who watch over the call centre.
package struct StaffOverviews: Sendable {
  private let world: World

  package init(world: World) {
    self.world = world
  }

  package func overview(in session: StaffSession) async throws -> StaffOverview {
    let now = world.now()
    let day = now.addingTimeInterval(-86_400)
    let outbox = OutboxOperations(store: world.store, now: world.now)
    let waiting = try await outbox.waiting()
    return try await world.store.write { transaction in
      let counts = StaffOverviewQueries(transaction: transaction)
      let troubles = try counts.troubles(since: day, atMost: 50)
      if !troubles.isEmpty { try transaction.recordList(.messages, in: session, at: now) }
      return StaffOverview(
        waiting: waiting, troubles: troubles.map(CaseFile.SentMessage.init),
        handOversWaiting: try transaction.handOvers.waiting(),
        openBatches: try transaction.handOvers.openBatches().count,
        registerAsOf: try transaction.register.importedAt(),
        imports: try counts.imports(atMost: 5), limits: try counts.limits(since: day))
    }
  }

  /// Open requests about customers' data, the oldest first, with the day by which they are due.
  package func requests(in session: StaffSession) async throws -> [StaffOverview.Request] {
    let now = world.now()
    let life = Double(world.limits.dataRequestAnswerSeconds)
    return try await world.store.write { transaction in
      let open = try transaction.dataRequests.open(atMost: 500)
      if !open.isEmpty { try transaction.recordList(.requests, in: session, at: now) }
      return open.map { request in
        let due = request.askedAt.addingTimeInterval(life)
        return StaffOverview.Request(
          id: request.id, kind: request.kind,
          maskedCustomer: (try? CustomerNumber(request.customer))?.masked ?? "",
          askedAt: request.askedAt, answerBy: due, isOverdue: due < now)
      }
    }
  }

  /// What staff looked at and did, the newest first.
  package func trail(in session: StaffSession) async throws -> [CaseFile.Event] {
    let now = world.now()
    return try await world.store.write { transaction in
      try transaction.recordList(.trail, in: session, at: now)
      let events = try StaffOverviewQueries(transaction: transaction).staffTrail(atMost: 200)
      return events.map { event in
        CaseFile.Event(
          at: event.at, what: event.kind.sentence, detail: event.detail, isOfStaff: true)
      }
    }
  }

  // MARK: The funnel

  /// Days of a week that is compared with the one before.
  private static let days = 7

  /// How far registrations come: this week's days, each beside the same day a week before.
  package func funnel() async throws -> Funnel {
    let now = world.now()
    // Days begin at midnight UTC: what is compared begins alike.
    let today = Double(Int(now.timeIntervalSince1970) / 86_400 * 86_400)
    let start = Date(timeIntervalSince1970: today - Double((Self.days - 1) * 86_400))
    return try await world.store.read { transaction in
      let counts = StaffOverviewQueries(transaction: transaction)
      func day(_ place: Int, weeksBefore: Int) throws -> Funnel.Day {
        let from = start.addingTimeInterval(Double((place - weeksBefore * 7) * 86_400))
        let to = from.addingTimeInterval(86_400)
        return Funnel.Day(
          date: from,
          counts: [
            try counts.begun(from: from, to: to),
            try counts.reached(.smsSent, from: from, to: to),
            try counts.reached(.smsCodeAccepted, from: from, to: to),
            try counts.reached(.contactGiven, from: from, to: to),
            try counts.reached(.registered, from: from, to: to),
            try counts.reached(.emailConfirmed, from: from, to: to),
          ],
          reasons: try counts.reasons(from: from, to: to))
      }
      return Funnel(
        days: try (0..<Self.days).map { try day($0, weeksBefore: 0) },
        before: try (0..<Self.days).map { try day($0, weeksBefore: 1) })
    }
  }
}

/// How far registrations come, and why they stop, by day.
package struct Funnel: Sendable {
  package enum Step: Int, CaseIterable, Sendable {
    case begun
    case matched
    case codeEntered
    case addressGiven
    case finished
    case confirmed
  }

  /// Why a registration stopped, or was held up.
  package enum Reason: Hashable, CaseIterable, Sendable {
    case mismatch(Mismatch)
    /// No more codes by SMS for now.
    case smsLimit
    /// A gateway or the network did not deliver the code.
    case smsRefused
    /// The code did not leave while it was useful.
    case smsTooLate
    case smsCodeWrong
    case smsStepDisabled
    case emailTaken

    /// In the order of the steps.
    package static var allCases: [Reason] {
      Mismatch.allCases.map(Reason.mismatch)
        + [.smsLimit, .smsRefused, .smsTooLate, .smsCodeWrong, .smsStepDisabled, .emailTaken]
    }
  }

  package struct Day: Sendable {
    package let date: Date
    let counts: [Int]
    let reasons: [Reason: Int]

    package subscript(_ step: Step) -> Int {
      counts.indices.contains(step.rawValue) ? counts[step.rawValue] : 0
    }
  }

  /// The last seven days, the oldest first.
  package let days: [Day]
  /// The seven days before them.
  package let before: [Day]

  package func total(_ step: Step) -> Int { days.reduce(0) { $0 + $1[step] } }
  package func totalBefore(_ step: Step) -> Int { before.reduce(0) { $0 + $1[step] } }
}

/// How the portal stands.
package struct StaffOverview: Sendable {
  package let waiting: [OutboxOperations.Waiting]
  package let troubles: [CaseFile.SentMessage]
  package let handOversWaiting: Int
  /// Batches that the back office has not acknowledged.
  package let openBatches: Int
  package let registerAsOf: Date?
  package let imports: [RegisterImport]
  package let limits: [LimitHit]

  package struct RegisterImport: Sendable {
    package let at: Date
    package let person: String
    package let isReplaced: Bool
    package let forced: String
    package let refusal: String
  }

  package struct LimitHit: Sendable {
    package let what: TextKey
    package let times: Int
  }

  package struct Request: Sendable {
    package let id: DataRights.Request.ID
    package let kind: DataRights.Kind
    package let maskedCustomer: String
    package let askedAt: Date
    package let answerBy: Date
    package let isOverdue: Bool
  }
}
