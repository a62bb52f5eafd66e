package import Domain
package import FoundationEssentials
internal import Wording

/// What the owner of an account is told when staff locks it or opens it again (D 12).
extension Correspondence {
  /// - Parameter event: names this lock
  package func accountLocked(
    _ owner: Account, _ kind: AccountStanding.Lock, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    let (subject, text) =
      switch kind {
      case .staff: (texts["mail.accountLocked.subject"], texts["mail.accountLocked.text"])
      case .newProof:
        (
          texts["mail.accountLockedNewProof.subject"],
          texts["mail.accountLockedNewProof.text", ["link": base + "/regisztracio"]]
        )
      }
    return notice(
      .accountLocked, to: owner.email, of: owner, event, subject: subject, text: text, at: now)
  }

  /// The same by SMS, in case somebody else reads the e-mails.
  package func accountLocked(
    _ owner: Account, _ kind: AccountStanding.Lock, by number: PhoneNumber, event: String,
    at now: Date
  ) -> Message {
    let texts = texts(in: owner.language)
    let sentence =
      switch kind {
      case .staff: smsSentence(texts["sms.accountLocked"], short: texts["sms.accountLocked.ucs2"])
      case .newProof:
        smsSentence(
          texts["sms.accountLockedNewProof"], short: texts["sms.accountLockedNewProof.ucs2"])
      }
    return notice(.accountLocked, to: number, of: owner, event, sentence, at: now)
  }

  package func accountUnlocked(_ owner: Account, event: String, at now: Date) -> Message {
    let texts = texts(in: owner.language)
    return notice(
      .accountUnlocked, to: owner.email, of: owner, event,
      subject: texts["mail.accountUnlocked.subject"], text: texts["mail.accountUnlocked.text"],
      at: now)
  }
}
