internal import Domain
internal import FoundationEssentials
internal import Outbox
package import Wording

/// A case as a command prints it, masked.
extension CaseFile {
  /// One fact a line; sentences in the language of the texts.
  package func text(in texts: Texts) -> String {
    var lines = fields.map { name, value in
      name + String(repeating: " ", count: max(1, 18 - name.count)) + value
    }
    for finding in findings {
      lines += ["", "reason: " + finding.reason(in: texts), "say: " + finding.advice(in: texts)]
    }
    if !messages.isEmpty { lines += ["", "messages:"] }
    lines += messages.map { message in
      "  \(message.at.ISO8601Format())  \(message.kind.rawValue)  \(message.channel.rawValue)  "
        + "\(message.maskedRecipient)  \(message.state.rawValue)"
    }
    if !timeline.isEmpty { lines += ["", "what happened:"] }
    lines += timeline.map { event in
      "  \(event.at.ISO8601Format())  \(texts[event.what])"
        + (event.detail.isEmpty ? "" : " (\(event.detail))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var fields: [(String, String)] {
    var fields: [(String, String)] = []
    if let caseNumber { fields.append(("case", caseNumber.text)) }
    fields += values.map { ($0.kind.rawValue, $0.text) }
    fields.append(("status", status?.rawValue ?? "not in the register"))
    fields.append(("policies", String(policies)))
    switch account {
    case .none: fields.append(("account", "none"))
    case .unconfirmed(let since):
      fields.append(("account", "unconfirmed since \(since.ISO8601Format())"))
    case .confirmed(let since):
      fields.append(("account", "confirmed since \(since.ISO8601Format())"))
    }
    return fields
  }

  /// The same for programs; keys never change.
  package func json(in texts: Texts) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(WrittenCase(self, texts)), as: UTF8.self) + "\n"
  }
}

private struct WrittenCase: Encodable {
  let caseNumber: String?
  let values: [String: String]
  let status: String?
  let account: String
  let policies: Int
  let findings: [Finding]
  let messages: [Sent]
  let events: [Event]

  struct Finding: Encodable {
    let code, reason, say: String
  }

  struct Sent: Encodable {
    let id: Int64
    let at, kind, channel, recipient, state: String
  }

  struct Event: Encodable {
    let at, what, detail: String
  }

  init(_ file: CaseFile, _ texts: Texts) {
    caseNumber = file.caseNumber?.text
    values = Dictionary(file.values.map { ($0.kind.rawValue, $0.text) }) { first, _ in first }
    status = file.status?.rawValue
    account =
      switch file.account {
      case .none: "none"
      case .unconfirmed: "unconfirmed"
      case .confirmed: "confirmed"
      }
    policies = file.policies
    findings = file.findings.map { finding in
      Finding(
        code: finding.code, reason: finding.reason(in: texts), say: finding.advice(in: texts))
    }
    messages = file.messages.map { message in
      Sent(
        id: message.id.rawValue, at: message.at.ISO8601Format(), kind: message.kind.rawValue,
        channel: message.channel.rawValue, recipient: message.maskedRecipient,
        state: message.state.rawValue)
    }
    events = file.timeline.map { event in
      Event(at: event.at.ISO8601Format(), what: texts[event.what], detail: event.detail)
    }
  }
}
