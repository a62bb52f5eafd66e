internal import Accounts
internal import Domain
internal import Outbox
internal import Pages
internal import Wording

struct CasePage: Page {
  var template: String { "staff-case" }
  let frame: Frame
  let message: String
  let hasMessage: Bool
  let number: String
  let caseNumber: String
  let hasCaseNumber: Bool
  let reason: String
  let findings: [Line]
  let values: [Value]
  let facts: [Line]
  let proof: Proof
  let hasProof: Bool
  let acts: [Act]
  let hasActs: Bool
  let messages: [Row]
  let hasMessages: Bool
  let requests: [RequestRow]
  let hasRequests: Bool
  let canCopy: Bool
  let events: [Event]
  let hasEvents: Bool

  init(
    frame: Frame, message: String, hasMessage: Bool, number: CaseOpening.ID,
    opened: CaseFiles.Opened, role: StaffRole, _ texts: Texts
  ) {
    let file = opened.file
    self.frame = frame
    self.message = message
    self.hasMessage = hasMessage
    self.number = number.description
    caseNumber = file.caseNumber?.text ?? ""
    hasCaseNumber = file.caseNumber != nil
    reason = texts.reason(opened.reason)
    findings = file.findings.map {
      Line(name: $0.reason(in: texts), text: $0.advice(in: texts))
    }
    values = file.values.map { Value($0, canReveal: role.may(.revealValues), texts) }
    facts = Self.facts(file, texts)
    proof = Proof(opened.proof, texts)
    hasProof = role.may(.proveCallers) && file.values.contains { $0.kind == .customerNumber }
    acts = Act.offered(file, to: role, canSendCode: proof.canSend, number, texts)
    hasActs = !acts.isEmpty
    let movable = role.may(.help) ? number : nil
    messages = file.messages.map { Row($0, movableIn: movable, texts) }
    hasMessages = !messages.isEmpty
    requests = file.requests.map {
      RequestRow($0, canAnswer: role.may(.dataRequests), number, texts)
    }
    hasRequests = !requests.isEmpty
    canCopy = role.may(.dataRequests) && file.values.contains { $0.kind == .customerNumber }
    events = file.timeline.map { Event($0, texts) }
    hasEvents = !events.isEmpty
  }

  private static func facts(_ file: CaseFile, _ texts: Texts) -> [Line] {
    let status = file.status.map { texts[$0.label] } ?? texts["case.notInRegister"]
    let account =
      switch file.account {
      case .none: texts["case.account.none"]
      case .unconfirmed(let since):
        texts["case.account.unconfirmed", ["since": texts.instant(since)]]
      case .confirmed(let since):
        texts["case.account.confirmed", ["since": texts.instant(since)]]
      }
    return [
      Line(name: texts["case.status"], text: status),
      Line(name: texts["case.policies"], text: String(file.policies)),
      Line(name: texts["case.account"], text: account),
      Line(
        name: texts["case.registerAsOf"],
        text: file.registerAsOf.map { texts.instant($0) } ?? texts["case.never"]),
    ]
  }

  struct Line: Sendable {
    let name: String
    let text: String
  }

  struct Value: Sendable {
    let name: String
    let text: String
    let kind: String
    let canReveal: Bool

    init(_ value: CaseFile.Value, canReveal: Bool, _ texts: Texts) {
      name = texts[value.kind.label]
      text = value.text
      kind = value.kind.rawValue
      self.canReveal = canReveal && !value.isShown
    }
  }

  /// How far the caller's proof has come.
  struct Proof: Sendable {
    let sentence: String
    let canSend: Bool
    let canEnter: Bool

    init(_ proof: CallerProof, _ texts: Texts) {
      switch proof {
      case .impossible: sentence = texts["proof.impossible"]
      case .notAsked: sentence = texts["proof.notAsked"]
      case .asked(let tries, let minutes):
        sentence = texts["proof.asked", ["tries": String(tries), "minutes": String(minutes)]]
      case .over: sentence = texts["proof.over"]
      case .proven(let end): sentence = texts["proof.proven", ["until": texts.instant(end)]]
      case .ended: sentence = texts["proof.ended"]
      }
      switch proof {
      case .notAsked, .over, .ended: canSend = true
      case .impossible, .asked, .proven: canSend = false
      }
      if case .asked = proof { canEnter = true } else { canEnter = false }
    }
  }

  /// A link to what can be done.
  struct Act: Sendable {
    let label: String
    let path: String
    /// What a code has to be sent to the caller for, beside the link; empty where none has.
    let act: String
    let sendsCode: Bool

    init(label: String, path: String, sendingCodeFor act: CaseAct? = nil) {
      self.label = label
      self.path = path
      self.act = act?.rawValue ?? ""
      sendsCode = act != nil
    }

    static func path(_ act: CaseAct, _ number: CaseOpening.ID, operand: String? = nil) -> String {
      let rest = operand.map { "&\(StaffPath.operandField)=\($0)" } ?? ""
      return String(StaffPath.act.rawValue.dropFirst())
        + "?\(StaffPath.numberField)=\(number)&\(StaffPath.actField)=\(act.rawValue)\(rest)"
    }

    static func offered(
      _ file: CaseFile, to role: StaffRole, canSendCode: Bool, _ number: CaseOpening.ID,
      _ texts: Texts
    ) -> [Act] {
      CaseAct.allCases.filter { role.may($0.duty) && $0.fits(file) }.map { act in
        Act(
          label: texts[act.label], path: path(act, number),
          sendingCodeFor: canSendCode && act.needsProof(from: role) ? act : nil)
      }
    }
  }

  struct Row: Sendable {
    let when: String
    let what: String
    let to: String
    let state: String
    let isTrouble: Bool
    let actions: [Act]
    let hasActions: Bool

    /// - Parameter number: of the open case; `nil` where messages are only shown
    init(_ message: CaseFile.SentMessage, movableIn number: CaseOpening.ID?, _ texts: Texts) {
      when = texts.instant(message.at)
      what = texts[message.kind.label]
      to = message.maskedRecipient
      state = texts[message.state.label]
      isTrouble = message.isTrouble
      var actions: [Act] = []
      let id = message.id.description
      if let number, message.canRetry {
        actions.append(
          Act(
            label: texts[CaseAct.retryMessage.label],
            path: Act.path(.retryMessage, number, operand: id)))
      }
      if let number, message.canCancel {
        actions.append(
          Act(
            label: texts[CaseAct.cancelMessage.label],
            path: Act.path(.cancelMessage, number, operand: id)))
      }
      self.actions = actions
      hasActions = !actions.isEmpty
    }
  }

  struct RequestRow: Sendable {
    let what: String
    let askedOn: String
    let answerBy: String
    let actions: [Act]
    let hasActions: Bool

    init(
      _ request: StaffOverview.Request, canAnswer: Bool, _ number: CaseOpening.ID, _ texts: Texts
    ) {
      what = texts[request.kind.label]
      askedOn = texts.day(of: request.askedAt)
      answerBy = texts.day(of: request.answerBy)
      // A request to be forgotten is done by erasing, which stands among the acts.
      let done: [CaseAct] = request.kind == .erasure ? [] : [.finishRequest]
      let acts: [CaseAct] = canAnswer ? done + [.declineRequest] : []
      actions = acts.map { act in
        Act(
          label: texts[act.label], path: Act.path(act, number, operand: request.id.description))
      }
      hasActions = canAnswer
    }
  }

  struct Event: Sendable {
    let when: String
    let what: String
    let detail: String
    let isOfStaff: Bool

    init(_ event: CaseFile.Event, _ texts: Texts) {
      when = texts.instant(event.at)
      what = texts[event.what]
      detail = texts.trail(event.detail)
      isOfStaff = event.isOfStaff
    }
  }
}

extension CaseAct {
  /// Whether it makes sense to offer it beside this case; what then happens is decided anew.
  fileprivate func fits(_ file: CaseFile) -> Bool {
    let hasAccount = file.account != .none
    let isUnconfirmed = if case .unconfirmed = file.account { true } else { false }
    switch self {
    case .enableSMSStep: return file.values.contains { $0.kind == .customerNumber }
    case .liftSMSCounts:
      return file.findings.contains { if case .smsDayLimit = $0 { true } else { false } }
    case .liftMismatchCounts:
      return file.findings.contains { if case .mismatchLimit = $0 { true } else { false } }
    case .liftLoginCounts, .endSessions, .lock, .lockForNewProof, .changeUserName: return hasAccount
    case .resendEmailCode, .correctEmail, .freeAddress: return isUnconfirmed
    case .unlock: return file.isLocked
    case .erase: return file.values.contains { $0.kind == .customerNumber }
    // Offered beside the message or the request that they are about.
    case .retryMessage, .cancelMessage, .finishRequest, .declineRequest: return false
    }
  }
}
