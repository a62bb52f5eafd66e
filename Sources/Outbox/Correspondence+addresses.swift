internal import Cryptography
package import Domain
package import FoundationEssentials
internal import Wording

/// Letters about a customer's own addresses.
///
/// None shows another address in full: a letter to a mistyped one would reveal it to a stranger.
extension Correspondence {
  /// Where the owner of an old user name undoes its change.
  package static let undoPath = "/cim-visszaallitas"

  /// The code that confirms a new address, sent to that address.
  ///
  /// - Parameters:
  ///   - kind: ``Message/Kind/userNameCode`` or ``Message/Kind/correspondenceCode``
  ///   - sending: names one of this account's sendings
  package func addressCode(
    _ kind: Message.Kind, _ code: VerificationCode, to email: EmailAddress, of account: Account,
    sending: String, expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let (whole, until) = (code.text, texts.clock(until: expiresAt, from: now))
    let (subject, text) =
      kind == .userNameCode
      ? (
        texts["mail.userNameCode.subject"],
        texts["mail.userNameCode.text", ["code": whole, "until": until]]
      )
      : (
        texts["mail.correspondenceCode.subject"],
        texts["mail.correspondenceCode.text", ["code": whole, "until": until]]
      )
    let series = "\(kind.rawValue)/\(account.id)"
    return Message(
      key: "\(series)/\(sending)", kind: kind, channel: .email, recipient: email.address,
      language: account.language, subject: subject, text: text, customer: account.customer,
      notAfter: expiresAt, series: series)
  }

  /// Says that letters go elsewhere from now on.
  ///
  /// - Parameters:
  ///   - new: where they go; `nil` for the user name
  ///   - event: names the change, so that each address is told of it once
  package func correspondenceChanged(
    to recipient: EmailAddress, of account: Account, new: EmailAddress?, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let (subject, text) =
      if let new {
        (
          texts["mail.correspondenceChanged.subject"],
          texts["mail.correspondenceChanged.text", ["address": new.masked]]
        )
      } else {
        (
          texts["mail.correspondenceRemoved.subject"], texts["mail.correspondenceRemoved.text"]
        )
      }
    return notice(
      .correspondenceChanged, to: recipient, of: account, event, subject: subject, text: text,
      at: now)
  }

  /// Says that an account has another user name.
  package func userNameChanged(
    to recipient: EmailAddress, of account: Account, new: EmailAddress, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .userNameChanged, to: recipient, of: account, event,
      subject: texts["mail.userNameChanged.subject"],
      text: texts["mail.userNameChanged.text", ["userName": new.masked]], at: now)
  }

  /// Tells the phone's owner, who might read no e-mail for days.
  package func userNameChanged(
    to number: PhoneNumber, of account: Account, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let sentence = smsSentence(
      texts["sms.userNameChanged"], short: texts["sms.userNameChanged.ucs2"])
    return notice(.userNameChanged, to: number, of: account, event, sentence, at: now)
  }

  /// The same about where letters go.
  package func correspondenceChanged(
    to number: PhoneNumber, of account: Account, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    let sentence = smsSentence(
      texts["sms.correspondenceChanged"], short: texts["sms.correspondenceChanged.ucs2"])
    return notice(.correspondenceChanged, to: number, of: account, event, sentence, at: now)
  }

  /// The same event by SMS.
  func notice(
    _ kind: Message.Kind, to number: PhoneNumber, of account: Account, _ event: String,
    _ sentence: String, at now: Date
  ) -> Message {
    Message(
      key: "\(kind.rawValue)/\(account.id)/\(event)/sms", kind: kind, channel: .sms,
      recipient: number.e164, language: account.language, subject: "", text: sentence,
      customer: account.customer, notAfter: now.addingTimeInterval(Self.daySeconds))
  }

  /// Tells the old user name, with the code that undoes the change (attack 34).
  package func userNameUndo(
    _ code: VerificationCode, of account: Account, new: EmailAddress, event: String,
    expiring expiresAt: Date, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    return Message(
      key: "user-name-undo/\(account.id)/\(event)", kind: .userNameUndo, channel: .email,
      recipient: account.email.address, language: account.language,
      subject: texts["mail.userNameUndo.subject"],
      text: texts[
        "mail.userNameUndo.text",
        [
          "userName": new.masked, "code": code.text, "link": base + Correspondence.undoPath,
          "until": texts.clock(until: expiresAt, from: now),
        ]],
      customer: account.customer, notAfter: expiresAt)
  }

  /// Tells both addresses that the change was undone.
  package func userNameRestored(
    to recipient: EmailAddress, of account: Account, event: String, at now: Date
  ) -> Message {
    let texts = texts(in: account.language)
    return notice(
      .userNameRestored, to: recipient, of: account, event,
      subject: texts["mail.userNameRestored.subject"], text: texts["mail.userNameRestored.text"],
      at: now)
  }

  /// A letter that may go to several addresses about one event.
  func notice(
    _ kind: Message.Kind, to recipient: EmailAddress, of account: Account, _ event: String,
    subject: String, text: String, at now: Date
  ) -> Message {
    // Operators see keys, and need not read the address there.
    let reader = hexadecimal(sha256(Array(recipient.canonical.utf8)).prefix(4))
    return Message(
      key: "\(kind.rawValue)/\(account.id)/\(event)/\(reader)", kind: kind, channel: .email,
      recipient: recipient.address, language: account.language, subject: subject, text: text,
      customer: account.customer, notAfter: now.addingTimeInterval(Self.noticeSeconds))
  }
}
