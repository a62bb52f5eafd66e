internal import Accounts
internal import Domain
internal import Outbox
internal import Wording

/// The trail is written in the program's words; who reads it on the site reads it in a language.
extension Texts {
  /// What an event says besides: who, what about, and why. Only what somebody typed stays as it is.
  func trail(_ detail: String) -> String {
    let parts = StaffDetail(detail)
    let words = parts.words.split(separator: ", ").map { trailWord(String($0)) }
    return [
      parts.staff.map { self["trail.by", ["name": $0]] },
      words.isEmpty ? nil : words.joined(separator: ", "),
      parts.reason.map { self["trail.because", ["reason": reason($0)]] },
    ].compactMap(\.self).joined(separator: "; ")
  }

  /// Why staff opened a case or did something: the word of the list, and what was typed behind it.
  func reason(_ reason: String) -> String {
    for known in CaseFiles.Reason.allCases where reason.hasPrefix(known.rawValue + ": ") {
      return self[known.label] + ": " + String(reason.dropFirst(known.rawValue.count + 2))
    }
    return reason
  }

  /// Guards of an import that were forced.
  func guards(_ forced: String) -> String {
    forced.split(separator: " ")
      .map { word in Self.importGuards[String(word)].map { self[$0] } ?? String(word) }
      .joined(separator: ", ")
  }

  private func trailWord(_ word: String) -> String {
    let (inFull, askedBy) = ("in full ", "asked by ")
    if word.hasPrefix(inFull) {
      let values = word.dropFirst(inFull.count).split(separator: " ")
        .map { trailWord(String($0)) }
      return self["trail.inFull", ["values": values.joined(separator: ", ")]]
    }
    if word.hasPrefix(askedBy) {
      return self["trail.askedBy", ["name": String(word.dropFirst(askedBy.count))]]
    }
    let parts = word.split(separator: " ")
    // What was wrong with a field's form is for who mends the program.
    if let field = Self.fields[String(parts.first ?? "")] { return self[field] }
    if parts.count == 2, let name = parts.first,
      let role = parts.last.flatMap({ StaffRole(rawValue: String($0)) })
    {
      return "\(name) (\(self.role(role)))"
    }
    if let mismatch = Mismatch(rawValue: word) {
      return CaseFinding.mismatch(mismatch, lastDigits: nil).reason(in: self)
    }
    let label =
      CaseValue(rawValue: word)?.label ?? CaseSearch.Match(rawValue: word)?.label
      ?? Message.Kind(rawValue: word)?.label ?? CaseAct(rawValue: word)?.label
      ?? Self.trailWords[word]
    // A name or a number.
    return label.map { self[$0] } ?? word
  }

  private static let trailWords: [String: TextKey] = [
    "nothing": "trail.nothing", "search limit": "overview.searchLimit",
    "opening limit": "overview.openingLimit", "pause": "trail.pause", "code": "trail.code",
    "code limit": "trail.codeLimit", "recovery code": "trail.recoveryCode",
    "hits": "staffSearch.hits", "consents": "consents.title", "requests": "requests.title",
    "messages": "overview.troubles", "trail": "trail.title", "staff": "caseAct.lock",
    "registration": "trail.ofRegistration", "network": "trail.ofNetwork",
    "unanswered_codes": "trail.ofNetwork", "wrong_codes": "trail.ofNetwork",
    "mismatch_address": "trail.ofNetwork", "mismatch_number": "trail.ofNumber",
    "budget": "trail.ofBudget", "suspended": "trail.ofSuspension", "day": "trail.ofDay",
    // Why a fresh proof was impossible, and why nobody could be found.
    "no_number": "finding.noSMSNumber.reason", "sms_step_disabled": "caseEvent.smsStepDisabled",
    "no_register": "finding.noRegister.reason",
    "register_unavailable": "finding.noRegister.reason",
  ]

  private static let fields: [String: TextKey] = [
    "customerNumber": "caseValue.customerNumber", "policyNumber": "match.policy",
    "mobileNumber": "match.phone", "kind": "trail.noKind",
  ]

  private static let importGuards: [String: TextKey] = [
    "rejects": "importGuard.rejects", "removals": "importGuard.removals",
    "phones": "importGuard.phones", "owners": "importGuard.owners",
    "emptied": "importGuard.emptied", "encoding": "importGuard.encoding",
  ]
}
